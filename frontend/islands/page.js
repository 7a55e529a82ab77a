// The studio's form and what the page gave its scripts: what every module of the studio begins with.

export const form = document.querySelector("[data-studio]");
export const data = JSON.parse(document.getElementById("studio-data").textContent);
export const CALM = matchMedia("(prefers-reduced-motion: reduce)");

const SPEAK_PAUSE = 350;
let speaking = 0;

export const part = (name, within = form) => within.querySelector(`[data-part="${name}"]`);
export const field = (name) => form.elements.namedItem(name);
export const fieldset = (group) => form.querySelector(`fieldset[data-group="${group}"]`);
export const radio = (group, option) => form.querySelector(`input[name="${group}"][value="${option}"]`);

/** A sentence of the page's language with its names filled in: "%(group)s". */
export function text(name, values = {}) {
  return data.texts[name].replace(/%\((\w+)\)s/g, (_, key) => values[key]);
}

/** Say a sentence to screen readers, unless another follows at once. */
export function speak(sentence) {
  clearTimeout(speaking);
  speaking = setTimeout(() => {
    part("status").textContent = sentence;
  }, SPEAK_PAUSE);
}

export function element(tag, ...content) {
  const made = document.createElement(tag);
  made.append(...content);
  return made;
}

export function showText(place, sentence) {
  place.textContent = sentence;
  place.hidden = !sentence;
}

/** What goes wrong on the whole page; an empty sentence takes it away, with the ways out that the server offered. */
export function showPageProblem(sentence) {
  part("page-problem").hidden = !sentence;
  part("page-problem-text").textContent = sentence;
  part("ways")?.remove();
}
