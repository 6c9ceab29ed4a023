// The service worker of the officials' page: shows a notice that the server pushed, and opens the queue
// when it is tapped. It stores nothing and answers no request of the page.
const PAGE = "/jawab";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

function read(event) {
  try {
    return event.data ? event.data.json() : {};
  } catch {
    return {};
  }
}

self.addEventListener("push", (event) => {
  const message = read(event);
  event.waitUntil(self.registration.showNotification(message.title || "Buku Tamu", {
    body: message.body || "Ada tamu",
    icon: "/aset/ikon-192.png",
    lang: "id",
    tag: "tamu",
    renotify: true,
    requireInteraction: true,
  }));
});

async function openQueue() {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const open = pages.find((page) => new URL(page.url).pathname === PAGE);
  return open ? open.focus() : self.clients.openWindow(PAGE);
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openQueue());
});
