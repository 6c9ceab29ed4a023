// The guest's signature with a pointer or a pen, kept as an SVG path ("M10 12L11 14…") in the hidden
// field. Without it, or when nothing is drawn, the sheet is signed in ink.
//
//   <div data-signature data-clear="…"><label for="x">…</label><input id="x" name="x" type="hidden"></div>

const WIDTH = 480;
const HEIGHT = 160;
const MAX_CHARACTERS = 28000;
const SVG = "http://www.w3.org/2000/svg";

function surface(label) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  svg.setAttribute("class", "signature");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  const path = document.createElementNS(SVG, "path");
  svg.append(path);
  return { svg, path };
}

function start(part) {
  const field = part.querySelector("input[type=hidden]");
  const label = part.querySelector("label").textContent.trim();
  const { svg, path } = surface(label);
  const clear = document.createElement("button");
  clear.type = "button";
  clear.className = "line";
  clear.textContent = part.dataset.clear;
  part.append(svg, clear);
  let drawing = false;

  const point = (event) => {
    const box = svg.getBoundingClientRect();
    const x = Math.round(((event.clientX - box.left) * WIDTH) / box.width);
    const y = Math.round(((event.clientY - box.top) * HEIGHT) / box.height);
    return `${Math.max(0, Math.min(WIDTH, x))} ${Math.max(0, Math.min(HEIGHT, y))}`;
  };
  const add = (command, event) => {
    if (field.value.length > MAX_CHARACTERS) return;
    field.value += command + point(event);
    path.setAttribute("d", field.value);
  };
  svg.addEventListener("pointerdown", (event) => {
    drawing = true;
    svg.setPointerCapture(event.pointerId);
    add("M", event);
    event.preventDefault();
  });
  svg.addEventListener("pointermove", (event) => {
    if (drawing) add("L", event);
  });
  for (const name of ["pointerup", "pointercancel"])
    svg.addEventListener(name, () => {
      drawing = false;
    });
  clear.addEventListener("click", () => {
    field.value = "";
    path.removeAttribute("d");
  });
}

for (const part of document.querySelectorAll("[data-signature]")) start(part);
