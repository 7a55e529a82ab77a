// Rows that scroll sideways; that of the parts shows which group is being looked at.
import { CALM, form, part } from "./page.js";

const row = part("parts");
// Where the picture stays above the options, they are looked at below it.
const BELOW = matchMedia("(max-width: 51.99rem) and (min-height: 30.01rem)");

export function start() {
  const seen = new Map();
  const watcher = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) seen.set(target, isIntersecting);
      const first = boxes().find((box) => seen.get(box));
      if (first) mark(first.dataset.focus);
    },
    // A thin band below the row: what is there is being looked at.
    { rootMargin: BELOW.matches ? "-55% 0px -37% 0px" : "-15% 0px -75% 0px" },
  );
  for (const box of boxes()) watcher.observe(box);
  row.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(form.querySelector(link.getAttribute("href")));
  });
  form.addEventListener("focusin", ({ target }) => {
    const box = target.closest("[data-focus]");
    if (box) mark(box.dataset.focus);
    // A browser leaves alone what is partly seen, and what has the focus should be seen whole.
    if (target.closest("[data-row]")) target.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
}

/** Go to a part calmly, and choose on from there. */
function go(box) {
  box.scrollIntoView({ behavior: CALM.matches ? "auto" : "smooth" });
  box.tabIndex = -1;
  (box.querySelector("input[type=radio]:checked") ?? box).focus({ preventScroll: true });
}

function boxes() {
  return [...form.querySelectorAll("[data-focus]")];
}

function mark(name) {
  for (const item of row.querySelectorAll("[data-nav]")) {
    const link = item.firstElementChild;
    if (item.dataset.nav !== name) link.removeAttribute("aria-current");
    else if (link.getAttribute("aria-current") !== "true") {
      link.setAttribute("aria-current", "true");
      const list = item.parentElement;
      list.scrollTo({ left: item.offsetLeft - (list.clientWidth - item.offsetWidth) / 2 });
    }
  }
}
