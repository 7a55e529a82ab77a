// How an edition stands, live: what is left, what is held, which step of the card. Without this the page says how it
// stood when it was loaded. Only a change of step and the end of the pieces are spoken; the rest is there to be read.
const AGAIN = 5000;
const LONGEST = 60_000;
// The stream says every fifteen seconds that nothing is new.
const PATIENCE = 22_000;
// A stream that is opened anew within this time has missed nothing that anybody would mind.
const MOMENT = 3000;

const root = document.querySelector("[data-standing]");
const words = { id: root.dataset.known, price: root.dataset.price, state: root.dataset.state, step: Number(root.dataset.atStep) };

let tell = () => {};
let reprice = () => {};
let source = null;
let waiting = 0;
let patience = 0;
let doubt = 0;
let since = new Date();
let pause = AGAIN;
let isOver = false;

/** Keep the page true. `speak` says a sentence to screen readers; `priceChanged` is called when prices may be others. */
export function watch({ speak, priceChanged = () => {} }) {
  tell = speak;
  reprice = priceChanged;
  document.addEventListener("visibilitychange", turn);
  // A page that is kept for the way back must not hold a stream open.
  addEventListener("pagehide", rest);
  addEventListener("pageshow", turn);
  turn();
}

/** Whether the newest word on what is left comes from here. */
export function isLive() {
  return source !== null && source.readyState === EventSource.OPEN;
}

function turn() {
  rest();
  if (!document.hidden && !isOver) follow();
}

function rest() {
  source?.close();
  source = null;
  clearTimeout(waiting);
  clearTimeout(patience);
}

function follow() {
  rest();
  if (!("EventSource" in window)) {
    giveUp();
    return;
  }
  source = new EventSource(`${root.dataset.standing}live/`);
  source.addEventListener("open", heard);
  source.addEventListener("same", heard);
  source.addEventListener("standing", (event) => {
    heard();
    show(JSON.parse(event.data));
  });
  source.addEventListener("closed", () => {
    isOver = true;
    rest();
  });
  source.addEventListener("error", () => {
    lost();
    // While it is not closed for good, the browser connects again by itself.
    if (source.readyState === EventSource.CLOSED) later();
  });
  clearTimeout(patience);
  patience = setTimeout(giveUp, PATIENCE);
}

function giveUp() {
  lost();
  later();
}

/** No stream: ask once, and try for a stream again after a while. */
function later() {
  rest();
  waiting = setTimeout(async () => {
    if (await ask()) pause = AGAIN;
    else pause = Math.min(2 * pause, LONGEST);
    if (!document.hidden) follow();
  }, pause * (0.75 + Math.random() / 2));
}

async function ask() {
  try {
    const answer = await fetch(root.dataset.standing);
    if (!answer.ok) return false;
    const found = await answer.json();
    since = new Date();
    writeSince();
    show(found);
    return true;
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
    return false;
  }
}

function heard() {
  clearTimeout(doubt);
  doubt = 0;
  clearTimeout(patience);
  patience = setTimeout(giveUp, PATIENCE);
  place("as-of").hidden = true;
}

/** From now on the figures may be old, and after a moment the page says since when. */
function lost() {
  if (doubt) return;
  since = new Date();
  doubt = setTimeout(() => {
    writeSince();
    place("as-of").hidden = false;
  }, MOMENT);
}

function writeSince() {
  const time = new Intl.DateTimeFormat(document.documentElement.lang, { timeStyle: "medium" }).format(since);
  place("as-of").textContent = place("as-of").dataset.text.replace("{time}", time);
}

function show(found) {
  if (found.id === words.id) return;
  const { state, price, texts, figures } = found;
  for (const element of root.querySelectorAll("[data-live]")) {
    const text = texts[element.dataset.live];
    if (element.textContent !== text) element.textContent = text;
  }
  for (const row of root.querySelectorAll("[data-step]")) {
    const { step, ladder } = row.dataset;
    markRow(row, Number(step) === (ladder ? figures.ladders[ladder] : figures.step));
  }
  const line = place("waiting");
  if (line) line.hidden = state === "available";
  if (state !== words.state && state === "sold_out") tell(texts.availability);
  else if (figures.step !== words.step) tell(`${texts.step} ${texts.next}`);
  const isDearer = price !== words.price;
  Object.assign(words, { id: found.id, state, price, step: figures.step });
  if (isDearer) reprice();
}

/** The card's current row. */
function markRow(row, isNow) {
  row.classList.toggle("current", isNow);
  row.querySelector("[data-part=now]").hidden = !isNow;
  if (isNow) row.setAttribute("aria-current", "true");
  else row.removeAttribute("aria-current");
}

function place(name) {
  return root.querySelector(`[data-part="${name}"]`);
}
