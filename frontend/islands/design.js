// A saved design's address: copied or sent with one press, where the browser can; otherwise it is selected.
const box = document.querySelector("[data-share]");
const field = box.querySelector("input");
const copy = box.querySelector("[data-part=copy]");
const send = box.querySelector("[data-part=send]");
const status = document.querySelector("[data-part=status]");

copy.addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(field.value);
    status.textContent = box.dataset.copied;
  } catch {
    // No permission, or a page without TLS: the person copies what is selected.
    field.focus();
    field.select();
    status.textContent = box.dataset.byHand;
  }
});

send.addEventListener("click", async () => {
  try {
    await navigator.share({ title: box.dataset.title, url: field.value });
  } catch (error) {
    // Closed without sending: the person knows.
    if (error.name !== "AbortError") status.textContent = error.message;
  }
});

field.addEventListener("focus", () => field.select());
copy.hidden = false;
send.hidden = !navigator.share;
