// The table of runs: plain HTML, so that it is there at once. Rows that have not changed are left as they are.
const PATIENCE = 5000; // milliseconds for which a tick that the server has not answered yet stays as it was set

export default function ({ data, parentElement, setTriggerValue }) {
  const host = parentElement.querySelector(".runs");
  const table = host ? host.table : open(parentElement);
  table.say = setTriggerValue;
  draw(table, data);
}

function open(parent) {
  const host = parent.appendChild(Object.assign(document.createElement("div"), { className: "runs", tabIndex: 0 }));
  host.innerHTML = "<table><caption></caption><thead><tr></tr></thead><tbody></tbody></table>";
  const table = { host, caption: host.querySelector("caption"), head: host.querySelector("thead tr"), body: host.querySelector("tbody"), rows: new Map(), headed: "", last: "", set: 0 };
  host.setAttribute("role", "region");
  host.addEventListener("click", (event) => clicked(table, event));
  host.addEventListener("change", (event) => changed(table, event));
  return (host.table = table);
}

function draw(table, data) {
  table.data = data;
  table.host.style.maxHeight = data.height ? `${data.height}px` : "";
  table.host.setAttribute("aria-label", data.described);
  table.caption.textContent = data.described;
  const headed = JSON.stringify([data.columns, data.sort, data.ticks]);
  if (headed !== table.headed) head(table, data);
  table.headed = headed;
  table.ticked = awaited(table, data) ? table.ticked : new Set(data.chosen);
  const rows = new Map(data.rows.map((row) => [row.id, kept(table, row, headed)]));
  table.rows = rows;
  const wanted = [...rows.values()].map((row) => row.line);
  if (wanted.length !== table.body.children.length || wanted.some((line, place) => table.body.children[place] !== line)) {
    const focused = table.host.getRootNode().activeElement;
    table.body.replaceChildren(...wanted);
    if (focused && table.host.contains(focused)) focused.focus({ preventScroll: true });
  }
  tick(table);
}

// A tick shows at once; until the server's answer has it, news of training must not take it back.
function awaited(table, data) {
  if (!table.set || performance.now() - table.set > PATIENCE) return false;
  const shown = data.rows.map((row) => row.id);
  const same = shown.every((id) => data.chosen.includes(id) === table.ticked.has(id));
  if (same) table.set = 0;
  return !same;
}

function head(table, data) {
  const cells = data.ticks ? [heading("tick", "", '<input type="checkbox" data-all aria-label="Choose all runs of this page">'), heading("star", "Star", "")] : [];
  for (const column of data.columns) {
    const sorted = data.sort.key && data.sort.key === column.sort;
    const cell = document.createElement("th");
    cell.scope = "col";
    if (column.number) cell.className = "number";
    if (column.help) cell.title = column.help;
    if (sorted) cell.setAttribute("aria-sort", data.sort.descending ? "descending" : "ascending");
    if (column.sort) {
      const button = cell.appendChild(document.createElement("button"));
      button.type = "button";
      button.dataset.sort = column.sort;
      button.textContent = column.title + (sorted ? (data.sort.descending ? " ↓" : " ↑") : "");
    } else cell.textContent = column.title;
    cells.push(cell);
  }
  table.head.replaceChildren(...cells);
}

function heading(kind, words, markup) {
  const cell = Object.assign(document.createElement("th"), { className: kind, scope: "col", innerHTML: markup });
  if (words) cell.setAttribute("aria-label", words);
  return cell;
}

function kept(table, row, headed) {
  const drawn = headed + JSON.stringify(row);
  const known = table.rows.get(row.id);
  if (known?.drawn === drawn) return known;
  const line = known?.line ?? document.createElement("tr");
  line.dataset.id = row.id;
  line.replaceChildren(...cellsOf(table.data, row));
  return { drawn, line };
}

function cellsOf(data, row) {
  const cells = data.ticks ? [ticking(row), star(row)] : [];
  row.cells.forEach((words, place) => {
    const cell = document.createElement(place ? "td" : "th");
    if (data.columns[place].number) cell.className = "number";
    if (place) cell.textContent = words;
    else {
      cell.scope = "row";
      cell.append(...named(row, words));
    }
    if (words.length > 24) cell.title = words;
    cells.push(cell);
  });
  return cells;
}

function named(row, words) {
  const link = Object.assign(document.createElement(row.href ? "a" : "button"), { textContent: words, className: "name" });
  if (row.href) link.href = row.href;
  link.dataset.open = row.id;
  if (!row.colour) return [link];
  const dot = Object.assign(document.createElement("i"), { className: "dot" });
  dot.style.background = row.colour;
  return [dot, link];
}

function ticking(row) {
  const cell = Object.assign(document.createElement("td"), { className: "tick" });
  const box = cell.appendChild(Object.assign(document.createElement("input"), { type: "checkbox" }));
  box.dataset.tick = row.id;
  box.setAttribute("aria-label", `Choose ${row.cells[0]}`);
  return cell;
}

function star(row) {
  const cell = Object.assign(document.createElement("td"), { className: "star" });
  const button = cell.appendChild(Object.assign(document.createElement("button"), { type: "button", textContent: row.starred ? "★" : "☆" }));
  button.dataset.star = row.id;
  button.setAttribute("aria-pressed", String(row.starred));
  button.setAttribute("aria-label", `Star ${row.cells[0]}`);
  return cell;
}

function tick(table) {
  for (const [id, { line }] of table.rows) {
    const box = line.querySelector("[data-tick]");
    if (box) box.checked = table.ticked.has(id);
    line.classList.toggle("chosen", table.ticked.has(id));
  }
  const all = table.head.querySelector("[data-all]");
  const count = [...table.rows.keys()].filter((id) => table.ticked.has(id)).length;
  if (all) Object.assign(all, { checked: count > 0 && count === table.rows.size, indeterminate: count > 0 && count < table.rows.size });
}

function changed(table, event) {
  const { tick: id, all } = event.target.dataset;
  const ids = [...table.rows.keys()];
  const wanted = all !== undefined ? ids : id && table.shift && table.last ? between(ids, table.last, id) : id ? [id] : [];
  for (const one of wanted) table.ticked[event.target.checked ? "add" : "delete"](one);
  if (!wanted.length) return;
  table.last = id ?? "";
  table.set = performance.now();
  tick(table);
  table.say("ticked", { shown: ids, ticked: ids.filter((one) => table.ticked.has(one)) });
}

function between(ids, one, other) {
  const [from, to] = [ids.indexOf(one), ids.indexOf(other)].sort((left, right) => left - right);
  return from < 0 ? [other] : ids.slice(from, to + 1);
}

function clicked(table, event) {
  table.shift = event.shiftKey;
  const target = event.target.closest("[data-sort], [data-star], [data-open]");
  if (!target) return;
  if (target.dataset.open !== undefined) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return; // another tab or window, by the link itself
    event.preventDefault();
    table.say("open", target.dataset.open);
  } else if (target.dataset.star) {
    const starred = target.getAttribute("aria-pressed") !== "true";
    Object.assign(target, { textContent: starred ? "★" : "☆" }).setAttribute("aria-pressed", String(starred));
    table.say("star", { run: target.dataset.star, starred });
  } else {
    const { sort } = table.data;
    table.say("sort", { key: target.dataset.sort, descending: sort.key === target.dataset.sort ? !sort.descending : true });
  }
}
