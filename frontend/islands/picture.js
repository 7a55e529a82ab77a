// The picture: recoloured here at once where WebGL2 can, else the server's own.
import { choices } from "./configuration.js";
import { CALM, data, form, part } from "./page.js";
import { relight } from "./relight.js";

const TURN = 260;
const canvas = part("canvas");
const still = part("still");
let picture = null;
let painted = null;
let frame = 0;

/** Make the live picture. `lost` is called when the graphics card takes it away: the server's is shown again. */
export async function start(lost) {
  try {
    picture = await relight(canvas, data.plates);
  } catch (error) {
    console.info("The server's picture is shown:", error.message);
  }
  if (!picture) return;
  paint();
  // Personal content that is being drawn into the picture is waited for: it never appears a moment later.
  const waits = [];
  tell(picture, (promise) => waits.push(promise));
  await Promise.allSettled(waits);
  canvas.addEventListener("webglcontextlost", () => {
    picture = null;
    tell(null);
    canvas.hidden = true;
    still.hidden = false;
    lost();
  });
  canvas.hidden = false;
  still.hidden = true;
  canvas.dataset.ready = "true";
}

/** Paint the design of this moment: its colours turn into the new ones, the first of them in the next frame. */
export function paint() {
  if (!picture) return;
  const wanted = colours();
  cancelAnimationFrame(frame);
  if (!painted || CALM.matches) {
    show(wanted);
    return;
  }
  const before = painted;
  const begun = performance.now();
  const step = (time) => {
    const share = Math.min(1, Math.max(0.2, (time - begun) / TURN));
    show(share < 1 ? between(before, wanted, share) : wanted);
    if (share < 1) frame = requestAnimationFrame(step);
  };
  frame = requestAnimationFrame(step);
}

/** Describe the picture, and show the server's where there is no other. */
export function describe({ url, alt }) {
  canvas.setAttribute("aria-label", alt);
  still.alt = alt;
  if (!picture) still.src = url;
}

function tell(made, wait = () => {}) {
  form.dispatchEvent(new CustomEvent("dure:picture", { detail: { picture: made, wait } }));
}

function colours() {
  const found = { ...data.base_colours };
  for (const [group, option] of Object.entries(choices())) Object.assign(found, data.colours[group][option]);
  return found;
}

function show(wanted) {
  painted = wanted;
  picture?.paint(wanted, wanted[data.engraving_part]);
}

function between(before, after, share) {
  return Object.fromEntries(Object.keys(after).map((name) => [name, mixed(before[name] ?? after[name], after[name], share)]));
}

function mixed(before, after, share) {
  const [one, other] = [before, after].map((colour) => Number.parseInt(colour.slice(1), 16));
  let made = 0;
  for (const shift of [16, 8, 0]) {
    const from = (one >> shift) & 255;
    made |= Math.round(from + (((other >> shift) & 255) - from) * share) << shift;
  }
  return `#${made.toString(16).padStart(6, "0")}`;
}
