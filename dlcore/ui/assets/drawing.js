// A drawing of a topic page: changes in place, lights up parts that belong together, and says where it was clicked.
const NARROW = 480; // pixels below which letters grow, so that a scaled drawing can still be read
const LARGEST = 1.7;
const EDGE = 12; // units that names may reach beyond a drawing, into the card's margin
const ROOM = 28; // units by which an upright title moves aside where letters are twice as large

const SETTLED = 50; // milliseconds in which a page that was drawn again has moved its sliders too
const followers = new Set(); // drawings that ask the server while a slider moves
const beneath = new Map(); // by the address of the one that asks: the drawing beneath it

export default function ({ data, parentElement, setTriggerValue }) {
  let host = parentElement.querySelector(".drawing");
  if (!host) host = open(parentElement);
  host.say = (spot) => setTriggerValue("spot", spot);
  host.frame = data.frame;
  host.classList.toggle("clickable", Boolean(data.frame));
  host.style.minHeight = data.height ? `${data.height}px` : "";
  host.given = data.html;
  host.follows = data.follows;
  if (data.follows) followers.add(host);
  if (data.beneath) {
    for (const [address, other] of beneath) if (other === host || !other.isConnected) beneath.delete(address);
    beneath.set(data.beneath, host);
  }
  const leader = data.beneath ? [...followers].find((one) => one.follows.address === data.beneath) : host;
  // A slider may have moved on since: then what it says now is shown, or asked for.
  if (!host.drawn || !leader?.follows || asked(leader) === null) draw(host, data.html);
  if (data.follows) setTimeout(() => follow(host), asked(host) === null ? 0 : SETTLED);
}

function draw(host, html) {
  if (host.drawn === html) return;
  host.drawn = html;
  const next = document.createElement("template");
  next.innerHTML = html;
  const image = next.content.querySelector("image")?.getAttribute("href");
  const show = () => {
    if (host.drawn !== html) return;
    host.replaceChildren(next.content);
    grow(host);
    light(host, host.lit);
  };
  // Without waiting there would be a frame without the image: data addresses are decoded in the background.
  if (image) decoded(image).then(show);
  else show();
}

// A slider that moves says so at once to those who cannot see it, and so to us; to its page only when it is let go.
new MutationObserver(() => followers.forEach(follow)).observe(document.body, {
  subtree: true, attributes: true, attributeFilter: ["aria-valuetext"],
});

// Until what the sliders say is shown: one question at a time, the newest next.
async function follow(host) {
  if (!host.isConnected || !host.follows) return followers.delete(host);
  host.wanted = asked(host);
  if (host.wanted === null) {
    host.answered = null;
    return show(host, { html: host.given, below: beneath.get(host.follows.address)?.given, numbers: host.follows.numbers });
  }
  if (host.asking) return;
  host.asking = true;
  while (host.wanted !== null && host.wanted !== host.answered && host.isConnected) {
    const question = host.wanted;
    const found = await fetch(question).then((answer) => (answer.status === 200 ? answer.json() : null)).catch(() => null);
    if (host.wanted === null) break; // back where the page was drawn, which is shown
    host.answered = question;
    // Of what is refused the page says why, as soon as it is told.
    if (found) show(host, found);
  }
  host.asking = false;
}

// The address that answers what the sliders say now; null where they stand as the page was drawn.
function asked(host) {
  const { address, settings, sliders } = host.follows, moved = {};
  for (const [place, { name, at, steps }] of Object.entries(sliders)) {
    const input = document.querySelector(`.${place} input[type=range]`), value = Number(input?.value);
    const half = Number(input?.step) / 2 || 0; // a value between two steps, as a click may give, is shown at the nearest one
    if (input && Math.abs(value - at) > Math.max(half, 1e-9 * Math.abs(at))) moved[name] = steps ? steps[value] : String(value);
  }
  return Object.keys(moved).length ? `${address}?${new URLSearchParams({ ...settings, ...moved })}` : null;
}

function show(host, { html, below, numbers }) {
  draw(host, html);
  const lower = beneath.get(host.follows.address);
  if (lower?.isConnected && below) draw(lower, below);
  const row = document.querySelector(`.${host.follows.numbered} dl`);
  if (!row) return;
  const next = document.createElement("template");
  next.innerHTML = numbers;
  if (row.innerHTML !== next.content.firstChild.innerHTML) row.innerHTML = next.content.firstChild.innerHTML;
}

function open(parent) {
  const host = parent.appendChild(Object.assign(document.createElement("div"), { className: "drawing" }));
  host.addEventListener("click", (event) => clicked(host, event));
  for (const [kind, part] of [["pointerover", partOf], ["focusin", partOf], ["pointerleave", () => null], ["focusout", () => null]])
    host.addEventListener(kind, (event) => light(host, part(event)));
  new ResizeObserver(() => grow(host)).observe(host);
  return host;
}

const partOf = (event) => event.target.closest?.("[data-part]")?.dataset.part ?? null;

function light(host, part) {
  host.lit = part;
  host.classList.toggle("lighting", Boolean(part));
  for (const one of host.querySelectorAll("[data-part]")) one.classList.toggle("lit", one.dataset.part === part);
}

function grow(host) {
  for (const drawing of host.querySelectorAll("svg")) {
    const full = (drawing.dataset.full ??= drawing.getAttribute("viewBox"));
    drawing.setAttribute("viewBox", full);
    if (drawing.nextElementSibling?.classList.contains("keys")) drawing.nextElementSibling.remove();
    const ends = [...drawing.querySelectorAll("text.end")];
    for (const end of ends) end.style.display = "";
    letters(drawing);
    if (!ends.length || fit(drawing, ends)) continue;
    const box = drawing.viewBox.baseVal, left = Math.min(...ends.map((end) => Number(end.getAttribute("x"))));
    drawing.setAttribute("viewBox", `${box.x} ${box.y} ${left} ${box.height}`);
    for (const end of ends) end.style.display = "none";
    drawing.after(keys(ends));
    letters(drawing);
  }
}

function letters(drawing) {
  const shown = drawing.getBoundingClientRect().width, meant = drawing.viewBox.baseVal.width;
  const factor = shown > 0 && shown < NARROW ? Math.min(LARGEST, Math.max(1, meant / shown)) : 1;
  drawing.style.setProperty("--grow", factor.toFixed(3));
  // Numbers beside an axis grow towards its title, which makes room.
  for (const title of drawing.querySelectorAll("text.upright")) title.style.translate = `${(ROOM * (1 - factor)).toFixed(1)}px 0`;
}

// Whether the names at the lines' ends, as large as they are now, lie inside the drawing and beside each other.
function fit(drawing, ends) {
  if (Number(drawing.style.getPropertyValue("--grow")) === 1) return true;
  const boxes = ends.map((end) => end.getBBox()).sort((one, other) => one.y - other.y);
  const inside = boxes.every((box) => box.x + box.width <= drawing.viewBox.baseVal.width + EDGE);
  return inside && boxes.every((box, place) => !place || box.y - boxes[place - 1].y > 0.7 * box.height);
}

function keys(ends) {
  const row = Object.assign(document.createElement("p"), { className: "keys" });
  for (const end of ends) {
    const key = row.appendChild(Object.assign(document.createElement("span"), { textContent: end.textContent }));
    key.style.setProperty("--key", end.style.fill);
    key.classList.toggle("dashed", end.classList.contains("dashed"));
  }
  return row;
}

function clicked(host, event) {
  const { frame } = host, drawing = event.target.closest?.("svg");
  if (!frame || !drawing) return;
  const place = new DOMPoint(event.clientX, event.clientY).matrixTransform(drawing.getScreenCTM().inverse());
  const across = (place.x - frame.left) / (frame.right - frame.left), up = (frame.bottom - place.y) / (frame.bottom - frame.top);
  if (across < 0 || across > 1 || up < 0 || up > 1) return;
  host.say([frame.x[0] + across * (frame.x[1] - frame.x[0]), frame.y[0] + up * (frame.y[1] - frame.y[0])]);
}

function decoded(address) {
  const image = new Image();
  image.src = address;
  return image.decode().catch(() => null);
}
