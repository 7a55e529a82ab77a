// Follows an order while it is made: server-sent events, and polling where they do not come through.
import { places, travel } from "./marks.js";

const POLL = 3000;
// Others go on, too: why a piece waits changes without an event of its own.
const LOOK_AGAIN = 10_000;
// The stream sends its first event at once: one that is silent for so long is held back on its way.
const PATIENCE = 10_000;

const panel = document.querySelector("[data-live]");

function refresh() {
  window.htmx.trigger(panel, "progress");
}

function poll() {
  panel.dataset.channel = "polling";
  setInterval(refresh, POLL);
}

function follow() {
  const source = new EventSource(panel.dataset.live);
  let told = panel.dataset.state;
  let asked = told;
  let shown = told;
  let patience = 0;
  let retry = 0;
  const wait = () => {
    clearTimeout(patience);
    patience = setTimeout(() => {
      source.close();
      poll();
    }, PATIENCE);
  };
  source.addEventListener("open", wait);
  source.addEventListener("progress", (event) => {
    clearTimeout(patience);
    panel.dataset.channel = "events";
    told = event.data;
    if (told !== shown) refresh();
  });
  source.addEventListener("error", () => {
    // CLOSED is final; otherwise the browser connects again by itself.
    if (source.readyState !== EventSource.CLOSED) return;
    clearTimeout(patience);
    poll();
  });
  panel.addEventListener("htmx:beforeRequest", () => {
    asked = told;
  });
  panel.addEventListener("htmx:afterRequest", (event) => {
    clearTimeout(retry);
    if (event.detail.successful) shown = asked;
    // No event comes again for what was told already.
    else retry = setTimeout(refresh, POLL);
  });
  wait();
}

/** Where the piece is and why, in one sentence; "" between two stages. */
function where() {
  const row = panel.querySelector("[data-part=where] li");
  return row ? [...row.children].map((part) => part.textContent).join(": ") : "";
}

function speakWhere() {
  const status = document.querySelector("[data-part=status]");
  let spoken = where();
  panel.addEventListener("htmx:afterSwap", () => {
    const sentence = where();
    if (!sentence || sentence === spoken) return;
    spoken = sentence;
    status.textContent = sentence;
  });
}

/** What the reader has opened stays open, and marks travel to where they are now. */
function keepTheDrawing() {
  let before = [];
  let isOpen = false;
  const steps = () => panel.querySelector("[data-part=steps]");
  panel.addEventListener("htmx:beforeSwap", () => {
    before = places(panel);
    isOpen = steps()?.open ?? false;
  });
  panel.addEventListener("htmx:afterSwap", () => {
    steps()?.toggleAttribute("open", isOpen);
    travel(panel, before);
  });
}

function lookAgain() {
  setInterval(() => {
    if (!document.hidden && where()) refresh();
  }, LOOK_AGAIN);
}

if (panel) {
  speakWhere();
  keepTheDrawing();
  lookAgain();
  if ("EventSource" in window) follow();
  else poll();
}
