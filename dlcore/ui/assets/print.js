// Charts for paper: as SVG, and from that as PNG at 300 dots per inch, dark on white whatever the theme.
const WIDE = 17; // centimetres, the width of a printed page's text
const DOTS = 300 / 2.54; // per centimetre
const INK = "#1B2733";
const LETTERS = 50; // of a name in the legend
const FONT = "Helvetica, Arial, sans-serif";

export const escaped = (text) => String(text).replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

// A chart drawn by uPlot, with the part that is shown and a legend beneath. lines: looks of the series, in their order.
export function chartSvg(plot, { lines, marks = [], x, y, described = "" }) {
  const [width, height, left, top, right, bottom] = [850, 480, 70, 16, 18, 46];
  const shown = lines.map((line, index) => ({ ...line, index: index + 1 })).filter((line) => !line.edge);
  const named = shown.filter((line) => !line.faint);
  const rows = Math.ceil(named.length / 2);
  const place = (scale, value, from, to) => {
    const { min, max, distr } = plot.scales[scale];
    const at = distr === 3 ? Math.log(value / min) / Math.log(max / min) : (value - min) / (max - min);
    return from + at * (to - from);
  };
  const across = (value) => place("x", value, left, width - right);
  const up = (value) => place("y", value, height - bottom, top);
  const parts = [`<rect width="${width}" height="${height + rows * 20 + 8}" fill="#fff"/>`, `<clipPath id="inside"><rect x="${left}" y="${top}" width="${width - left - right}" height="${height - top - bottom}"/></clipPath>`];
  axis(plot, 0, (value, text) => parts.push(`<path d="M${across(value).toFixed(1)} ${top}V${height - bottom}" stroke="#DDE3EC"/>`, words(across(value), height - bottom + 16, text)));
  axis(plot, 1, (value, text) => parts.push(`<path d="M${left} ${up(value).toFixed(1)}H${width - right}" stroke="#DDE3EC"/>`, words(left - 6, up(value) + 4, text, "end")));
  parts.push(words((left + width - right) / 2, height - 8, x), words(16, (top + height - bottom) / 2, y, "middle", `transform="rotate(-90 16 ${(top + height - bottom) / 2})"`));
  parts.push('<g clip-path="url(#inside)" fill="none" stroke-linejoin="round">');
  for (const line of lines.map((one, index) => ({ ...one, index: index + 1 })).filter((one) => one.band)) parts.push(band(plot, lines, line, across, up));
  for (const line of shown) parts.push(`<path d="${path(plot, line.index, across, up)}" stroke="${line.colour}" stroke-width="${line.width}"${line.dash ? ' stroke-dasharray="6 4"' : ""}${line.faint ? ' stroke-opacity="0.25"' : ""}/>`);
  parts.push("</g>");
  const { min, max } = plot.scales.x;
  marks.filter(([at]) => at >= min && at <= max).forEach(([at, text], row) => parts.push(`<path d="M${across(at).toFixed(1)} ${top}V${height - bottom}" stroke="${INK}" stroke-dasharray="2 3"/>`, words(across(at) + 4, top + 11 + 14 * (row % 4), text, "start")));
  named.forEach((line, number) => {
    const [at, down] = [left + (number % 2) * ((width - left - right) / 2), height + 12 + Math.floor(number / 2) * 20];
    parts.push(`<path d="M${at} ${down - 4}h24" stroke="${line.colour}" stroke-width="2.5"${line.dash ? ' stroke-dasharray="6 4"' : ""}/>`, words(at + 30, down, short(line.name), "start"));
  });
  return wrapped(parts.join(""), width, height + rows * 20 + 8, described);
}

// A picture that is SVG already, with the look that it has in the page written into it.
export function pictureSvg(drawing, described = "") {
  const copy = drawing.cloneNode(true);
  const pairs = [[drawing, copy], ...[...drawing.querySelectorAll("*")].map((one, index) => [one, copy.querySelectorAll("*")[index]])];
  for (const [shown, printed] of pairs) {
    const style = getComputedStyle(shown);
    for (const name of ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-linecap", "opacity", "font-size", "font-weight", "image-rendering"])
      printed.style.setProperty(name, style.getPropertyValue(name));
    printed.removeAttribute("class");
  }
  const { width, height } = drawing.viewBox.baseVal;
  const ground = getComputedStyle(drawing).getPropertyValue("--st-background-color").trim() || "#fff";
  return wrapped(`<rect width="${width}" height="${height}" fill="${ground}"/>${copy.innerHTML}`, width, height, described);
}

// A chart that Vega has drawn as SVG. What is grey there, such as axes and words on a dark ground, is mirrored between black and white, so
// that it can be read on paper.
export function vegaSvg(shown) {
  const drawing = shown.cloneNode(true);
  const onDark = lightness(rgb(getComputedStyle(shown.parentElement).color)) > 0.5;
  for (const one of onDark ? drawing.querySelectorAll("[fill], [stroke]") : []) {
    for (const name of ["fill", "stroke"]) if (one.hasAttribute(name)) one.setAttribute(name, mirrored(one.getAttribute(name)));
  }
  drawing.querySelector(":scope > rect")?.remove(); // the page's ground
  const { width, height } = shown.viewBox.baseVal;
  const body = new XMLSerializer().serializeToString(drawing).replace(/^<svg[^>]*>|<\/svg>$/g, "");
  return wrapped(`<rect width="${width}" height="${height}" fill="#fff"/>${body}`, width, height, shown.getAttribute("aria-label") ?? "");
}

const GREY = 0.2; // largest less smallest of red, green and blue, up to which a colour says nothing but light or dark
const brush = document.createElement("canvas").getContext("2d");

function rgb(colour) {
  brush.fillStyle = "#000";
  brush.fillStyle = colour;
  const found = brush.fillStyle;
  return found[0] === "#" ? [1, 3, 5].map((at) => parseInt(found.slice(at, at + 2), 16) / 255) : found.match(/[\d.]+/g).slice(0, 3).map((one) => one / 255);
}

const lightness = (parts) => (Math.max(...parts) + Math.min(...parts)) / 2;

function mirrored(colour) {
  if (colour === "none" || colour === "transparent" || colour.startsWith("url")) return colour;
  const parts = rgb(colour);
  if (Math.max(...parts) - Math.min(...parts) > GREY) return colour;
  const light = Math.round(255 * (1 - lightness(parts)));
  return `rgb(${light},${light},${light})`;
}

export function saveSvg(text, name) {
  save(URL.createObjectURL(new Blob([text], { type: "image/svg+xml" })), `${name}.svg`);
}

export async function savePng(text, name) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(WIDE * DOTS), height: Math.round((WIDE * DOTS * image.naturalHeight) / image.naturalWidth) });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  save(canvas.toDataURL("image/png"), `${name}.png`);
}

export function save(address, name) {
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  link.click();
  if (address.startsWith("blob:")) setTimeout(() => URL.revokeObjectURL(address), 10000);
}

function wrapped(body, width, height, described) {
  const size = `width="${WIDE}cm" height="${((WIDE * height) / width).toFixed(2)}cm" viewBox="0 0 ${width} ${height}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="${FONT}" font-size="13" role="img" aria-label="${escaped(described)}">${body}</svg>`;
}

function words(x, y, text, anchor = "middle", more = "") {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" fill="${INK}" ${more}>${escaped(text)}</text>`;
}

const short = (name) => (name.length > LETTERS ? `${name.slice(0, LETTERS - 1)}…` : name);

function axis(plot, number, draw) {
  const { _splits: places, _values: labels } = plot.axes[number];
  (places ?? []).forEach((value, index) => {
    if (labels[index] !== "" && labels[index] != null) draw(value, labels[index]);
  });
}

function path(plot, index, across, up) {
  let begun = false;
  return plot.data[0]
    .map((place, row) => {
      const value = plot.data[index][row];
      if (value === undefined) return ""; // another line's place: this one goes on
      if (value === null) begun = false;
      const step = value === null ? "" : `${begun ? "L" : "M"}${across(place).toFixed(1)} ${up(value).toFixed(1)}`;
      begun = value !== null;
      return step;
    })
    .join("");
}

function band(plot, lines, line, across, up) {
  const upper = lines.findIndex((one) => one.id === line.band) + 1;
  const ends = (index) => plot.data[0].map((place, row) => [place, plot.data[index][row]]).filter(([, value]) => value != null);
  const places = [...ends(line.index), ...ends(upper).reverse()].map(([place, value]) => `${across(place).toFixed(1)} ${up(value).toFixed(1)}`);
  return places.length ? `<path d="M${places.join("L")}Z" fill="${line.colour}" fill-opacity="0.18" stroke="none"/>` : "";
}
