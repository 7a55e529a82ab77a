// Designs to start from: one tap, and what is personal stays.
import { choices, key } from "./configuration.js";
import { data, form } from "./page.js";

/** `take` gets a preset's name and its choices. */
export function start(take) {
  form.addEventListener("click", (event) => {
    const link = event.target.closest("[data-preset]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    take(link.querySelector(".name").textContent, data.presets[link.dataset.preset]);
  });
}

/** Prices with another shipping than was asked for: none is better than a wrong one. */
export function withdrawPrices() {
  for (const price of form.querySelectorAll("[data-preset] .price")) price.textContent = "";
}

/** Mark the preset that the design is at this moment, if it is one. */
export function show() {
  for (const link of form.querySelectorAll("[data-preset]")) {
    if (key(data.presets[link.dataset.preset]) === key(choices())) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}
