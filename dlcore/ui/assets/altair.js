// Buttons at the corner of each Altair chart of the page that save it for paper. Streamlit draws these charts, and has no such buttons.
import { savePng, saveSvg, vegaSvg } from "./print.js";

const CHARTS = ".vega-embed";
const KEY = /\bst-key-(\S+)/;

export default function () {
  if (document.savesCharts) return;
  document.savesCharts = true;
  let asked = false;
  const soon = () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      document.querySelectorAll(CHARTS).forEach(equip);
    });
  };
  // Vega empties a chart's place whenever it draws it anew.
  new MutationObserver(soon).observe(document.body, { childList: true, subtree: true });
  soon();
}

function equip(chart) {
  if (chart.querySelector(":scope > .saves") || !chart.querySelector("svg.marks")) return;
  const bar = chart.appendChild(Object.assign(document.createElement("div"), { className: "saves" }));
  for (const [words, keep] of [["PNG", savePng], ["SVG", saveSvg]]) {
    const button = bar.appendChild(Object.assign(document.createElement("button"), { type: "button", textContent: words, title: `Download as ${words}, at print size` }));
    button.setAttribute("aria-label", `Download this chart as ${words}`);
    button.onclick = () => keep(vegaSvg(chart.querySelector("svg.marks")), name(chart));
  }
}

function name(chart) {
  const key = chart.closest('[class*="st-key-"]')?.className.match(KEY);
  return (key?.[1] ?? "chart").toLowerCase().replace(/[^a-z0-9]+/g, "-");
}
