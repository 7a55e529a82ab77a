// A closer look at a page's large picture, which without this module is a link to its large file.
import { Loupe } from "./loupe.js";

for (const box of document.querySelectorAll("[data-zoom]")) {
  const link = box.querySelector("a");
  // The button does what the link would: one stop for the keyboard is enough.
  link.tabIndex = -1;
  new Loupe({
    box,
    below: link,
    button: box.querySelector("[data-part=zoom]"),
    address: () => link.href,
    square: () => {
      const { left, top, width } = link.getBoundingClientRect();
      return { left, top, side: width, base: width };
    },
  });
}
