// Undo and redo: fifty steps, kept for this tab so that a reload does not lose them.

export const MOST_STEPS = 50;

/**
 * Steps of a state that is plain data. Each step has the name of what led to it. `place` names them in the tab's
 * storage.
 */
export class Steps {
  #place;
  #steps;
  #at;

  /** Goes on from the steps kept before a reload; a page that shows another state than theirs is a step, `opened`. */
  constructor(place, state, opened) {
    this.#place = place;
    const kept = read(place);
    this.#steps = kept?.steps ?? [{ state, name: "" }];
    this.#at = kept?.at ?? 0;
    if (!same(this.now, state)) this.push(state, opened);
  }

  get now() {
    return this.#steps[this.#at].state;
  }

  get canUndo() {
    return this.#at > 0;
  }

  get canRedo() {
    return this.#at < this.#steps.length - 1;
  }

  /** Another state; the same once more is no step. A `series` of changes, as of typing, is one step. */
  push(state, name, series = "") {
    if (same(this.now, state)) {
      this.#steps[this.#at].state = state;
      this.#keep();
      return;
    }
    const goesOn = series && this.#steps[this.#at].series === series && !this.canRedo;
    this.#steps.splice(goesOn ? this.#at : this.#at + 1, Infinity, { state, name, series });
    this.#steps.splice(0, this.#steps.length - MOST_STEPS - 1);
    this.#at = this.#steps.length - 1;
    this.#keep();
  }

  /** One step back: the name of what is undone. */
  undo() {
    this.#at -= 1;
    this.#keep();
    return this.#steps[this.#at + 1].name;
  }

  /** One step forward: the name of what is done again. */
  redo() {
    this.#at += 1;
    this.#keep();
    return this.#steps[this.#at].name;
  }

  /** Forget the newest step, which turned out not to be possible. */
  drop() {
    if (!this.canUndo) return;
    this.#steps.splice(this.#at, Infinity);
    this.#at -= 1;
    this.#keep();
  }

  #keep() {
    try {
      sessionStorage.setItem(this.#place, JSON.stringify({ steps: this.#steps, at: this.#at }));
    } catch (error) {
      // A full or forbidden storage only costs the steps of before a reload.
      console.info("Steps are not kept:", error.message);
    }
  }
}

function same(one, other) {
  return JSON.stringify([one.choices, one.content]) === JSON.stringify([other.choices, other.content]);
}

function read(place) {
  try {
    return JSON.parse(sessionStorage.getItem(place));
  } catch (error) {
    console.info("No steps were kept:", error.message);
    return null;
  }
}

/** Which way a key goes: "undo", "redo" or neither. A text field's own undo is left alone. */
export function direction(event) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || isTyping(event.target)) return "";
  const key = event.key.toLowerCase();
  if (key === "z") return event.shiftKey ? "redo" : "undo";
  return key === "y" && !event.shiftKey ? "redo" : "";
}

function isTyping(target) {
  return target.matches("textarea, select, [contenteditable], input:not([type=radio], [type=range], [type=checkbox])");
}
