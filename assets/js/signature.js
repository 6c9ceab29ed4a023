// The guest's signature with a pointer or a pen, kept as an SVG path ("M10 12L11 14…") in the hidden
// field of signature_field (widgets.tmpl). Nothing drawn: the sheet is signed in ink.

const MAX_CHARACTERS = 28000;

function start(part) {
  const field = part.querySelector("input[type=hidden]");
  const pad = part.querySelector("[data-signature-pad]");
  const path = pad.querySelector("path");
  const { width, height } = pad.viewBox.baseVal;
  let drawing = false;

  const inside = (value, limit) => Math.round(Math.max(0, Math.min(limit, value)));
  const point = (event) => {
    const box = pad.getBoundingClientRect();
    const x = inside(((event.clientX - box.left) * width) / box.width, width);
    const y = inside(((event.clientY - box.top) * height) / box.height, height);
    return `${x} ${y}`;
  };
  const add = (command, event) => {
    if (field.value.length > MAX_CHARACTERS) return;
    field.value += command + point(event);
    path.setAttribute("d", field.value);
  };
  const stop = () => {
    drawing = false;
  };

  pad.addEventListener("pointerdown", (event) => {
    drawing = true;
    pad.setPointerCapture(event.pointerId);
    add("M", event);
    event.preventDefault();
  });
  pad.addEventListener("pointermove", (event) => {
    if (drawing) add("L", event);
  });
  pad.addEventListener("pointerup", stop);
  pad.addEventListener("pointercancel", stop);
  part.querySelector("[data-signature-clear]").addEventListener("click", () => {
    field.value = "";
    path.setAttribute("d", "M0 0");
  });
  if (field.value) path.setAttribute("d", field.value);
  part.querySelector("[data-signature-tools]").hidden = false;
}

for (const part of document.querySelectorAll("[data-signature]")) start(part);
