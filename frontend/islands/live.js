// Follows an order while it is made: server-sent events, and polling where they do not come through.
const POLL = 3000;

const panel = document.querySelector("[data-live]");

function refresh() {
  window.htmx.trigger(panel, "progress");
}

function poll() {
  panel.dataset.channel = "polling";
  setInterval(refresh, POLL);
}

if (panel && "EventSource" in window) {
  const source = new EventSource(panel.dataset.live);
  let shown = panel.dataset.state;
  source.addEventListener("progress", (event) => {
    panel.dataset.channel = "events";
    if (event.data !== shown) {
      shown = event.data;
      refresh();
    }
  });
  source.addEventListener("error", () => {
    // CLOSED is final; otherwise the browser connects again by itself.
    if (source.readyState === EventSource.CLOSED) poll();
  });
} else if (panel) {
  poll();
}
