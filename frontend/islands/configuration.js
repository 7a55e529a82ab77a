// The design in the form: which options are chosen, which groups exist beside them, and what is personal.
import { CALM, data, field, fieldset, form, part, radio } from "./page.js";

const CONTENT = ["engraving", "font", "artwork"];
const LEAVING = 220;

let shown = read();

/** Choices by group, as they were last shown; a radio that has just been clicked is not among them yet. */
export function choices() {
  return shown;
}

/** Personal content as it stands in the form's fields, all texts. */
export function content() {
  return Object.fromEntries(CONTENT.map((name) => [name, field(name)?.value ?? ""]));
}

/** The design as the server is asked about it. */
export function configuration() {
  const { engraving, font, artwork } = content();
  return { version: data.version, choices: shown, engraving, font, artwork: artwork ? JSON.parse(artwork) : null };
}

export function key(picked, personal = content()) {
  return JSON.stringify([data.groups.map((group) => picked[group] ?? ""), personal]);
}

/** Show other choices. Answers with the names of the groups that came and that went. */
export function showChoices(picked) {
  const came = [];
  const went = [];
  for (const group of data.groups) {
    const isThere = group in picked;
    if (isThere !== group in shown) (isThere ? came : went).push(data.names[group]);
    showGroup(group, isThere);
    if (isThere) showChoice(group, picked[group]);
  }
  shown = { ...picked };
  return { came, went };
}

/** What a pick leads to as far as it can be known without the server: groups come with their usual choice, and go. */
export function settled(picked) {
  const kept = {};
  for (const group of data.groups) {
    const conditions = Object.entries(data.when[group] ?? {});
    if (conditions.every(([other, options]) => options.includes(kept[other]))) {
      kept[group] = picked[group] ?? data.usual[group] ?? Object.keys(data.options[group])[0];
    }
  }
  return kept;
}

/** Every group in which two designs differ, in words: "Lid: Bamboo → Walnut". */
export function differences(before, after) {
  const name = (group, picked) => data.options[group][picked[group]]?.name ?? "–";
  return data.groups
    .filter((group) => before[group] !== after[group])
    .map((group) => `${data.names[group]}: ${name(group, before)} → ${name(group, after)}`);
}

/** Put personal content back; the fields tell their own modules, which then ask for a price. */
export function showContent(personal) {
  for (const name of CONTENT) {
    const input = field(name);
    if (!input || input.value === personal[name]) continue;
    input.value = personal[name];
    const at = input instanceof RadioNodeList ? form.querySelector(`[name="${name}"]:checked`) : input;
    at?.dispatchEvent(new Event("input", { bubbles: true }));
  }
  form.dispatchEvent(new CustomEvent("dure:restored", { detail: personal }));
}

/** Tell of every field that was changed before anybody listened, as if that happened now. */
export function replayEarly() {
  for (const each of [...form.elements].filter(isChanged)) {
    const kind = each.matches("select, [type=radio]") ? "change" : "input";
    each.dispatchEvent(new Event(kind, { bubbles: true }));
  }
}

function isChanged(input) {
  if (input.matches("select")) return [...input.options].some((each) => each.selected !== each.defaultSelected);
  if (input.matches("[type=radio]")) return input.checked && !input.defaultChecked;
  return input.matches("[type=text], [type=number], textarea") && input.value !== input.defaultValue;
}

/** As the server chose: whoever is quick may have chosen something else by now. */
function read() {
  const there = data.groups.filter((group) => !fieldset(group).disabled);
  const chosen = (group) => [...fieldset(group).querySelectorAll("input")].find((each) => each.defaultChecked).value;
  return Object.fromEntries(there.map((group) => [group, chosen(group)]));
}

function showGroup(group, isThere) {
  const box = fieldset(group);
  if (box.disabled === !isThere) return;
  box.disabled = !isThere;
  box.classList.toggle("coming", isThere);
  box.classList.toggle("going", !isThere);
  const hide = () => {
    box.hidden = box.disabled;
    const absent = form.querySelector(`[data-absent="${group}"]`);
    if (absent) absent.hidden = !box.disabled;
  };
  if (isThere || CALM.matches) hide();
  else setTimeout(hide, LEAVING);
  form.querySelector(`[data-nav="${group}"]`).hidden = !isThere;
}

function showChoice(group, option) {
  const box = fieldset(group);
  const { name, story, touch } = data.options[group][option];
  radio(group, option).checked = true;
  part("chosen", box).textContent = name;
  part("story", box).textContent = story;
  part("touch", box).textContent = touch;
  part("touch", box).parentElement.hidden = !touch;
}
