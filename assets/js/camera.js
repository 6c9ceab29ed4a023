// The webcam of the new-visit form. Finds each [data-camera] (widget camera_field), shows a preview,
// and puts the picture into the form's own file input, so that the form is sent like any other.
// Every sentence for people comes translated from the page, in data-* attributes.

const OPEN_TIMEOUT_MS = 20000; // getUserMedia may never settle when nobody answers the question
const LONGEST_SIDE = 1280;
const QUALITY = 0.85;

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

async function openAnyCamera() {
  const wanted = { facingMode: { ideal: "user" }, width: { ideal: LONGEST_SIDE } };
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

function toJpeg(canvas) {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new DOMException("", "AbortError"))),
      "image/jpeg", QUALITY);
  });
}

function setUp(box) {
  const part = (name) => box.querySelector(`[data-camera-${name}]`);
  const [video, canvas, face, status] = ["video", "canvas", "face", "status"].map(part);
  const [open, shoot, retake] = ["open", "shoot", "retake"].map(part);
  const input = document.getElementById(box.dataset.camera);
  let stream = null;

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
      stream = await openAnyCamera();
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

  async function take() {
    if (!stream || !video.videoWidth) return;
    try {
      drawFrame(video, canvas);
      const jpeg = await toJpeg(canvas);
      const transfer = new DataTransfer();
      transfer.items.add(new File([jpeg], "foto.jpg", { type: "image/jpeg" }));
      input.files = transfer.files;
      stop();
      show("taken");
      say("taken");
      retake.focus({ preventScroll: true });
    } catch (error) {
      fail(error);
    }
  }

  function again() {
    input.value = "";
    show("off");
    start();
  }

  if (!navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) {
    say("insecure"); // plain http on another name than localhost
    return;
  }
  open.addEventListener("click", start);
  shoot.addEventListener("click", take);
  retake.addEventListener("click", again);
  input.addEventListener("change", () => { // a file was chosen by hand
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
  show("off");
}

for (const box of document.querySelectorAll("[data-camera]")) setUp(box);
