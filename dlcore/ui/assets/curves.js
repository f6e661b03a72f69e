// Line charts that grow: drawn once, then fed with what is new. A zoom stays while data come in.
import uPlot from "./uplot.min.js";
import { chartSvg, save, savePng, saveSvg } from "./print.js";

const SHOWN_IN_TIP = 12;
const KEYS_PER_WIDTH = 40;
const WHOLE = Array.from({ length: 24 }, (_, place) => [1, 2, 5][place % 3] * 10 ** Math.floor(place / 3)); // there is no half epoch
const memories = new Map(); // Lines by the chart's key: they outlive a chart that leaves the page and comes back.

export default function ({ data, key, parentElement, setTriggerValue }) {
  const memory = remembered(key ?? data.key);
  if (!receive(memory, data.news)) {
    setTriggerValue("resend", Date.now());
    return;
  }
  let chart = parentElement.chart;
  if (!chart || !chart.host.isConnected) chart = parentElement.chart = open(parentElement);
  draw(chart, memory, data);
  return () => close(chart);
}

function remembered(key) {
  if (!memories.has(key)) memories.set(key, { stream: "", version: 0, lines: new Map() });
  return memories.get(key);
}

// News are changes against versions that the server knows to have sent; false: one of them was missed.
function receive(memory, news) {
  if (memory.stream !== news.stream) Object.assign(memory, { stream: news.stream, version: 0, lines: new Map() });
  if (memory.version === news.version) return true;
  if (!news.known.includes(memory.version)) return false;
  const lines = new Map();
  for (const [id, tail] of Object.entries(news.tails)) {
    const known = memory.lines.get(id) ?? { x: new Float32Array(), y: new Float32Array() };
    lines.set(id, { x: grown(known.x, tail.from, tail.x), y: grown(known.y, tail.from, tail.y) });
  }
  Object.assign(memory, { version: news.version, lines });
  return true;
}

function grown(known, from, text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const tail = new Float32Array(bytes.buffer);
  const whole = new Float32Array(from + tail.length);
  whole.set(known.subarray(0, from));
  whole.set(tail, from);
  return whole;
}

function open(parent) {
  const host = parent.appendChild(document.createElement("div"));
  host.className = "curves";
  host.innerHTML =
    '<div class="canvas" tabindex="0" role="img"></div><div class="tip" hidden></div><div class="said" aria-live="polite"></div>' +
    '<div class="tools"></div>';
  const chart = { host, canvas: host.children[0], tip: host.children[1], said: host.children[2], zoom: null, drawn: "" };
  tools(chart, host.children[3]);
  chart.canvas.addEventListener("keydown", (event) => pressed(chart, event));
  chart.observer = new ResizeObserver(() => chart.plot && resize(chart));
  chart.observer.observe(chart.canvas);
  return chart;
}

function close(chart) {
  chart.observer.disconnect();
  chart.plot?.destroy();
  chart.plot = null;
  chart.host.remove();
}

function draw(chart, memory, data) {
  const colours = theme(chart.host);
  const drawn = JSON.stringify([data.lines.map(({ id, ...look }) => [id, look]), data.log, data.log_x, data.y, data.x, data.height, colours]);
  Object.assign(chart, { data, table: table(memory, data) });
  chart.canvas.setAttribute("aria-label", data.described);
  if (drawn !== chart.drawn) {
    chart.plot?.destroy();
    chart.canvas.style.height = `${data.height}px`;
    chart.plot = new uPlot(options(chart, colours), chart.table, chart.canvas);
    chart.drawn = drawn;
  }
  chart.plot.batch(() => {
    chart.plot.setData(chart.table, false);
    chart.plot.setScale("x", chart.zoom ?? whole(data));
  });
  chart.host.classList.toggle("zoomed", chart.zoom !== null);
}

const whole = (data) => ({ min: data.log_x ? Math.max(data.least, data.most / 1e9) || 1 : data.least, max: data.most });

function table(memory, data) {
  const lines = data.lines.map((line) => {
    const { x, y } = memory.lines.get(line.id) ?? { x: [], y: [] };
    const known = data.log_x ? Array.from(x, (_, row) => row).filter((row) => x[row] > 0) : Array.from(x, (_, row) => row);
    return [known.map((row) => x[row]), known.map((row) => (Number.isFinite(y[row]) && (!data.log || y[row] > 0) ? y[row] : null))];
  });
  return lines.length ? uPlot.join(lines) : [[]];
}

function theme(host) {
  const style = getComputedStyle(host);
  const named = (name, other) => style.getPropertyValue(name).trim() || other;
  return { ink: named("--st-text-color", "#1B2733"), line: named("--st-border-color", "#DDE3EC"), font: named("--st-font", "sans-serif") };
}

function options(chart, { ink, line, font }) {
  const { data } = chart;
  const axis = { stroke: ink, font: `12px ${font}`, labelFont: `12px ${font}`, grid: { stroke: line, width: 1 }, ticks: { stroke: line, size: 4 } };
  return {
    width: Math.max(chart.canvas.clientWidth, 100),
    height: data.height,
    padding: [12, 16, 0, 0],
    legend: { show: false },
    cursor: {
      drag: { x: true, y: false, setScale: false },
      sync: data.sync ? { key: data.sync, setSeries: false } : undefined,
      dataIdx: (plot, series, place) => (series && unsaid(data.lines[series - 1]) ? null : nearest(plot.data[series], place)),
      points: { size: 7 },
      focus: { prox: data.focus ? 16 : -1 },
      bind: { dblclick: () => () => zoom(chart, null) },
    },
    scales: { x: { time: false, auto: false, distr: data.log_x ? 3 : 1, ...whole(data) }, y: { distr: data.log ? 3 : 1, range: (plot, least, most) => padded(chart, plot, least, most) } },
    axes: [
      { ...axis, label: data.x, labelSize: 20, size: 30, ...(data.x === "epoch" && !data.log_x ? { incrs: WHOLE } : {}), values: (plot, places) => places.map((value) => (value === null ? "" : short(value))) },
      { ...axis, label: data.y, labelSize: 20, size: 52, values: (plot, places) => places.map((value) => (value === null ? "" : short(value))) },
    ],
    series: [{}, ...data.lines.map(look)],
    bands: bands(data.lines),
    // Where many lines lie over each other, the one under the cursor stands out.
    focus: { alpha: data.focus ? 0.25 : 1 },
    hooks: {
      setSelect: [(plot) => selected(chart, plot)],
      setCursor: [(plot) => point(chart, plot)],
      draw: [(plot) => marks(plot, chart.data.marks, ink, font), (plot) => tags(plot, chart.data.lines, font)],
    },
  };
}

// Values of single steps and the edges of bands have no words of their own.
const unsaid = (line) => line.faint || line.edge;

// An edge is one end of a band: nothing is drawn of it but what lies between it and the line that it names.
function bands(lines) {
  const place = (id) => lines.findIndex((line) => line.id === id) + 1;
  return lines.flatMap((line, index) => (line.band ? [{ series: [place(line.band), index + 1], fill: `${line.colour}2E` }] : []));
}

function look({ colour, dash, width, faint, edge, symbols }) {
  return {
    stroke: edge ? "transparent" : faint ? faded(colour) : colour,
    width: edge ? 0 : width,
    dash: dash ? [6, 4] : undefined,
    // A line through one point cannot be seen, so few points are shown as such.
    points: { show: symbols ? (plot, series, first, last) => last - first < 60 : false, size: 5, fill: dash ? "transparent" : colour },
  };
}

const faded = (colour) => `${colour}40`;

// The lines that matter fill the height; what lies faintly behind them may be cut off.
function padded(chart, plot, least, most) {
  const [low, high] = extremes(chart, plot) ?? [least, most];
  if (low === null || high === null) return chart.data.log ? [0.1, 1] : [0, 1];
  if (chart.data.log) return uPlot.rangeLog(low, high, 10, false);
  const room = (high - low || Math.abs(high) || 1) * 0.08;
  return [low >= 0 ? Math.max(0, low - room) : low - room, high + room];
}

function extremes(chart, plot) {
  const { min, max } = chart.zoom ?? whole(chart.data);
  let found = null;
  chart.data.lines.forEach((line, index) => {
    if (line.faint) return;
    plot.data[index + 1].forEach((value, row) => {
      const place = plot.data[0][row];
      if (value != null && place >= min && place <= max) found = found ? [Math.min(found[0], value), Math.max(found[1], value)] : [value, value];
    });
  });
  return found;
}

const short = (value) => minus(digits(value));

function digits(value) {
  const size = Math.abs(value);
  if (size >= 1e6) return `${+(value / 1e6).toPrecision(3)} M`;
  if (size >= 1e4) return `${+(value / 1e3).toPrecision(3)} k`;
  if (size > 0 && size < 1e-3) return value.toExponential(0).replace("e", "·10^").replace("^-", "⁻").replace(/⁻?\d+$/, superscript);
  return String(+value.toPrecision(4));
}

// A true minus in front and in exponents, as Python's words have it.
const minus = (text) => text.replace(/^-/, "−").replace(/(?<=\de)-/, "−");

const superscript = (text) => text.replace(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]);

// The place of the value that lies closest to `place` in a column with holes.
function nearest(column, place) {
  for (let away = 0; away < column.length; away++) {
    if (column[place - away] != null) return place - away;
    if (column[place + away] != null) return place + away;
  }
  return place;
}

function selected(chart, plot) {
  const { left, width } = plot.select;
  if (width < 4) return;
  const range = { min: plot.posToVal(left, "x"), max: plot.posToVal(left + width, "x") };
  plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
  zoom(chart, range);
}

function zoom(chart, range) {
  chart.zoom = range;
  chart.plot.setScale("x", range ?? whole(chart.data));
  chart.host.classList.toggle("zoomed", range !== null);
}

function resize(chart) {
  const width = Math.max(chart.canvas.clientWidth, 100);
  if (width !== chart.plot.width) chart.plot.setSize({ width, height: chart.data.height });
}

function marks(plot, list, ink, font) {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  Object.assign(ctx, { strokeStyle: ink, fillStyle: ink, lineWidth: ratio, font: `${11 * ratio}px ${font}`, textBaseline: "top" });
  ctx.setLineDash([2 * ratio, 3 * ratio]);
  let row = 0;
  for (const [place, words] of list) {
    const x = Math.round(plot.valToPos(place, "x", true));
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const room = bbox.left + bbox.width - x;
    const beside = ctx.measureText(words).width + 6 * ratio > room ? -1 : 1;
    ctx.textAlign = beside > 0 ? "left" : "right";
    ctx.fillText(words, x + beside * 4 * ratio, bbox.top + (2 + 14 * (row++ % 4)) * ratio);
  }
  ctx.restore();
}

// At its last place that is shown, each line that needs it has its number.
function tags(plot, lines, font) {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  Object.assign(ctx, { font: `bold ${11 * ratio}px ${font}`, textAlign: "right", textBaseline: "bottom" });
  lines.forEach((line, index) => {
    if (!line.tag) return;
    const column = plot.data[index + 1];
    for (let row = column.length - 1; row >= 0; row--) {
      const x = plot.valToPos(plot.data[0][row], "x", true);
      if (column[row] == null || x > bbox.left + bbox.width) continue;
      ctx.fillStyle = line.colour;
      ctx.fillText(line.tag, x, plot.valToPos(column[row], "y", true) - 2 * ratio);
      break;
    }
  });
  ctx.restore();
}

function point(chart, plot) {
  const { left, top, idx, idxs } = plot.cursor;
  chart.tip.hidden = left < 0 || idx == null;
  if (chart.tip.hidden) return;
  const rows = [];
  chart.data.lines.forEach((line, index) => {
    const place = idxs[index + 1];
    const value = plot.data[index + 1][place];
    // A line that has ended before, or not begun yet, has nothing to say here.
    if (unsaid(line) || value == null) return;
    const away = Math.abs(plot.valToPos(plot.data[0][place], "x") - left);
    if (away <= 30) rows.push({ line, value, x: plot.data[0][place], away: Math.abs(plot.valToPos(value, "y") - top) });
  });
  const many = rows.length > SHOWN_IN_TIP;
  const shown = many ? rows.sort((one, other) => one.away - other.away).slice(0, 3) : rows;
  chart.tip.replaceChildren(...tipRows(chart.data, shown));
  chart.tip.hidden = !shown.length;
  const right = left > plot.over.clientWidth / 2;
  chart.tip.style.left = right ? "auto" : `${plot.over.offsetLeft + left + 14}px`;
  chart.tip.style.right = right ? `${chart.host.clientWidth - plot.over.offsetLeft - left + 14}px` : "auto";
  if (chart.host.querySelector(".canvas") === chart.host.getRootNode().activeElement) chart.said.textContent = chart.tip.innerText;
}

function tipRows(data, rows) {
  if (!rows.length) return [];
  const head = document.createElement("b");
  head.textContent = `${data.x} ${short(rows[0].x)}`;
  return [
    head,
    ...rows.map(({ line, value }) => {
      const row = document.createElement("div");
      const swatch = row.appendChild(document.createElement("i"));
      swatch.style.borderTop = `2px ${line.dash ? "dashed" : "solid"} ${line.colour}`;
      row.append(`${line.name}: ${minus(String(+value.toPrecision(4)))}`);
      return row;
    }),
  ];
}

function pressed(chart, event) {
  const { plot } = chart;
  const act = {
    ArrowLeft: () => step(plot, -1),
    ArrowRight: () => step(plot, 1),
    "+": () => scaled(chart, 0.5),
    "-": () => scaled(chart, 2),
    Escape: () => zoom(chart, null),
  }[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

function step(plot, direction) {
  const width = plot.over.clientWidth;
  const from = plot.cursor.left < 0 ? width / 2 : plot.cursor.left;
  plot.setCursor({ left: Math.min(width - 1, Math.max(0, from + (direction * width) / KEYS_PER_WIDTH)), top: plot.over.clientHeight / 2 });
}

function scaled(chart, factor) {
  const { min, max } = chart.plot.scales.x;
  const middle = chart.plot.cursor.left >= 0 ? chart.plot.posToVal(chart.plot.cursor.left, "x") : (min + max) / 2;
  const all = whole(chart.data);
  const range = { min: Math.max(all.min, middle - (middle - min) * factor), max: Math.min(all.max, middle + (max - middle) * factor) };
  zoom(chart, range.min <= all.min && range.max >= all.max ? null : range);
}

function tools(chart, bar) {
  const button = (words, title, act) => {
    const made = bar.appendChild(document.createElement("button"));
    Object.assign(made, { type: "button", textContent: words, title, onclick: act });
    made.setAttribute("aria-label", title);
    return made;
  };
  button("Whole curve", "Show the whole curve again", () => zoom(chart, null)).className = "whole";
  button("PNG", "Download this chart as a picture, at print size", () => savePng(printed(chart), chart.data.file));
  button("SVG", "Download this chart as a drawing that any size suits", () => saveSvg(printed(chart), chart.data.file));
  button("CSV", "Download the numbers of this chart", () => save(URL.createObjectURL(new Blob([csv(chart)], { type: "text/csv" })), `${chart.data.file}.csv`));
}

const printed = (chart) => chartSvg(chart.plot, chart.data);

function csv(chart) {
  const cell = (text) => `"${String(text).replaceAll('"', '""')}"`;
  const [places, ...columns] = chart.table;
  const rows = places.map((place, row) => [place, ...columns.map((column) => column[row] ?? "")].join(","));
  return [[chart.data.x, ...chart.data.lines.map((line) => line.name)].map(cell).join(","), ...rows].join("\n");
}
