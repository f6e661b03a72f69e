// Tells the server when the page has turned dark or light: what it draws in colours of its own has to be drawn anew, and Streamlit
// would send word of the change with the next press only.
export default function ({ data, parentElement, setTriggerValue }) {
  let ground = parentElement.querySelector(".ground");
  if (!ground) {
    ground = parentElement.appendChild(Object.assign(document.createElement("div"), { className: "ground" }));
    ground.addEventListener("transitionend", () => ground.compare());
  }
  ground.compare = () => {
    const dark = isDark(getComputedStyle(ground).backgroundColor);
    if (dark === data.dark || dark === ground.told) return;
    ground.told = dark;
    setTriggerValue("turned", dark);
  };
  if (isDark(getComputedStyle(ground).backgroundColor) === data.dark) ground.told = undefined;
  ground.compare();
}

function isDark(colour) {
  const [red, green, blue] = colour.match(/[\d.]+/g).map(Number);
  return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
}
