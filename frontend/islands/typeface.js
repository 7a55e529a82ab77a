// The typeface on somebody's first page: fetched once everything else is there, so that it keeps no picture waiting.
const asked = document.querySelector("script[data-styles]");

function fetchTypeface() {
  for (const address of asked.dataset.styles.split(" ")) {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = address;
    document.head.append(link);
  }
}

if (document.readyState === "complete") fetchTypeface();
else addEventListener("load", fetchTypeface);
