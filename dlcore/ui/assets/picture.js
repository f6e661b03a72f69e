// A picture that the server has drawn: put in place when it is new, and only once its images are ready to be shown.
import { pictureSvg, savePng, saveSvg } from "./print.js";

export default function ({ data, parentElement }) {
  let host = parentElement.querySelector(".picture");
  if (!host) host = parentElement.appendChild(Object.assign(document.createElement("div"), { className: "picture" }));
  if (host.drawn === data.html) return;
  host.drawn = data.html;
  host.style.minHeight = data.height ? `${data.height}px` : "";
  const next = document.createElement("template");
  next.innerHTML = data.html;
  const images = [...next.content.querySelectorAll("image, img")].map((image) => image.getAttribute("href") ?? image.getAttribute("src"));
  const show = () => {
    if (host.drawn !== data.html) return;
    host.replaceChildren(next.content);
    host.querySelectorAll("figure").forEach(tools);
  };
  // Without waiting there would be a frame without the image: data addresses are decoded in the background.
  if (images.length) Promise.all(images.map(decoded)).then(show);
  else show();
}

function decoded(address) {
  const image = new Image();
  image.src = address;
  return image.decode().catch(() => null);
}

// Each drawing can be taken away for paper; the buttons are seen while the picture is pointed at.
function tools(figure) {
  const drawing = figure.querySelector("svg");
  if (!drawing?.viewBox?.baseVal?.width) return;
  const title = figure.querySelector(".title")?.textContent ?? "Picture";
  const bar = figure.appendChild(Object.assign(document.createElement("div"), { className: "tools" }));
  for (const [words, keep] of [["PNG", savePng], ["SVG", saveSvg]]) {
    const button = bar.appendChild(Object.assign(document.createElement("button"), { type: "button", textContent: words, title: `Download as ${words}, at print size` }));
    button.setAttribute("aria-label", `Download this picture as ${words}`);
    button.onclick = () => keep(pictureSvg(drawing, drawing.getAttribute("aria-label") ?? title), title.toLowerCase().replace(/[^a-z0-9]+/g, "-"));
  }
}
