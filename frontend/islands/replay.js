// Plays the making of a finished piece in fast motion: every frame is an event of the factory's log.
import { places, travel } from "./marks.js";

const FRAME = 850;
const SVG = "http://www.w3.org/2000/svg";

const box = document.querySelector("[data-replay]");
const frames = JSON.parse(document.getElementById("replay-data").textContent);
const way = box.querySelector(".way");
const stops = [...way.querySelectorAll("[data-stop]")];
const lines = [...way.querySelectorAll(".line")];
const piece = way.querySelector("#way-piece image");
const [play, at, time, sentence, picture] = ["play", "at", "time", "sentence", "picture"].map((part) => box.querySelector(`[data-part=${part}]`));
let timer = 0;

function markOf({ stop, x, y, branch }) {
  const mark = document.createElementNS(SVG, "use");
  mark.setAttribute("href", branch ? "#way-part" : "#way-piece");
  mark.setAttribute("transform", `translate(${x} ${y})`);
  mark.dataset.mark = stop;
  return mark;
}

function show(number) {
  const frame = frames[number];
  const before = places(way);
  for (const [index, stop] of stops.entries()) stop.setAttribute("class", `stop ${frame.states[index]}`);
  for (const [index, line] of lines.entries()) line.classList.toggle("walked", frame.walked[index]);
  for (const mark of way.querySelectorAll("[data-mark]")) mark.remove();
  way.append(...frame.marks.map(markOf));
  piece.setAttribute("href", frame.picture);
  picture.src = frame.picture;
  travel(way, before);
  tell(frame);
}

function tell(frame) {
  time.textContent = frame.time;
  sentence.textContent = frame.sentence;
  at.setAttribute("aria-valuetext", `${frame.time}: ${frame.sentence}`);
}

function pause() {
  clearInterval(timer);
  timer = 0;
  play.textContent = play.dataset.play;
}

function step() {
  at.valueAsNumber += 1;
  show(at.valueAsNumber);
  if (at.value === at.max) pause();
}

function start() {
  if (at.value === at.max) {
    at.value = 0;
    show(0);
  }
  play.textContent = play.dataset.pause;
  timer = setInterval(step, FRAME);
}

play.addEventListener("click", () => (timer ? pause() : start()));
at.addEventListener("input", () => {
  pause();
  show(at.valueAsNumber);
});
tell(frames.at(-1));
box.querySelector("[data-part=controls]").hidden = false;
