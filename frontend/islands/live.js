// Follows an order while it is made: server-sent events, and polling where they do not come through.
const POLL = 3000;
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

/** The current stage and its state in one sentence; "" between two stages. */
function stage() {
  const row = panel.querySelector("[aria-current=step]");
  return row ? [".name", ".state"].map((part) => row.querySelector(part).textContent).join(": ") : "";
}

function speakStages() {
  const status = document.querySelector("[data-part=status]");
  let spoken = stage();
  panel.addEventListener("htmx:afterSwap", () => {
    const sentence = stage();
    if (!sentence || sentence === spoken) return;
    spoken = sentence;
    status.textContent = sentence;
  });
}

if (panel) {
  speakStages();
  if ("EventSource" in window) follow();
  else poll();
}
