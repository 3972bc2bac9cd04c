const board = document.querySelector(".board");

function sortBy(head) {
  const column = head.cellIndex, body = board.tBodies[0];
  const first = head.dataset.better === "higher" ? "descending" : "ascending";
  const second = first === "ascending" ? "descending" : "ascending";
  const order = head.getAttribute("aria-sort") === first ? second : first;
  for (const other of head.parentNode.cells) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", order);
  const value = row => row.cells[column].dataset.value;
  body.append(...[...body.rows].sort((a, b) => {
    const x = value(a), y = value(b);
    if (x === "" || y === "") return (x === "") - (y === "");  // what is missing comes last
    const difference = isNaN(x) || isNaN(y) ? x.localeCompare(y) : x - y;
    return order === "ascending" ? difference : -difference;
  }));
}
for (const head of all(".board th")) {
  head.addEventListener("click", () => sortBy(head));
  head.addEventListener("keydown", event => { if (event.key === "Enter") sortBy(head); });
}

choose("part", part => { for (const place of all("[data-part]:not(button)")) place.dataset.part = part; });
choose("group", group => { board.dataset.group = group; });
choose("show", show => { board.dataset.show = show; });
choose("model", model => { for (const place of all("[data-of]")) place.hidden = place.dataset.of !== model; });
for (const button of all("button[data-role]")) {
  button.addEventListener("click", () => {
    const pressed = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", pressed);
    for (const row of all(`.board tbody tr.${button.dataset.role}`)) row.hidden = !pressed;
  });
}
