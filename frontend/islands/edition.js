// The page of an edition: what is left and what it costs stay true while it is open.
import { watch } from "./standing.js";

const spoken = document.querySelector("[data-part=spoken]");

watch({
  speak: (sentence) => {
    spoken.textContent = sentence;
  },
});
