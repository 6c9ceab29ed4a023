// The webcam of the new-visit form. Finds each [data-camera] (widget camera_field), shows a preview,
// and puts the picture into the form's own file input, so that the form is sent like any other.
// data-facing="environment": the camera on the back of a tablet or telephone. data-camera-forget: the
// picture is kept nowhere but in the form.
// Every sentence for people comes translated from the page, in data-* attributes.

const OPEN_TIMEOUT_MS = 20000; // getUserMedia may never settle when nobody answers the question
const LONGEST_SIDE = 1280;
const QUALITY = 0.85;
const KEPT = "foto"; // in sessionStorage, from a submit until the next page (form.js clears it elsewhere)

const MESSAGE_OF_ERROR = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "busy",
  AbortError: "stopped",
  TimeoutError: "timeout",
};

// A stream, or an error with a name. A camera that answers after the time-out is let go at once.
async function openCamera(constraints) {
  let late = false;
  let timer;
  const opening = navigator.mediaDevices.getUserMedia(constraints);
  opening.then((stream) => { if (late) stopStream(stream); }, () => {});
  const timeout = new Promise((_, reject) => {
    timer = setTimeout(() => {
      late = true;
      reject(new DOMException("", "TimeoutError"));
    }, OPEN_TIMEOUT_MS);
  });
  try {
    return await Promise.race([opening, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

async function openAnyCamera(facing) {
  const wanted = { facingMode: { ideal: facing }, width: { ideal: LONGEST_SIDE } };
  try {
    return await openCamera({ video: wanted, audio: false });
  } catch (error) {
    if (error.name !== "OverconstrainedError") throw error;
    return openCamera({ video: true, audio: false });
  }
}

function stopStream(stream) {
  for (const track of stream.getTracks()) track.stop();
}

// Draws the frame on the canvas, at most LONGEST_SIDE pixels wide or high.
function drawFrame(video, canvas) {
  const scale = Math.min(1, LONGEST_SIDE / Math.max(video.videoWidth, video.videoHeight));
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
}

// "data:image/jpeg;base64,…" → bytes. (fetch() of a data address is forbidden by the content policy.)
function toBytes(address) {
  return Uint8Array.from(atob(address.slice(address.indexOf(",") + 1)), (c) => c.charCodeAt(0));
}

function putIntoInput(input, address) {
  const transfer = new DataTransfer();
  transfer.items.add(new File([toBytes(address)], "foto.jpg", { type: "image/jpeg" }));
  input.files = transfer.files;
}

function takeKept() {
  const address = sessionStorage.getItem(KEPT);
  sessionStorage.removeItem(KEPT);
  return address;
}

function setUp(box) {
  const part = (name) => box.querySelector(`[data-camera-${name}]`);
  const [video, canvas, face, status] = ["video", "canvas", "face", "status"].map(part);
  const [open, shoot, retake] = ["open", "shoot", "retake"].map(part);
  const input = document.getElementById(box.dataset.camera);
  let stream = null;
  let taken = null;

  function show(state) {
    video.hidden = state !== "live";
    canvas.hidden = state !== "taken";
    face.hidden = state === "taken" || state === "live";
    open.hidden = state !== "off";
    shoot.hidden = state !== "live";
    retake.hidden = state !== "taken";
  }

  function say(name) {
    status.textContent = box.dataset[name] || "";
  }

  function stop() {
    if (stream) stopStream(stream);
    stream = null;
    video.srcObject = null;
  }

  function fail(error) {
    stop();
    show("off");
    say(MESSAGE_OF_ERROR[error.name] || "stopped");
  }

  async function start() {
    if (stream || open.getAttribute("aria-busy") === "true") return;
    open.setAttribute("aria-busy", "true");
    say("waiting");
    try {
      stream = await openAnyCamera(box.dataset.facing || "user");
      stream.getVideoTracks()[0].addEventListener("ended", () => {
        if (stream) fail(new DOMException("", "AbortError"));
      });
      video.srcObject = stream;
      await video.play();
      show("live");
      say("ready");
      shoot.focus({ preventScroll: true });
    } catch (error) {
      fail(error);
    } finally {
      open.removeAttribute("aria-busy");
    }
  }

  function take() {
    if (!stream || !video.videoWidth) return;
    drawFrame(video, canvas);
    taken = canvas.toDataURL("image/jpeg", QUALITY);
    putIntoInput(input, taken);
    stop();
    show("taken");
    say("taken");
    retake.focus({ preventScroll: true });
  }

  function again() {
    taken = null;
    input.value = "";
    show("off");
    start();
  }

  // A browser empties file inputs when a refused form is shown again; the picture comes back with it.
  async function restore(address) {
    const picture = await createImageBitmap(new Blob([toBytes(address)], { type: "image/jpeg" }));
    canvas.width = picture.width;
    canvas.height = picture.height;
    canvas.getContext("2d").drawImage(picture, 0, 0);
    taken = address;
    putIntoInput(input, address);
    show("taken");
    say("taken");
  }

  if (!navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) {
    say("insecure"); // plain http on another name than localhost
    return;
  }
  open.addEventListener("click", start);
  shoot.addEventListener("click", take);
  retake.addEventListener("click", again);
  input.addEventListener("change", () => { // a file was chosen by hand
    taken = null;
    stop();
    show("off");
    say(input.files.length ? "chosen" : "");
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && stream) {
      stop();
      show("off");
      say("");
    }
  });
  addEventListener("pagehide", stop);
  input.form.addEventListener("submit", () => {
    if (taken && !("cameraForget" in box.dataset)) sessionStorage.setItem(KEPT, taken);
  });
  show("off");
  const kept = takeKept();
  if (kept && !("cameraForget" in box.dataset) && document.querySelector(".errors")) restore(kept).catch(() => show("off"));
}

for (const box of document.querySelectorAll("[data-camera]")) setUp(box);
