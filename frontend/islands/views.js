// The piece from its other sides: a row of buttons, which without this module are a form's.
import { data, form, speak, text } from "./page.js";
import { prepare, turn, view } from "./picture.js";

const buttons = [...form.querySelectorAll("button[name=view]")];

/** Turn to a view and say so. */
export async function turnTo(id) {
  if (id !== view().id && (await turn(id))) speak(text("turned", { view: view().name }));
}

export function start() {
  for (const button of buttons) {
    button.type = "button";
    button.addEventListener("click", () => turnTo(button.value));
    for (const intent of ["pointerenter", "focus"]) button.addEventListener(intent, () => prepare(button.value));
  }
  form.addEventListener("dure:turned", show);
  // Whoever has a quick line does not wait for the other sides.
  form.addEventListener("dure:live", () => {
    if ((navigator.connection?.effectiveType ?? "4g") === "4g") soon([...data.views]);
  });
}

function show() {
  for (const button of buttons) button.setAttribute("aria-pressed", String(button.value === view().id));
}

function soon([next, ...rest]) {
  if (!next) return;
  const idle = window.requestIdleCallback ?? ((work) => setTimeout(work, 1000));
  idle(async () => {
    await prepare(next.id);
    soon(rest);
  });
}
