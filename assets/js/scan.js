// The field for badges. A USB scanner is a keyboard that ends with Enter: all it needs is the focus. A
// phone reads the QR code with its camera; the decoder is loaded only when somebody asks for it.

const LOOK_EVERY_MS = 150;
const LONGEST_SIDE = 800;

function isTyping(element) {
  return Boolean(element && element.closest("input, textarea, select, [contenteditable]"));
}

// What a scanner types while the focus is elsewhere still reaches the field.
function catchScanner(field) {
  document.addEventListener("keydown", (event) => {
    const plain = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (!plain || isTyping(document.activeElement)) return;
    field.value = "";
    field.focus();
  });
  field.addEventListener("focus", () => field.select());
  if (document.activeElement === field) field.select(); // autofocus came before this script
  field.form.addEventListener("submit", () => { field.value = field.value.trim(); });
}

let loading = null;
function loadDecoder(address) {
  loading = loading || new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => resolve(globalThis.jsQR);
    script.onerror = () => { loading = null; reject(new Error("jsqr")); };
    document.head.append(script);
  });
  return loading;
}

function readFrame(decode, video, canvas) {
  if (!video.videoWidth) return null;
  const scale = Math.min(1, LONGEST_SIDE / Math.max(video.videoWidth, video.videoHeight));
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(video, 0, 0, canvas.width, canvas.height);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  const found = decode(data, canvas.width, canvas.height);
  return found && found.data ? found.data.trim() : null;
}

function setUpCamera(box, field) {
  const button = box.querySelector("[data-scan-camera]");
  const video = box.querySelector("[data-scan-video]");
  const status = box.querySelector("[data-scan-status]");
  const canvas = document.createElement("canvas");
  let stream = null;
  let timer = 0;

  function stop() {
    clearInterval(timer);
    if (stream) for (const track of stream.getTracks()) track.stop();
    stream = null;
    video.srcObject = null;
    video.hidden = true;
  }

  function look(decode) {
    const text = readFrame(decode, video, canvas);
    if (!text) return;
    stop();
    field.value = text;
    field.form.requestSubmit();
  }

  async function start() {
    if (stream) {
      stop();
      status.textContent = "";
      return;
    }
    try {
      const decode = await loadDecoder(box.dataset.decoder);
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: { ideal: "environment" } }, audio: false });
      video.srcObject = stream;
      video.hidden = false;
      await video.play();
      status.textContent = box.dataset.ready;
      timer = setInterval(look, LOOK_EVERY_MS, decode);
    } catch {
      stop();
      status.textContent = box.dataset.failed;
    }
  }

  if (!navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) return; // the button stays hidden
  button.hidden = false;
  button.addEventListener("click", start);
  document.addEventListener("visibilitychange", () => { if (document.hidden) stop(); });
  addEventListener("pagehide", stop);
}

for (const box of document.querySelectorAll("[data-scan]")) {
  const field = box.querySelector("input");
  catchScanner(field);
  setUpCamera(box, field);
}
