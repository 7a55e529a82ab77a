// The picture turns to the part that is being chosen, calmly, and back: to another side of the piece where the part is
// not seen from this one. It flies not at all where motion is not wanted.
import { light } from "./glow.js";
import { CALM, data, form, part } from "./page.js";
import { view as shownView } from "./picture.js";
import { turnTo as turnView } from "./views.js";

const INTENT = 320;
const LINGER = 700;
const GENTLE = 0.45;
const SMALL = matchMedia("(max-width: 51.99rem)");
// As in studio.css: where a square picture stands that covers the stage.
export const place = () => ({ x: 0.5, y: SMALL.matches ? 0.6 : 0.48 });

const stage = part("stage");
const view = part("view");
let timer = 0;
let shown = null;

export function start() {
  for (const box of form.querySelectorAll("[data-focus]")) {
    box.addEventListener("focusin", () => soon(box.dataset.focus, 0));
    box.addEventListener("focusout", () => soon(null, LINGER));
    box.addEventListener("pointerenter", (event) => {
      if (event.pointerType === "mouse") soon(box.dataset.focus, INTENT);
    });
    box.addEventListener("pointerleave", (event) => {
      if (event.pointerType === "mouse") soon(focused(), LINGER);
    });
  }
  for (const query of [CALM, SMALL]) query.addEventListener("change", fly);
  addEventListener("resize", fly);
  form.addEventListener("dure:turned", fly);
}

/** Turn to a part at once. */
export function turnTo(name) {
  soon(name, 0);
}

function focused() {
  return document.activeElement?.closest?.("[data-focus]")?.dataset.focus ?? null;
}

function soon(name, pause) {
  clearTimeout(timer);
  timer = setTimeout(() => turn(name), pause);
}

async function turn(name) {
  const isNew = name !== shown;
  shown = name;
  fly();
  if (!name || !isNew) return;
  const focus = data.focus[name];
  if (focus.view || !shows(shownView(), focus)) await turnView(own(focus));
  if (shown === name) light({ parts: focus.parts, role: focus.panel ? name : "" });
}

/** The view that a focus is about: the one it names, else the first that shows it. */
function own(focus) {
  return focus.view ?? (data.views.find((each) => shows(each, focus)) ?? data.views[0]).id;
}

function shows({ layout }, { parts, panel }) {
  if (panel) return (layout.panels ?? []).some(({ name }) => name === panel);
  return parts.length === 0 || parts.some((name) => layout.parts.includes(name));
}

function fly() {
  const focus = shown && !CALM.matches ? data.focus[shown] : null;
  const isHere = focus && own(focus) === shownView().id;
  view.style.setProperty("transform", isHere ? transform(focus) : "none");
  stage.dataset.turned = isHere ? shown : "";
}

/** The transform that brings a point of the picture to the middle of the stage, and leaves no edge bare. */
function transform({ x, y, zoom }) {
  const { clientWidth: width, clientHeight: height } = stage;
  const side = Math.max(width, height);
  const scale = 1 + (zoom - 1) * (SMALL.matches ? GENTLE : 1);
  const along = (length, share, point) => {
    const start = (length - side) * share;
    const wanted = length / 2 - (start + point * side) * scale;
    // What the stage cuts off at rest stays cut off: the edges are the stage's own.
    return Math.min(0, Math.max(length - length * scale, wanted));
  };
  const left = along(width, place().x, x);
  const top = along(height, place().y, y);
  return `translate(${left.toFixed(1)}px, ${top.toFixed(1)}px) scale(${scale.toFixed(3)})`;
}
