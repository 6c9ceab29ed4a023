// The guest's own tablet. Everything works without it, but then the screen is not cleared so soon.
//
//   data-idle="45" data-idle-warn="15" data-idle-start="/kios"
//       cleared after 45 seconds without a touch; a dialog says so 15 seconds before
//   form[data-wipe]      what clears the screen: sent when the time is over
//   form[data-from-hash] takes the code behind "#" of a scanned address, which is never sent in an address

const ACTS = ["pointerdown", "keydown", "input", "wheel", "touchmove", "scroll"];
const LOOK_EVERY_MS = 250;

// Gone from the screen at once, whatever the network does.
function empty() {
  for (const form of document.forms) if (!form.matches("[data-wipe]")) form.reset();
  document.querySelector("main")?.replaceChildren();
}

function watch(box) {
  const dialog = box.querySelector("[data-idle-dialog]");
  const left = box.querySelector("[data-idle-left]");
  const limit = Number(box.dataset.idle) * 1000;
  const warning = Number(box.dataset.idleWarn) * 1000;
  let touched = Date.now();
  let over = false;

  function stay(event) {
    touched = Date.now();
    if (!dialog.open) return;
    // The key that answers the warning is not meant for the field that gets the focus back.
    if (event.type === "keydown") event.preventDefault();
    dialog.close();
  }
  function clear() {
    over = true;
    const form = document.querySelector("form[data-wipe]");
    if (dialog.open) dialog.close();
    empty();
    form.requestSubmit();
  }
  // By the clock and not by counting: a tablet that slept clears itself when it wakes.
  function look() {
    if (over) return;
    const rest = limit - (Date.now() - touched);
    if (rest <= 0) {
      clear();
      return;
    }
    if (rest > warning) return;
    left.textContent = String(Math.ceil(rest / 1000));
    if (!dialog.open) dialog.showModal(); // takes the focus: a screen reader speaks it
  }
  for (const act of ACTS) addEventListener(act, stay, { capture: true, passive: act !== "keydown" });
  box.querySelector("[data-idle-stay]").addEventListener("click", stay);
  dialog.addEventListener("cancel", stay);
  document.addEventListener("visibilitychange", look);
  setInterval(look, LOOK_EVERY_MS);
  // The next guest presses "back": the browser may have kept the page.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    empty();
    location.replace(box.dataset.idleStart);
  });
}

function fromHash(form) {
  const code = location.hash.slice(1);
  if (!code) return;
  history.replaceState(null, "", location.pathname);
  form.elements.namedItem(form.dataset.fromHash).value = code;
  form.requestSubmit();
}

const box = document.querySelector("[data-idle]");
if (box) watch(box);
const form = document.querySelector("form[data-from-hash]");
if (form) fromHash(form);
