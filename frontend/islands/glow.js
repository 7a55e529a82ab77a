// The part that is being chosen is lit for a moment. Not where motion is not wanted: its name stands beside the choice.
import { CALM } from "./page.js";
import { glow } from "./picture.js";

const RISE = 130;
const LAST = 620;
let frame = 0;

/** Light up parts, or the panel of a kind of content, and let the light fade. */
export function light(what) {
  cancelAnimationFrame(frame);
  if (CALM.matches) {
    glow(what, 0);
    return;
  }
  const begun = performance.now();
  const step = (time) => {
    const passed = Math.max(0, time - begun);
    const left = Math.max(0, 1 - (passed - RISE) / (LAST - RISE));
    glow(what, passed < RISE ? passed / RISE : left * left);
    if (passed < LAST) frame = requestAnimationFrame(step);
  };
  frame = requestAnimationFrame(step);
}
