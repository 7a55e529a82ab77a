// "At most ₩60,000": a slider that marks what does not fit, before anything is picked.
import { states } from "./choices.js";
import { data, field, part, showText, text } from "./page.js";

const { least, most, step, minor_units: units } = data.budget;
const range = document.getElementById("budget-range");
const LARGEST = 1e12;
const money = new Intl.NumberFormat(data.language, { style: "currency", currency: data.currency });

let limit = data.budget.value;

/** `changed` is called when another limit was settled on. */
export function start(changed) {
  const isEarly = readEarly();
  Object.assign(range, { min: least, max: most, step, value: limit ?? most });
  write();
  part("budget-field").hidden = true;
  part("budget-slider").hidden = false;
  // At its right end the slider means that there is no limit; a limit from the address may lie beyond either end.
  range.addEventListener("input", () => set(range.valueAsNumber < most ? range.valueAsNumber : null));
  range.addEventListener("change", changed);
  part("no-limit").addEventListener("click", () => {
    range.value = most;
    set(null);
    changed();
    range.focus();
  });
  show();
  if (isEarly) changed();
}

/** The most that may be paid, in minor units; null without a limit. */
export function budget() {
  return limit;
}

/** Mark every option that costs too much now, or in any design. */
export function mark() {
  let above = 0;
  for (const [input, state] of states()) {
    if (state.state === "chosen" && limit !== null) above = Math.round(Number(state.total) * units) - limit;
    const isOver = (amount) => limit !== null && Math.round(Number(amount) * units) > limit;
    let over = "";
    if (isOver(state.from_total)) over = "over_always";
    else if (state.state !== "chosen" && isOver(state.total)) over = "over_now";
    const card = input.nextElementSibling;
    card.dataset.over = over;
    showText(part("over", card), over && text(over));
  }
  showText(part("budget-above"), above > 0 ? text("above", { amount: money.format(above / units) }) : "");
}

/** Take a limit that was written before this script came, as the server reads one; answers whether there was any. */
function readEarly() {
  const { value, defaultValue } = field("budget");
  const written = value.trim();
  if (written === defaultValue.trim()) return false;
  const amount = Number(written.replace(/^[₩$€]+/, "").replaceAll(",", ""));
  if (written && !(amount >= 0 && amount < LARGEST)) {
    showText(part("budget-problem"), text("unreadable_limit"));
    return false;
  }
  limit = written ? Math.round(amount * units) : null;
  showText(part("budget-problem"), "");
  return true;
}

function set(amount) {
  limit = amount;
  write();
  showText(part("budget-problem"), "");
  show();
  mark();
}

/** As it stands in the address, and in the form without this script. */
function write() {
  field("budget").value = limit === null ? "" : String(limit / units);
}

function show() {
  const amount = limit === null ? text("no_limit") : money.format(limit / units);
  part("budget-shown").textContent = limit === null ? amount : text("at_most", { amount });
  part("budget-amount").textContent = amount;
  range.setAttribute("aria-valuetext", amount);
  part("no-limit").hidden = limit === null;
}
