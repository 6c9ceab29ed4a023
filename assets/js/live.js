// Live parts. htmx and its SSE extension fetch a fragment again when an event comes; this module adds
// what they lack: the whole minute of the clocks, the gap while a stream was closed, and the focus.
//
//   <div id="daftar" hx-ext="sse" sse-connect="/peristiwa" hx-get="/tamu" hx-swap="innerHTML"
//        hx-trigger="sse:visit, menit from:body">

const MINUTE_MS = 60000;

// Clocks change on the whole minute; a hidden tab waits until it is seen again.
function tick() {
  if (!document.hidden) document.body.dispatchEvent(new CustomEvent("menit"));
}

function tickOnTheMinute() {
  setTimeout(() => {
    tick();
    tickOnTheMinute();
  }, MINUTE_MS - (Date.now() % MINUTE_MS) + 250);
}

// After a closed stream the extension opens a new one without the last event number: fetch once, so that
// nothing is missed. The first opening needs no fetch, because the page has just been made.
const opened = new WeakSet();
document.body.addEventListener("htmx:sseOpen", (event) => {
  const part = event.target;
  showLost(false);
  if (opened.has(part)) tick();
  opened.add(part);
});
document.body.addEventListener("htmx:sseError", () => showLost(true));

function showLost(lost) {
  for (const banner of document.querySelectorAll("[data-live-lost]")) banner.hidden = !lost;
}

// A swap must not disturb somebody at work: the focus, what is typed in a field with an id, and which
// <details> are open are carried over. htmx keeps the focus of elements with an id; links of a list have
// none, so the one with the same address gets it back.
let kept = null;
document.body.addEventListener("htmx:beforeSwap", (event) => {
  const part = event.detail.target;
  const active = document.activeElement;
  const inside = part.contains(active);
  kept = {
    part,
    link: inside && active.tagName === "A" && !active.id ? active.getAttribute("href") : null,
    field: inside && active.id && "value" in active ? { id: active.id, value: active.value } : null,
    open: [...part.querySelectorAll("details")].map((details) => details.open),
  };
});
document.body.addEventListener("htmx:afterSwap", () => {
  if (!kept) return;
  const { part, link, field, open } = kept;
  kept = null;
  const all = part.querySelectorAll("details");
  if (all.length === open.length) all.forEach((details, i) => { details.open = open[i]; });
  const newField = field && document.getElementById(field.id);
  if (newField) newField.value = field.value;
  const newLink = link && part.querySelector(`a[href="${CSS.escape(link)}"]`);
  if (newLink) newLink.focus({ preventScroll: true });
});

// The page of one visit keeps its forms while its steps move on; then it says so.
const progress = () => document.querySelector("[data-progress]")?.dataset.progress;
const progressThen = progress();
document.body.addEventListener("htmx:afterSettle", () => {
  const moved = document.querySelector("[data-moved]");
  if (moved) moved.hidden = progress() === progressThen;
});

// The session is over: the login page must not appear inside a list.
document.body.addEventListener("htmx:beforeOnLoad", (event) => {
  if (event.detail.xhr.status === 401) location.reload();
});

document.addEventListener("visibilitychange", tick);
tickOnTheMinute();
