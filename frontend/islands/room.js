// The page of one design: its picture until the model can be turned, and from there into the room.
import { NotShown, openViewer } from "./viewer.js";

const place = document.querySelector("[data-room]");
const part = (name) => document.querySelector(`[data-part="${name}"]`);
const about = JSON.parse(document.getElementById("room-data").textContent);

function tell(sentence) {
  part("status").textContent = sentence;
}

async function start() {
  tell(about.texts.loading);
  const design = { src: about.model, alt: about.picture.alt, poster: about.picture.url };
  try {
    const viewer = await openViewer(place, { ...about, sides: about.texts.sides }, design);
    place.dataset.model = "shown";
    offer(viewer);
    tell(about.texts.shown);
  } catch (error) {
    if (!(error instanceof NotShown)) throw error;
    tell(about.texts.failed);
  }
}

function offer(viewer) {
  const button = part("room");
  button.hidden = !viewer.canActivateAR;
  part("no-room").hidden = viewer.canActivateAR;
  button.addEventListener("click", () => viewer.activateAR());
  viewer.addEventListener("ar-status", ({ detail }) => {
    if (detail.status === "failed") tell(about.texts.room_failed);
  });
}

await start();
