// The counter's alarm can be heard once a person has switched the sound on: a browser lets nothing sound
// before that. The choice is kept on this computer. While a banner with data-alarm stands on the page, two
// short tones come every few seconds.

const KEY = "bukutamu-alarm";
const EVERY_MS = 4000;

const part = document.querySelector("[data-alarm-sound]");
const button = part && part.querySelector("button");
let context = null;
let timer = 0;

function tone(at, hertz) {
  const sound = context.createOscillator();
  const volume = context.createGain();
  sound.frequency.value = hertz;
  volume.gain.setValueAtTime(0.0001, at);
  volume.gain.exponentialRampToValueAtTime(0.4, at + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.3);
  sound.connect(volume).connect(context.destination);
  sound.start(at);
  sound.stop(at + 0.32);
}

function ring() {
  if (!document.querySelector("[data-alarm]") || !context || context.state !== "running") return;
  tone(context.currentTime, 880);
  tone(context.currentTime + 0.35, 660);
}

async function switchOn() {
  context = context || new AudioContext();
  await context.resume();
  if (!timer) timer = setInterval(ring, EVERY_MS);
  ring();
}

function switchOff() {
  clearInterval(timer);
  timer = 0;
}

function wanted() {
  try {
    return localStorage.getItem(KEY) === "1";
  } catch {
    return false;
  }
}

function show(on) {
  button.setAttribute("aria-pressed", String(on));
}

if (button) {
  part.hidden = false;
  show(wanted());
  button.addEventListener("click", () => {
    const on = button.getAttribute("aria-pressed") !== "true";
    try {
      localStorage.setItem(KEY, on ? "1" : "0");
    } catch {
      // Without storage the choice ends with the page.
    }
    show(on);
    if (on) switchOn();
    else switchOff();
  });
  // Chosen before: the first touch of the page is enough.
  const begin = () => {
    if (button.getAttribute("aria-pressed") === "true" && !timer) switchOn();
  };
  for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, begin, { once: true });
}
