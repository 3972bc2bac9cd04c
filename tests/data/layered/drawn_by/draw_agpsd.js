// Draws the PSD fixtures of ag-psd: node draw_ag.js FOLDER
const fs = require("fs"), path = require("path");
const { writePsdBuffer } = require("ag-psd");

function box(name, [r, g, b, a = 255], left, top, width, height, hollow = 0, more = {}) {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) {
    const inside = hollow && x >= hollow && x < width - hollow && y >= hollow && y < height - hollow;
    data.set(inside ? [0, 0, 0, 0] : [r, g, b, a], (y * width + x) * 4);
  }
  return { name, left, top, imageData: { width, height, data }, ...more };
}
const paper = (w, h) => box("背景", [255, 255, 255], 0, 0, w, h);
const blank = (w, h) => ({ width: w, height: h, data: new Uint8ClampedArray(w * h * 4).fill(255) });
function write(name, width, height, children, more = {}) {
  const psd = { width, height, children, imageData: blank(width, height), ...more };
  fs.writeFileSync(path.join(process.argv[2], name), writePsdBuffer(psd, { noBackground: true }));
}

// Two characters in groups that pass through, names in Chinese and Japanese; shade clipped to its base.
write("characters.psd", 120, 60, [
  paper(120, 60),
  { name: "猫", blendMode: "pass through", opened: true, children: [
    box("上色", [255, 200, 0], 12, 12, 30, 30),
    box("影", [0, 0, 255], 30, 24, 40, 10, 0, { clipping: true, blendMode: "multiply" }),
    box("线稿", [0, 0, 0], 10, 10, 34, 34, 2),
  ]},
  { name: "犬", blendMode: "pass through", opened: false, children: [
    box("塗り", [0, 160, 80], 72, 16, 28, 28, 0, { opacity: 128 / 255 }),
    box("線画", [40, 0, 80], 70, 14, 32, 32, 3),
    box("ラフ", [255, 0, 0], 60, 0, 60, 60, 0, { hidden: true }),
  ]},
], { imageResources: { xmpMetadata: `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
 <rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/" xmpRights:WebStatement="https://creativecommons.org/licenses/by/4.0/">
 <dc:creator><rdf:Seq><rdf:li>Ada Lovelace</rdf:li></rdf:Seq></dc:creator></rdf:Description></rdf:RDF></x:xmpmeta>` } });

// Three frames, one of them off; ink with a white correction; a mask; an adjustment layer that is off.
write("frames.psd", 64, 48, [
  paper(64, 48),
  box("1 c", [200, 80, 40], 10, 10, 20, 20),
  box("1 outlines", [0, 0, 0], 8, 8, 24, 24, 2),
  box("2 c", [40, 80, 200], 20, 12, 20, 20, 0, { mask: {
    left: 20, top: 12, right: 40, bottom: 22, defaultColor: 0,
    imageData: { width: 20, height: 10, data: new Uint8ClampedArray(800).fill(255) } } }),
  box("2 outlines", [0, 0, 0], 18, 10, 24, 24, 2),
  box("3 c", [40, 200, 80], 30, 14, 20, 20, 0, { hidden: true }),
  box("3 outlines", [0, 0, 0], 28, 12, 24, 24, 2, { hidden: true }),
  { name: "curves", hidden: true, adjustment: { type: "invert" } },
]);

// An adjustment layer that is on: only Photoshop can draw it.
write("adjusted.psd", 16, 16, [
  box("colour", [200, 80, 40], 2, 2, 12, 12),
  box("line", [0, 0, 0], 1, 1, 14, 14, 1),
  { name: "turn round", adjustment: { type: "invert" } },
]);
