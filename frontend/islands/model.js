// The piece in 3D in the picture's place, with the design as it is chosen; and from there into somebody's room.
import { painting } from "./colours.js";
import { content } from "./configuration.js";
import { data, form, part, speak } from "./page.js";
import { NotShown, openViewer, paintModel } from "./viewer.js";

// A model for a room is fetched when the choices have come to rest.
const REST = 900;
const about = data.model;
const stage = part("stage");
let where = about;
let viewer = null;
let drawn = "";
let fetching = 0;
let isOpening = false;

export function start() {
  if (!about) return;
  part("model-open").hidden = false;
  part("model-open").addEventListener("click", open);
  part("model-close").addEventListener("click", close);
  part("model-room").addEventListener("click", enterRoom);
  part("phone-close").addEventListener("click", () => part("phone").close());
  part("model").addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  form.addEventListener("dure:answer", ({ detail }) => take(detail));
}

/** Paint the design of this moment: colours and finishes at once. Letters and prints come with the server's answer. */
export function paint() {
  if (viewer) paintModel(viewer, about, painting());
}

async function open() {
  if (isOpening || viewer) return;
  isOpening = true;
  part("model-open").setAttribute("aria-busy", "true");
  tell(about.texts.loading);
  try {
    await show();
  } catch (error) {
    if (!(error instanceof NotShown)) throw error;
    tell(about.texts.failed);
  } finally {
    isOpening = false;
    part("model-open").removeAttribute("aria-busy");
  }
}

async function show() {
  const box = part("model");
  // It must have a size to be drawn at, and is seen when there is something to see.
  box.hidden = false;
  drawn = JSON.stringify(content());
  const alt = part("canvas").getAttribute("aria-label");
  try {
    viewer = await openViewer(box, { ...about, sides: about.texts.sides }, { src: where.url, alt });
  } catch (error) {
    box.hidden = true;
    throw error;
  }
  viewer.addEventListener("load", paint);
  viewer.addEventListener("ar-status", ({ detail }) => {
    if (detail.status === "failed") tell(about.texts.room_failed);
  });
  paint();
  stage.dataset.model = "shown";
  part("model-close").focus();
  tell("");
  speak(about.texts.shown);
}

function close() {
  if (!viewer) return;
  clearTimeout(fetching);
  viewer.remove();
  viewer = null;
  delete stage.dataset.model;
  part("model").hidden = true;
  part("model-open").focus();
  speak(about.texts.closed);
}

/** The server's answer to a design: its words, and its model where what is drawn on it has changed. */
function take({ picture, model }) {
  where = model;
  if (!viewer) return;
  viewer.alt = picture.alt;
  clearTimeout(fetching);
  const now = JSON.stringify(content());
  if (now !== drawn) fetchModel(now);
  // Some phones fetch the model for a room themselves, by its address.
  else if (viewer.canActivateAR) fetching = setTimeout(fetchModel, REST, now);
}

function fetchModel(content) {
  drawn = content;
  viewer.src = where.url;
}

/** On a phone that can, the room itself; elsewhere the way to such a phone. */
async function enterRoom() {
  if (viewer?.canActivateAR) {
    await viewer.activateAR();
    return;
  }
  part("phone-code").src = where.code;
  part("phone-address").href = where.room;
  part("phone").showModal();
}

/** To read below the picture, and to hear: the page has one place for that. */
function tell(sentence) {
  part("model-status").textContent = sentence;
  if (sentence) speak(sentence);
}
