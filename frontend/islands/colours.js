// What a design paints: colours and finishes by part, the colours of what is written on it; and what lies between two.
import { choices } from "./configuration.js";
import { data } from "./page.js";

/** The design of this moment. `parts` are finishes by part; `finishes` are weights of "part/finish". */
export function painting() {
  const colours = { ...data.base_colours };
  const parts = {};
  for (const [group, option] of Object.entries(choices())) {
    Object.assign(colours, data.colours[group][option]);
    Object.assign(parts, data.finishes[group][option]);
  }
  const inks = mapped(data.ink_parts, (part) => colours[part]);
  const finishes = Object.fromEntries(Object.entries(parts).map(([part, finish]) => [`${part}/${finish}`, 1]));
  return { colours, parts, finishes, inks, key: JSON.stringify([colours, parts]) };
}

/** A share of the way from one design to another. */
export function between(before, after, share) {
  const names = Object.keys({ ...before.finishes, ...after.finishes });
  const weight = (name) => (before.finishes[name] ?? 0) * (1 - share) + (after.finishes[name] ?? 0) * share;
  const mix = (kind) => mapped(after[kind], (colour, name) => mixed(before[kind][name] ?? colour, colour, share));
  const finishes = Object.fromEntries(names.map((name) => [name, weight(name)]));
  return { ...after, colours: mix("colours"), inks: mix("inks"), finishes };
}

function mapped(named, change) {
  return Object.fromEntries(Object.entries(named).map(([name, value]) => [name, change(value, name)]));
}

function mixed(before, after, share) {
  const [one, other] = [before, after].map((colour) => Number.parseInt(colour.slice(1), 16));
  let made = 0;
  for (const shift of [16, 8, 0]) {
    const from = (one >> shift) & 255;
    made |= Math.round(from + (((other >> shift) & 255) - from) * share) << shift;
  }
  return `#${made.toString(16).padStart(6, "0")}`;
}
