// Counts a hold's remaining time down. The time is the server's; the page only shows it.
const box = document.querySelector("[data-seconds-left]");

if (box) {
  const clock = box.querySelector("[data-part=left]");
  // Not performance.now(): it stands still while a device sleeps.
  const until = Date.now() + Number(box.dataset.secondsLeft) * 1000;
  const over = document.querySelector("[data-part=over]");
  const show = () => {
    const seconds = Math.max(0, Math.ceil((until - Date.now()) / 1000));
    clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (seconds > 0) return;
    clearInterval(ticking);
    box.hidden = true;
    over.hidden = false;
  };
  const ticking = setInterval(show, 500);
  document.addEventListener("visibilitychange", show);
  show();
}
