const search = document.getElementById("search");
const sought = () => search.value.trim().toLowerCase();

choose("side", side => { for (const part of all("[data-side-of]")) part.hidden = part.dataset.sideOf !== side; });
let check = "";
choose("check", chosen => { check = chosen; filter(); });

// The list of all drawings. Its columns: id, verdict, findings, split, artist, stroke, ink, score, render, line.
const PAGE = 100;
const {base, rows} = JSON.parse(document.getElementById("table").textContent);
const body = document.querySelector("#list tbody"), more = document.getElementById("more");
let verdict = "", shown = PAGE, column = 0, falling = false;

function cell(row, content, name) {
  const made = row.insertCell();
  made.className = name;
  made.append(content ?? "");
  return made;
}
function line(entry) {
  const row = document.createElement("tr"), id = document.createElement("bdi");
  id.textContent = entry[0];
  cell(row, id, "words id");
  const tag = document.createElement("span");
  tag.className = "tag " + entry[1];
  tag.textContent = entry[1];
  cell(row, tag, "words");
  cell(row, entry[3], "words");
  cell(row, entry[4], "words artist");
  for (const place of [5, 6, 7]) cell(row, entry[place], "");
  const files = cell(row, "", "words");
  for (const [place, word] of [[8, "render"], [9, "line"]]) {
    if (!entry[place]) continue;
    const link = document.createElement("a");
    link.href = base + entry[place];
    link.textContent = word;
    files.append(link, " ");
  }
  cell(row, entry[2], "words findings");
  return row;
}
function list() {
  const text = sought();
  const some = rows.filter(entry => (!verdict || entry[1] === verdict)
    && (!text || entry[0].toLowerCase().includes(text) || entry[2].toLowerCase().includes(text)
      || entry[4].toLowerCase().includes(text)));
  const missing = value => value === null || value === "";
  some.sort((a, b) => {
    const x = a[column], y = b[column];
    if (missing(x) || missing(y)) return missing(x) - missing(y);  // what is missing comes last
    const difference = typeof x === "number" ? x - y : x < y ? -1 : x > y ? 1 : 0;
    return falling ? -difference : difference;
  });
  body.replaceChildren(...some.slice(0, shown).map(line));
  more.hidden = some.length <= shown;
  document.getElementById("count").textContent =
    `${some.length.toLocaleString("en")} of ${rows.length.toLocaleString("en")}`;
}
choose("verdict", chosen => { verdict = chosen; shown = PAGE; list(); });
more.addEventListener("click", () => { shown += 5 * PAGE; list(); });
for (const head of all("#list th[data-column]")) {
  head.firstElementChild.addEventListener("click", () => {
    const chosen = Number(head.dataset.column);
    falling = chosen === column && !falling;
    column = chosen;
    for (const other of all("#list th")) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", falling ? "descending" : "ascending");
    list();
  });
}

// What is sought hides everything else that belongs to a drawing.
function filter() {
  const text = sought();
  for (const part of all("[data-ids]")) {
    part.hidden = text !== "" && !(part.dataset.ids + " " + part.textContent).toLowerCase().includes(text);
  }
  for (const part of all("[data-check-of]")) {
    const empty = ![...all("[data-ids]", part)].some(item => !item.hidden);
    part.hidden = (check !== "" && part.dataset.checkOf !== check) || empty;
  }
}
search.addEventListener("input", () => { shown = PAGE; filter(); list(); });
document.addEventListener("keydown", event => {
  if (event.key === "/" && event.target !== search) {
    event.preventDefault();
    search.focus();
  } else if (event.key === "Escape" && event.target === search) {
    search.value = "";
    filter();
    list();
  }
});
list();
