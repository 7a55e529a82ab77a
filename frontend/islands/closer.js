// A closer look at the studio's picture, wherever it has turned.
import { place } from "./camera.js";
import { form, part } from "./page.js";
import { Loupe } from "./loupe.js";
import { large } from "./picture.js";

/** Where the whole square picture stands, though the stage shows a part of it. */
function square() {
  const { left, top, width, height } = part("view").getBoundingClientRect();
  const side = Math.max(width, height);
  const stage = part("stage");
  const base = Math.max(stage.clientWidth, stage.clientHeight);
  return { left: left + (width - side) * place().x, top: top + (height - side) * place().y, side, base };
}

export function start() {
  const loupe = new Loupe({ box: part("stage"), below: part("view"), button: part("zoom"), square, address: large });
  for (const name of ["dure:pictured", "dure:turned"]) form.addEventListener(name, () => loupe.refresh());
}
