// The studio's island: every choice shows at once, in picture, words and price; then the server is asked and its
// answer wins. Without this island the form works by its buttons.
import * as artwork from "./artwork.js";
import * as budget from "./budget.js";
import * as camera from "./camera.js";
import { knownTotal, outcome, showStates } from "./choices.js";
import * as closer from "./closer.js";
import { choices, content, differences, replayEarly, settled, showChoices, showContent } from "./configuration.js";
import * as engraving from "./engraving.js";
import { direction, Steps } from "./history.js";
import { data, field, form, part, radio, showPageProblem, showText, speak, text } from "./page.js";
import * as model from "./model.js";
import * as parts from "./parts.js";
import * as picture from "./picture.js";
import * as presets from "./presets.js";
import { expectPrice, setBusy, showPrice, withdrawPrice } from "./price.js";
import { askSoon, showRefusal } from "./quote.js";
import * as repair from "./repair.js";
import * as sound from "./sound.js";
import * as standing from "./standing.js";
import * as suggest from "./suggest.js";
import * as views from "./views.js";

const CHOICE_PAUSE = 60;
const REPRICE_SPREAD = 300;
// The answer to a refused hold is this page too, at the hold's address: a design is shared by the studio's.
const studio = new URL("../studio/", form.action).pathname;
const place = `dure.studio.${data.edition}.${data.version}`;
const steps = new Steps(place, { choices: choices(), content: content(), touched: [] }, text("opened"));

let sentences = [];
let isWalking = false;

/** Show another design at once and ask what it costs. `said` is what is to be heard of it. */
function take(picked, { said, touched = steps.now.touched, changed = "", name = said, isStep = true }) {
  const { came, went } = showChoices(picked);
  const moved = [...came.map((group) => text("appears", { group })), ...went.map((group) => text("vanishes", { group }))];
  sentences = [said, ...moved].filter(Boolean);
  if (isStep) steps.push({ choices: picked, content: content(), touched }, name.replace(/\.$/, ""));
  repair.close();
  picture.paint();
  model.paint();
  sound.show();
  presets.show();
  showSteps();
  showText(part("proposed"), "");
  expectPrice(knownTotal(picked));
  showPageProblem("");
  ask(changed);
}

function pick(group, option) {
  const before = choices();
  const known = outcome(group, option);
  if (known?.state === "blocked") {
    radio(group, before[group]).checked = true;
    repair.show(group, option, known);
    return;
  }
  takeOption(group, option, known?.choices ?? settled({ ...before, [group]: option }));
}

function takeOption(group, option, picked) {
  const touched = [...new Set([...steps.now.touched, group])];
  take(picked, { said: `${data.names[group]}: ${data.options[group][option].name}.`, touched, changed: group });
  sound.playChosen(group);
}

function ask(changed, pause = CHOICE_PAUSE) {
  askSoon({
    changed,
    pause,
    take: (answer) => showAnswer(answer, changed),
    refuse: (problem) => showProblem(problem, changed),
  });
}

function showAnswer(answer, changed) {
  field("quote").value = answer.quote;
  showPrice(answer);
  showStates(answer.groups, answer.configuration.choices, answer.price.total_text);
  budget.mark();
  // An answer may have been overtaken on its way by what the stream says.
  if (!standing.isLive()) part("availability").textContent = answer.availability_text;
  part("rarity").textContent = answer.rarity.text;
  showPageProblem("");
  picture.describe(answer.picture);
  showAddress(answer.configuration);
  form.dispatchEvent(new CustomEvent("dure:answer", { detail: answer }));
  if (sentences.length || changed === "destination") speak([...sentences, `${answer.price.total_text}.`, answer.promise.safe_text].join(" "));
  sentences = [];
}

function showProblem(problem, changed) {
  withdrawPrice();
  // A pick that was faster than the answer before it: it is taken back, and its repair is offered.
  if (problem.repair && changed === problem.repair.group) {
    const { group, id } = problem.repair;
    steps.drop();
    take(steps.now.choices, { said: "", isStep: false });
    repair.show(group, id, problem.repair);
    return;
  }
  showRefusal(problem);
  form.dispatchEvent(new CustomEvent("dure:problem", { detail: problem }));
  speak(problem.detail);
}

function showAddress(configuration) {
  const address = new URLSearchParams(configuration.choices);
  const { engraving: text, font, artwork: placed } = configuration;
  const more = { engraving: text, font, artwork: placed, budget: field("budget").value, parent: field("parent")?.value };
  for (const [name, value] of Object.entries(more)) {
    if (value) address.set(name, typeof value === "string" ? value : JSON.stringify(value));
  }
  history.replaceState(null, "", `${studio}?${address}`);
}

function showSteps() {
  part("undo").setAttribute("aria-disabled", String(!steps.canUndo));
  part("redo").setAttribute("aria-disabled", String(!steps.canRedo));
}

function walk(way) {
  if (way === "undo" ? !steps.canUndo : !steps.canRedo) return;
  const what = steps[way]();
  const { choices: picked, content: personal } = steps.now;
  isWalking = true;
  showContent(personal);
  isWalking = false;
  take(picked, { said: text(way === "undo" ? "undone" : "redone", { what }), isStep: false });
}

function takeProposal(kind, picked) {
  const changes = differences(choices(), picked);
  if (!changes.length) {
    showText(part("proposed"), text("unchanged"));
    speak(text("unchanged"));
    return;
  }
  take(picked, { said: `${text(kind)} ${changes.join(", ")}.`, name: text(kind) });
  showText(part("proposed"), changes.join(" · "));
}

form.addEventListener("change", ({ target }) => {
  if (target.type === "radio" && target.name in data.options) pick(target.name, target.value);
  if (target === field("destination")) {
    presets.withdrawPrices();
    ask("destination");
  }
});

form.addEventListener("dure:content", ({ detail }) => {
  if (isWalking) return;
  const series = content().artwork === steps.now.content.artwork ? "engraving" : "artwork";
  steps.push({ ...steps.now, choices: choices(), content: content() }, text(series), series);
  showSteps();
  sentences = [];
  ask("", detail.pause);
});

// A picture's palette: what it cannot colour stays as it is.
form.addEventListener("dure:choices", ({ detail }) => {
  const touched = [...new Set([...steps.now.touched, ...Object.keys(detail.choices)])];
  take(settled({ ...choices(), ...detail.choices }), { said: data.artwork.texts.matched, touched });
});

form.addEventListener("submit", (event) => {
  const { submitter } = event;
  if (submitter === part("update")) event.preventDefault();
  if (submitter === part("hold") && submitter.getAttribute("aria-disabled") === "true") event.preventDefault();
});

document.addEventListener("keydown", (event) => {
  const way = direction(event);
  if (!way) return;
  event.preventDefault();
  walk(way);
});

// A page that the browser kept and brings back may hold an old price.
addEventListener("pageshow", (event) => {
  if (event.persisted) ask("");
});

part("undo").addEventListener("click", () => walk("undo"));
part("redo").addEventListener("click", () => walk("redo"));
part("history").hidden = false;

showStates(data.states, choices(), field("quote").value && part("total").textContent);
repair.start((group, option, state) => takeOption(group, option, state.choices));
budget.start(() => showAddress({ choices: choices(), ...content() }));
budget.mark();
presets.start((name, picked) => take(picked, { said: text("started", { name }), touched: [] }));
suggest.start({ touched: () => steps.now.touched, take: takeProposal, refuse: showProblem });
engraving.start(form, data);
artwork.start(form, data);
sound.start();
camera.start();
views.start();
closer.start();
parts.start();
model.start();
showSteps();
setBusy(false);
// Not everybody asks in the same instant, but the price that is shown counts as an old one at once.
standing.watch({ speak, priceChanged: () => ask("", CHOICE_PAUSE + Math.random() * REPRICE_SPREAD) });
picture.start(() => ask(""));
replayEarly();
