// The typeface on somebody's first page: fetched for the next one, once everything else is there. Swapping it in here
// would move what she is about to touch.
import { firstPaint } from "./paint.js";

const asked = document.querySelector("script[data-files]");

async function fetchTypeface() {
  await firstPaint();
  for (const address of asked.dataset.files.split(" ")) {
    const link = document.createElement("link");
    link.rel = "prefetch";
    link.href = address;
    document.head.append(link);
  }
}

if (document.readyState === "complete") fetchTypeface();
else addEventListener("load", fetchTypeface);
