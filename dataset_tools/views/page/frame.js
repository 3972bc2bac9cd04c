const all = (selector, within = document) => within.querySelectorAll(selector);

// Buttons with data-NAME choose one of several; all that choose the same thing agree.
function choose(name, then) {
  for (const button of all(`button[data-${name}]`)) {
    button.addEventListener("click", () => {
      const chosen = button.dataset[name];
      for (const other of all(`button[data-${name}]`)) {
        other.setAttribute("aria-pressed", other.dataset[name] === chosen);
      }
      then(chosen);
    });
  }
}

// Pictures, enlarged: Enter opens, the arrows go on, Escape closes.
for (const picture of all("main img")) {
  picture.tabIndex = 0;
  picture.setAttribute("role", "button");
}
const dialog = document.querySelector("dialog");
let opened = null;
function open(picture) {
  opened = picture;
  const [image, words] = dialog.children;
  image.src = picture.src;
  image.className = picture.className;
  const about = picture.closest("article")?.querySelector("b, h4");
  words.textContent = [about?.innerText, picture.alt, picture.title].filter(Boolean).join("\n");
  if (!dialog.open) dialog.showModal();
}
document.addEventListener("click", event => {
  if (event.target.closest("dialog")) dialog.close();
  else if (event.target.tagName === "IMG") open(event.target);
});
document.addEventListener("keydown", event => {
  if (!dialog.open) {
    if (event.key === "Enter" && event.target.tagName === "IMG") open(event.target);
    return;
  }
  const step = {ArrowRight: 1, ArrowLeft: -1}[event.key];
  if (!step) return;
  event.preventDefault();
  const visible = [...all("main img")].filter(picture => picture.offsetParent !== null);
  const next = visible[visible.indexOf(opened) + step];
  if (next) open(next);
});
dialog.addEventListener("close", () => opened?.focus());
