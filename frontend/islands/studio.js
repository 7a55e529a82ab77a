// The studio's island: every choice recolours the picture at once, then asks the server for price, date and rules.
// The server's answer always wins; without this island the form works by its button.
import { start as startEngraving } from "./engraving.js";
import { relight } from "./relight.js";

const CHOICE_PAUSE = 60;
const SPEAK_PAUSE = 350;

const form = document.querySelector("[data-studio]");
const data = JSON.parse(document.getElementById("studio-data").textContent);
const part = (name) => form.querySelector(`[data-part="${name}"]`);
const canvas = document.querySelector("[data-part=canvas]");
const still = document.querySelector("[data-part=still]");
const engraving = form.elements.namedItem("engraving");
// The answer to a refused hold is this page too, at the hold's address: a design is shared by the studio's.
const studio = new URL("../studio/", form.action).pathname;

let picture = null;
let asked = 0;
let timer = 0;
let speaking = 0;

function choices() {
  return Object.fromEntries(data.groups.map((group) => [group, form.elements.namedItem(group).value]));
}

function paint() {
  if (!picture) return;
  const colours = { ...data.base_colours };
  for (const [group, option] of Object.entries(choices())) Object.assign(colours, data.colours[group][option]);
  picture.paint(colours, colours[data.engraving_part]);
}

function tell(name, detail) {
  form.dispatchEvent(new CustomEvent(`dure:${name}`, { detail }));
}

function speak(sentence) {
  clearTimeout(speaking);
  speaking = setTimeout(() => {
    part("status").textContent = sentence;
  }, SPEAK_PAUSE);
}

function nameChoice(input) {
  const group = input.closest("fieldset");
  group.querySelector("[data-part=chosen]").textContent = input.dataset.name;
  group.querySelector("[data-part=story]").textContent = input.dataset.story;
}

function setBusy(busy) {
  part("bar").setAttribute("aria-busy", String(busy));
  part("hold").setAttribute("aria-disabled", String(busy || !form.elements.namedItem("quote").value));
}

function showReasons(blocked) {
  for (const group of data.groups) {
    const reasons = blocked[group] ?? {};
    const namesByReason = new Map();
    for (const input of form.querySelectorAll(`input[name="${group}"]`)) {
      const reason = reasons[input.value];
      input.disabled = Boolean(reason) && !input.checked;
      if (reason) namesByReason.set(reason, [...(namesByReason.get(reason) ?? []), input.dataset.name]);
    }
    const lines = [...namesByReason].map(([reason, names]) => reasonLine(names.join(", "), reason));
    form.querySelector(`[data-reasons="${group}"]`).replaceChildren(...lines);
  }
}

function reasonLine(names, reason) {
  const line = document.createElement("li");
  const strong = document.createElement("strong");
  strong.textContent = names;
  line.append(strong, ` — ${reason}`);
  return line;
}

function showPrice(price) {
  part("total").textContent = price.total_text;
  part("tax").textContent = price.tax_text;
  part("step").textContent = price.step_text;
  part("lines").replaceChildren(
    ...price.lines.map((line) => {
      const row = document.createElement("div");
      const label = document.createElement("dt");
      const amount = document.createElement("dd");
      label.textContent = line.name;
      amount.textContent = line.amount_text;
      row.append(label, amount);
      return row;
    }),
  );
}

function showPageProblem(sentence) {
  const place = part("page-problem");
  place.textContent = sentence;
  place.hidden = !sentence;
}

function showQuote(answer) {
  form.elements.namedItem("quote").value = answer.quote;
  showPrice(answer.price);
  part("safe").textContent = answer.promise.safe_text;
  part("likely").textContent = answer.promise.likely_text;
  part("availability").textContent = answer.availability_text;
  part("rarity").textContent = answer.rarity.text;
  showReasons(answer.blocked);
  showPageProblem("");
  canvas.setAttribute("aria-label", answer.picture.alt);
  still.alt = answer.picture.alt;
  if (!picture) still.src = answer.picture.url;
  const address = new URLSearchParams({ ...answer.configuration.choices });
  for (const name of ["engraving", "font"]) {
    if (answer.configuration[name]) address.set(name, answer.configuration[name]);
  }
  const parent = form.elements.namedItem("parent")?.value;
  if (parent) address.set("parent", parent);
  history.replaceState(null, "", `${studio}?${address}`);
}

function showProblem(problem) {
  form.elements.namedItem("quote").value = "";
  tell("problem", problem);
  if (!["engraving", "font"].includes(problem.field)) showPageProblem(problem.detail);
  speak(problem.detail);
}

async function ask(changed) {
  const mine = ++asked;
  setBusy(true);
  const configuration = { version: data.version, choices: choices(), engraving: engraving.value, font: form.elements.namedItem("font").value };
  try {
    const answer = await fetch(data.quote_address, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        "Accept-Language": data.language,
        "X-CSRFToken": form.elements.namedItem("csrfmiddlewaretoken").value,
      },
      body: JSON.stringify({ edition: data.edition, configuration, changed }),
    });
    const body = await answer.json();
    if (mine !== asked) return;
    if (!answer.ok) {
      showProblem(body);
      return;
    }
    showQuote(body);
    tell("answer", body);
    if (changed) speak(`${spoken(changed)} ${body.price.total_text}. ${body.promise.safe_text}`);
  } catch {
    if (mine === asked) showProblem({ detail: data.texts.offline });
  } finally {
    if (mine === asked) setBusy(false);
  }
}

function spoken(group) {
  const input = form.querySelector(`input[name="${group}"]:checked`);
  return input ? `${input.closest("fieldset").dataset.name}: ${input.dataset.name}.` : "";
}

function askSoon(changed, pause) {
  clearTimeout(timer);
  // From this moment on the price shown is an old one, and so is an answer under way: nothing can be held at it.
  asked += 1;
  setBusy(true);
  timer = setTimeout(() => ask(changed), pause);
}

form.addEventListener("change", (event) => {
  if (event.target.type !== "radio") return;
  nameChoice(event.target);
  paint();
  askSoon(event.target.name, CHOICE_PAUSE);
});

form.addEventListener("dure:content", (event) => askSoon("", event.detail.pause));

form.addEventListener("submit", (event) => {
  const holding = event.submitter === part("hold");
  if (holding && part("hold").getAttribute("aria-disabled") === "true") event.preventDefault();
});

// A page that the browser kept and brings back may hold an old price.
addEventListener("pageshow", (event) => {
  if (event.persisted) ask("");
});

async function start() {
  startEngraving(form, data);
  setBusy(false);
  try {
    picture = await relight(canvas, data.plates);
  } catch (error) {
    console.info("The server's picture is shown:", error.message);
  }
  if (!picture) return;
  paint();
  tell("picture", { picture });
  canvas.addEventListener("webglcontextlost", () => {
    picture = null;
    tell("picture", { picture });
    canvas.hidden = true;
    still.hidden = false;
    ask("");
  });
  canvas.hidden = false;
  still.hidden = true;
  canvas.dataset.ready = "true";
}

start();
