// The row of parts: shows which group is being looked at.
import { form, part } from "./page.js";

const row = part("parts");

export function start() {
  const seen = new Map();
  const watcher = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) seen.set(target, isIntersecting);
      const first = boxes().find((box) => seen.get(box));
      if (first) mark(first.dataset.focus);
    },
    // A thin band below the picture and the row: what is there is being looked at.
    { rootMargin: "-45% 0px -40% 0px" },
  );
  for (const box of boxes()) watcher.observe(box);
  form.addEventListener("focusin", ({ target }) => {
    const box = target.closest("[data-focus]");
    if (box) mark(box.dataset.focus);
  });
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
