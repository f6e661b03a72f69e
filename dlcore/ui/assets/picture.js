// A picture that the server has drawn: put in place when it is new, and only once its images are ready to be shown.
export default function ({ data, parentElement }) {
  let host = parentElement.querySelector(".picture");
  if (!host) host = parentElement.appendChild(Object.assign(document.createElement("div"), { className: "picture" }));
  if (host.drawn === data.html) return;
  host.drawn = data.html;
  host.style.minHeight = data.height ? `${data.height}px` : "";
  const next = document.createElement("template");
  next.innerHTML = data.html;
  const images = [...next.content.querySelectorAll("image, img")].map((image) => image.getAttribute("href") ?? image.getAttribute("src"));
  const show = () => host.drawn === data.html && host.replaceChildren(next.content);
  // Without waiting there would be a frame without the image: data addresses are decoded in the background.
  if (images.length) Promise.all(images.map(decoded)).then(show);
  else show();
}

function decoded(address) {
  const image = new Image();
  image.src = address;
  return image.decode().catch(() => null);
}
