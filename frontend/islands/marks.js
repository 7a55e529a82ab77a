// The marks of a piece in the drawing of its way: each travels from where it was to where it is, along the lines.
const MILLISECONDS = 900;
const SAMPLES = 12;
const STILL = matchMedia("(prefers-reduced-motion: reduce)");

function placeOf(mark) {
  const { e: x, f: y } = mark.transform.baseVal.consolidate().matrix;
  return { stop: mark.dataset.mark, x, y };
}

/** Where the marks of a drawing are. */
export function places(way) {
  return [...way.querySelectorAll("[data-mark]")].map(placeOf);
}

function lineBetween(way, from, to) {
  return [...way.querySelectorAll(".line")].find((line) => line.dataset.from === from && line.dataset.to === to);
}

function along(line) {
  const length = line.getTotalLength();
  return Array.from({ length: SAMPLES + 1 }, (_, number) => line.getPointAtLength((length * number) / SAMPLES));
}

/**
 * The places that a mark passes from one of those before, which is at its stop, on a line to it, or there no more; none
 * for one that stands still.
 */
function route(way, mark, before, left) {
  const same = before.find(({ stop }) => stop === mark.stop);
  if (same) return same.x === mark.x && same.y === mark.y ? [] : [same, mark];
  for (const origin of before) {
    const line = lineBetween(way, origin.stop, mark.stop);
    if (line) return [origin, ...along(line), mark];
  }
  return left.length ? [left[0], mark] : [];
}

/** Let the marks of a drawing come from where they were before; who wants no motion sees them where they are. */
export function travel(way, before) {
  if (STILL.matches) return;
  const now = places(way);
  const left = before.filter(({ stop }) => !now.some((mark) => mark.stop === stop));
  for (const element of way.querySelectorAll("[data-mark]")) {
    const passed = route(way, placeOf(element), before, left);
    const frames = passed.map(({ x, y }) => ({ transform: `translate(${x}px, ${y}px)` }));
    if (frames.length) element.animate(frames, { duration: MILLISECONDS, easing: "ease-in-out" });
  }
}
