// The bar: price, date and the next step. What is not confirmed by the server yet looks so, and nothing is held at it.
import { element, field, part, text } from "./page.js";

/** From now on the price shown is an old one, or one that was only worked out here. */
export function setBusy(busy) {
  part("bar").setAttribute("aria-busy", String(busy));
  part("hold").setAttribute("aria-disabled", String(busy || !field("quote").value));
}

/** Show at once what a design will cost, as far as it is known; its date is not. */
export function expectPrice(total) {
  if (total) part("total").textContent = total;
  part("safe").textContent = text("checking");
  part("likely").textContent = "";
}

export function showPrice({ price, promise }) {
  part("total").textContent = price.total_text;
  part("tax").textContent = price.tax_text;
  part("goes").textContent = price.shipping?.text ?? "";
  part("why-total").textContent = price.total_text;
  part("why-tax").textContent = price.tax_text;
  part("step").textContent = price.step_text;
  part("next").textContent = price.next_text;
  part("safe").textContent = promise.safe_text;
  part("likely").textContent = promise.likely_text;
  const rows = price.lines.map((line) => element("div", element("dt", line.name), element("dd", line.amount_text)));
  part("lines").replaceChildren(...rows);
}

/** The last answer cannot be had any more: no price is better than a wrong one. */
export function withdrawPrice() {
  field("quote").value = "";
  part("safe").textContent = "";
  part("likely").textContent = "";
}
