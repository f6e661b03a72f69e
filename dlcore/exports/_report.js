// The charts of a report: one for each quantity, with all runs in it.
const LIGHT = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#B58900", "#3A9BD9", "#7A5195", "#555555"];
const DARK = ["#5BB3E6", "#FF8A4C", "#3CCF9A", "#E3A1C8", "#F2C14E", "#9CD2F5", "#B79AD9", "#B8C0C8"];
const HEIGHT = 260;
const DATA = JSON.parse(document.getElementById("data").textContent);
const dark = matchMedia("(prefers-color-scheme: dark)");

const shown = (value) => (value == null ? "" : Math.abs(value) >= 1e5 || (value !== 0 && Math.abs(value) < 1e-3) ? value.toExponential(1) : String(+value.toPrecision(4)));

function made(kind, parent, more = {}) {
  return parent.appendChild(Object.assign(document.createElement(kind), more));
}

function lines(quantity) {
  const hues = dark.matches ? DARK : LIGHT;
  return DATA.runs.flatMap((run) =>
    [quantity, `val_${quantity}`].filter((name) => run.curves[name]).map((name) => {
      const dash = name.startsWith("val_");
      return { id: name, name: `${run.name}, ${dash ? "validation" : "training"}`, colour: hues[run.colour], dash, width: 2, xs: run.epochs, ys: run.curves[name] };
    }),
  );
}

function options(all, box, said, log) {
  const style = getComputedStyle(document.body);
  // The line's own colour depends on the scheme, and a canvas needs it worked out.
  const [ink, line] = [style.color, getComputedStyle(box.querySelector("button")).borderTopColor];
  const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line, size: 4 }, values: (plot, places) => places.map(shown) };
  return {
    width: Math.max(260, box.clientWidth), height: HEIGHT, legend: { show: false }, padding: [10, 14, 0, 0],
    cursor: { focus: { prox: 16 }, drag: { x: true, y: false } }, focus: { alpha: 0.25 },
    scales: { x: { time: false }, y: { distr: log ? 3 : 1 } },
    axes: [{ ...axis, label: "epoch", labelSize: 20, size: 30 }, { ...axis, size: 54 }],
    series: [{}, ...all.map(({ colour, dash, width, xs }) => ({ stroke: colour, width, dash: dash ? [6, 4] : undefined, points: { show: xs.length < 2 } }))],
    hooks: { setCursor: [(plot) => point(plot, all, said)] },
  };
}

function point(plot, all, said) {
  const { idx, top } = plot.cursor;
  if (idx == null) return (said.textContent = "");
  const near = all.map((line, place) => ({ line, value: plot.data[place + 1][idx] })).filter(({ value }) => value != null)
    .sort((one, other) => Math.abs(plot.valToPos(one.value, "y") - top) - Math.abs(plot.valToPos(other.value, "y") - top))[0];
  said.textContent = near ? `epoch ${plot.data[0][idx]}: ${near.line.name} ${shown(near.value)}` : "";
}

function draw(box, quantity) {
  const all = lines(quantity);
  const title = quantity.replaceAll("_", " ");
  box.replaceChildren();
  const bar = made("div", box, { className: "bar" });
  made("h3", bar, { textContent: title });
  const [button, svg, png] = ["Log", "SVG", "PNG"].map((words) => made("button", bar, { type: "button", textContent: words }));
  const place = made("div", box);
  place.setAttribute("role", "img");
  place.setAttribute("aria-label", `${title} against epochs, for ${DATA.runs.length} runs`);
  const said = made("div", box, { className: "said" });
  let plot;
  const open = (log) => {
    plot?.destroy();
    const column = (ys) => ys.map((value) => (log && !(value > 0) ? null : value));
    plot = new uPlot(options(all, box, said, log), uPlot.join(all.map(({ xs, ys }) => [xs, column(ys)])), place);
    button.setAttribute("aria-pressed", String(log));
    button.onclick = () => open(!log);
  };
  open(false);
  const printed = () => chartSvg(plot, { lines: all, marks: DATA.runs.length === 1 ? DATA.runs[0].marks : [], x: "epoch", y: title, described: title });
  svg.onclick = () => saveSvg(printed(), quantity);
  png.onclick = () => savePng(printed(), quantity);
  return () => plot.setSize({ width: Math.max(260, box.clientWidth), height: HEIGHT });
}

function all() {
  const host = document.getElementById("charts");
  const hues = dark.matches ? DARK : LIGHT;
  const legend = document.getElementById("legend");
  legend.replaceChildren();
  for (const run of DATA.runs) {
    const item = made("span", legend);
    made("i", item).style.background = hues[run.colour];
    item.append(run.name);
  }
  host.replaceChildren();
  // All places first: a lone one would be as wide as the page.
  const places = DATA.quantities.map((quantity) => [made("div", host, { className: "chart" }), quantity]);
  const sized = places.map(([box, quantity]) => draw(box, quantity));
  onresize = () => sized.forEach((size) => size());
}

all();
dark.addEventListener("change", all);
