// A signature by finger, pen or mouse ([data-signature], widget signature_field): kept in a hidden field
// as an SVG path of moves and lines, in a box of 600 × 200. Left empty, it is signed with ink.

const WIDTH = 600;
const HEIGHT = 200;
const MAX_LENGTH = 30000; // what the field takes
const SMALLEST_STEP = 2;

function setUp(box) {
  const input = box.querySelector("input[type=hidden]");
  const pad = box.querySelector("[data-signature-pad]");
  const line = pad.querySelector("path");
  const clear = box.querySelector("[data-signature-clear]");
  let last = null;

  function point(event) {
    const area = pad.getBoundingClientRect();
    const x = Math.round(((event.clientX - area.left) * WIDTH) / area.width);
    const y = Math.round(((event.clientY - area.top) * HEIGHT) / area.height);
    return [Math.min(WIDTH, Math.max(0, x)), Math.min(HEIGHT, Math.max(0, y))];
  }

  function add(command, [x, y]) {
    const text = `${command}${x} ${y}`;
    if (input.value.length + text.length > MAX_LENGTH) return;
    input.value += text;
    line.setAttribute("d", input.value);
    last = [x, y];
  }

  pad.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    pad.setPointerCapture(event.pointerId);
    add("M", point(event));
  });
  pad.addEventListener("pointermove", (event) => {
    if (!last) return;
    const next = point(event);
    if (Math.hypot(next[0] - last[0], next[1] - last[1]) >= SMALLEST_STEP) add("L", next);
  });
  for (const end of ["pointerup", "pointercancel"]) pad.addEventListener(end, () => { last = null; });
  clear.addEventListener("click", () => {
    input.value = "";
    line.setAttribute("d", "M0 0");
  });
  if (input.value) line.setAttribute("d", input.value);
  box.querySelector("[data-signature-tools]").hidden = false;
}

for (const box of document.querySelectorAll("[data-signature]")) setUp(box);
