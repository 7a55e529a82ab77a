// The picture: recoloured here at once where WebGL2 can, else the server's own. Both stand in the same place.
import { between, painting } from "./colours.js";
import { fade, forget, keep, keepSoon } from "./leaving.js";
import { CALM, data, form, part } from "./page.js";
import { relight } from "./relight/relight.js";

const TURN = 260;
const SIGNS = ["pointermove", "pointerdown", "touchstart", "keydown", "wheel", "scroll"];
const canvas = part("canvas");
const still = part("still");
const views = new Map(data.views.map((each) => [each.id, each]));
let live = null;
let shown = views.get(data.view);
let pictures = data.pictures;
let painted = null;
let frame = 0;
let turning = 0;
let lost = () => {};

/** Whoever saves data gets the server's picture: fifteen kilobytes instead of three hundred. */
function savesData() {
  return Boolean(navigator.connection?.saveData) || matchMedia("(prefers-reduced-data: reduce)").matches;
}

/** Make the live picture. `ask` is called when it goes away: the server's is shown again, of the design of then. */
export async function start(ask) {
  lost = ask;
  if (savesData()) return;
  canvas.addEventListener("webglcontextlost", (event) => {
    // Without this it would never come back.
    event.preventDefault();
    leave();
  });
  canvas.addEventListener("webglcontextrestored", begin);
  // The page comes first: the server's picture is there, and it is the same.
  await Promise.all([isLoaded(), hasSomebody()]);
  await begin();
}

function isLoaded() {
  return new Promise((done) => {
    if (document.readyState === "complete") done();
    else addEventListener("load", done, { once: true });
  });
}

/** Resolves at the first sign of a person: nobody else needs another picture than the server's. */
function hasSomebody() {
  return new Promise((done) => {
    for (const sign of SIGNS) addEventListener(sign, done, { once: true, passive: true, capture: true });
  });
}

/** Paint the design of this moment: its colours turn into the new ones, the first of them in the next frame. */
export async function paint() {
  if (!live) return;
  const wanted = painting();
  cancelAnimationFrame(frame);
  if (!(await isReady(shown)) || wanted.key !== painting().key) return;
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
  cancelAnimationFrame(frame);
  frame = requestAnimationFrame(step);
}

/** Describe the picture, and show the server's where there is no other. */
export function describe(answered) {
  pictures = answered.views;
  canvas.setAttribute("aria-label", answered.alt);
  still.alt = answered.alt;
  if (canvas.hidden) put(pictures[shown.id].url);
  form.dispatchEvent(new CustomEvent("dure:pictured"));
}

/** The view that is shown: its id, name and layout. */
export function view() {
  return shown;
}

/** The address of the server's large picture of what is shown. */
export function large() {
  return pictures[shown.id].large;
}

/** Show the piece from another side; resolves when it is there, to whether it came to that. */
export async function turn(id) {
  const mine = ++turning;
  const wanted = views.get(id);
  if (wanted === shown) return false;
  const isLive = live !== null && (await isReady(wanted));
  if (!isLive) await decoded(pictures[id].url);
  if (mine !== turning) return false;
  keep(canvas.hidden ? still : canvas);
  shown = wanted;
  if (isLive) await showLive();
  else showStill();
  fade();
  form.dispatchEvent(new CustomEvent("dure:turned", { detail: { view: wanted } }));
  return true;
}

/** Have a view ready, if it can be, before anybody asks for it. */
export async function prepare(id) {
  if (live) await isReady(views.get(id));
}

/** Light up what is named, by 0 to 1; a picture of the server's stays as it is. */
export function glow(what, amount) {
  live?.glow(what, amount);
}

async function begin() {
  const made = relight(canvas, data.panels, () => keepSoon(canvas));
  if (!made) return;
  live = made;
  if (!(await isReady(shown))) {
    live = null;
    return;
  }
  painted = null;
  show(painting());
  // Personal content that is being drawn into the picture is waited for: it never appears a moment later.
  const waits = [];
  tell(made, (promise) => waits.push(promise));
  await Promise.allSettled(waits);
  if (live !== made) return;
  await showLive();
  forget();
  canvas.dataset.ready = "true";
  form.dispatchEvent(new CustomEvent("dure:live"));
}

/** Whether a view can be shown live in the finishes of this moment; the server's picture takes its place if not. */
async function isReady(wanted) {
  if (!live) return false;
  try {
    await live.ready(wanted, painting().parts);
    if (wanted === shown && canvas.hidden && canvas.dataset.ready) await showLive();
    return true;
  } catch (error) {
    console.info("The server's picture is shown:", error.message);
    if (wanted === shown && !canvas.hidden) {
      keep(canvas);
      showStill();
    }
    return false;
  }
}

async function showLive() {
  await live?.show(shown);
  if (!live) return;
  canvas.hidden = false;
  still.hidden = true;
}

/** The last live picture covers the server's until that has come: nobody sees a gap. */
async function showStill() {
  canvas.hidden = true;
  still.hidden = false;
  const { url } = pictures[shown.id];
  await decoded(url);
  put(url);
  forget();
}

function leave() {
  live = null;
  delete canvas.dataset.ready;
  tell(null);
  keep(null);
  showStill();
  lost();
}

function put(url) {
  if (still.getAttribute("src") === url) return;
  // The page's other formats are of the picture with which it came.
  for (const source of still.parentElement.querySelectorAll("source")) source.remove();
  still.src = url;
}

/** Wait until a picture has come; one that does not come is no reason to wait. */
async function decoded(url) {
  if (still.getAttribute("src") === url && still.complete) return;
  const picture = new Image();
  picture.src = url;
  await picture.decode().catch((error) => console.info("A picture did not come:", error.message));
}

function tell(made, wait = () => {}) {
  form.dispatchEvent(new CustomEvent("dure:picture", { detail: { picture: made, wait } }));
}

function show(wanted) {
  painted = wanted;
  live?.paint(wanted);
}
