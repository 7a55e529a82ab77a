// A copy of the last picture, laid over the next one: it fades away when the piece turns, and covers the gap when the
// graphics card takes the live picture back.
import { CALM, part } from "./page.js";

const PAUSE = 250;
const copy = part("leaving");
const context = copy.getContext("2d", { willReadFrequently: true });
let waiting = 0;
let isFading = false;

/** Lay a copy of a picture over everything; without one, the copy that was kept last. */
export function keep(picture) {
  clearTimeout(waiting);
  isFading = false;
  copy.classList.remove("fading");
  if (picture) draw(picture);
  copy.hidden = false;
}

/** Keep a copy of a picture when it has come to rest, for a moment at which it cannot be copied any more. */
export function keepSoon(picture) {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    if (copy.hidden && !picture.hidden) draw(picture);
  }, PAUSE);
}

/** Let the copy fade away, or go at once where motion is not wanted. */
export function fade() {
  if (CALM.matches) {
    forget();
    return;
  }
  isFading = true;
  copy.classList.add("fading");
}

/** Take the copy away, unless it is fading. */
export function forget() {
  if (!isFading) copy.hidden = true;
}

function draw(picture) {
  // A still says its width by the density for which it was chosen; both pictures are as large as the canvas.
  const side = part("canvas").width;
  if (picture instanceof HTMLImageElement && !picture.complete) return;
  copy.width = copy.height = side;
  context.drawImage(picture, 0, 0, side, side);
}

copy.addEventListener("animationend", () => {
  isFading = false;
  copy.hidden = true;
  copy.classList.remove("fading");
});
