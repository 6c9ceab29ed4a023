// The officials' queue: fetched again when something happens at the counter and on the whole minute, and
// notices of this browser switched on. Small on purpose: the page is for telephones.

const MINUTE_MS = 60000;
const queue = document.querySelector("[data-queue]");

async function refresh() {
  if (document.hidden) return;
  const answer = await fetch(queue.dataset.queue, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer || !answer.ok || answer.redirected) return;
  const link = document.activeElement instanceof HTMLAnchorElement && queue.contains(document.activeElement)
    ? document.activeElement.getAttribute("href") : null;
  queue.innerHTML = await answer.text();
  if (link) queue.querySelector(`a[href="${CSS.escape(link)}"]`)?.focus({ preventScroll: true });
}

function everyMinute() {
  setTimeout(() => {
    void refresh();
    everyMinute();
  }, MINUTE_MS - (Date.now() % MINUTE_MS) + 250);
}

document.querySelector("[data-focus]")?.focus(); // what a refused form says

if (queue) {
  const events = new EventSource("/peristiwa");
  let opened = false;
  events.addEventListener("visit", () => void refresh());
  events.addEventListener("open", () => {
    if (opened) void refresh();
    opened = true;
  });
  document.addEventListener("visibilitychange", () => void refresh());
  everyMinute();
}

// --- notices of this browser --------------------------------------------------------------------

const panel = document.querySelector("[data-push-key]");

function bytes(base64url) {
  const text = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}

function say(words) {
  panel.querySelector("[data-push-status]").textContent = words;
}

async function send(subscription) {
  const answer = await fetch("/jawab/langganan", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json",
      "X-CSRF-Token": panel.querySelector("[name=csrf]").value },
    body: JSON.stringify({ subscription: JSON.stringify(subscription) }),
  });
  if (!answer.ok) throw new Error(String(answer.status));
  panel.querySelector("form").hidden = true;
  say(panel.dataset.on);
}

async function switchOn() {
  if (await Notification.requestPermission() !== "granted") {
    say(panel.dataset.denied);
    return;
  }
  const registration = await navigator.serviceWorker.register("/dorong.js", { scope: "/jawab" });
  const subscription = await registration.pushManager.subscribe({
    userVisibleOnly: true, applicationServerKey: bytes(panel.dataset.pushKey),
  });
  await send(subscription);
}

// Also renews what the server may have given up: a subscription that is there is sent again.
async function showState() {
  panel.hidden = false;
  const registration = await navigator.serviceWorker.getRegistration("/jawab");
  const subscription = await registration?.pushManager.getSubscription();
  if (subscription && Notification.permission === "granted") await send(subscription);
}

if (panel && "serviceWorker" in navigator && "PushManager" in globalThis && "Notification" in globalThis) {
  panel.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    switchOn().catch(() => say(panel.dataset.failed));
  });
  showState().catch(() => say(panel.dataset.failed));
}
