// What the server said of every option beside a design: its price then, from what price on, blocked and why.
import { choices, key } from "./configuration.js";
import { data, element, fieldset, form, part, radio } from "./page.js";

const totals = new Map();
let groups = new Map();
let beside = "";

/** Remember and show what the server said beside a design. */
export function showStates(answered, picked, total = "") {
  groups = new Map(answered.map((group) => [group.id, new Map(group.options.map((option) => [option.id, option]))]));
  beside = key(picked, "");
  if (total) totals.set(key(picked), total);
  for (const group of answered) showGroup(group);
}

/** What picking an option leads to, if that is known beside the choices of this moment. */
export function outcome(group, option) {
  return beside === key(choices(), "") ? groups.get(group)?.get(option) : undefined;
}

/** The price of a design in words, where the server has said it before; else nothing. */
export function knownTotal(picked) {
  return totals.get(key(picked)) ?? "";
}

/** Every option with what is known of it, chosen ones too. */
export function* states() {
  for (const [group, options] of groups) for (const [id, state] of options) yield [radio(group, id), state];
}

function showGroup({ id, options }) {
  const names = new Map();
  for (const option of options) {
    const input = radio(id, option.id);
    const card = input.nextElementSibling;
    totals.set(key(option.choices), option.total_text);
    part("difference", card).textContent = option.difference_text;
    part("from", card).textContent = option.from_text;
    const days = part("days", card);
    days.textContent = option.days_text;
    days.parentElement.hidden = !option.days_text;
    block(input, option.state === "blocked");
    if (option.state === "blocked") {
      names.set(option.reason, [...(names.get(option.reason) ?? []), data.options[id][option.id].name]);
    }
  }
  const lines = [...names].map(([reason, who]) => element("li", element("strong", who.join(", ")), ` — ${reason}`));
  form.querySelector(`[data-reasons="${id}"]`).replaceChildren(...lines);
  fieldset(id).classList.toggle("has-reasons", lines.length > 0);
}

function block(input, isBlocked) {
  if (isBlocked) {
    input.setAttribute("aria-disabled", "true");
    input.setAttribute("aria-describedby", `reasons-${input.name}`);
  } else {
    input.removeAttribute("aria-disabled");
    input.removeAttribute("aria-describedby");
  }
}
