// What a material sounds like when it is tapped: a few decaying tones and a breath of noise, made here, 0.3 s at most.
// Off until somebody turns it on; then it is remembered.
import { data, form, part, speak, text } from "./page.js";

const REMEMBERED = "dure.sound";
const LONGEST = 0.3;
// Tones in Hz with how long each rings in seconds; noise through a filter, as [kind, Hz, seconds, loudness].
const MATERIALS = {
  ceramic: { tones: [[1870, 0.24], [3420, 0.17], [5260, 0.1]], noise: ["bandpass", 4200, 0.02, 0.3] },
  wood: { tones: [[310, 0.11], [820, 0.07], [1530, 0.04]], noise: ["lowpass", 1300, 0.03, 0.5] },
  leather: { tones: [[135, 0.07]], noise: ["lowpass", 520, 0.09, 0.9] },
  metal: { tones: [[2610, 0.3], [4130, 0.27], [6890, 0.2], [8790, 0.12]], noise: ["highpass", 6000, 0.012, 0.25] },
  thread: { tones: [], noise: ["bandpass", 3100, 0.12, 0.5] },
  rubber: { tones: [[105, 0.13], [190, 0.08]], noise: ["lowpass", 320, 0.05, 0.4] },
  stone: { tones: [[910, 0.09], [2120, 0.07], [3880, 0.05]], noise: ["bandpass", 2400, 0.025, 0.5] },
};

const toggle = part("sound");
let context = null;
let isOn = false;

export function start() {
  isOn = remembered() === "on";
  toggle.hidden = false;
  show();
  toggle.addEventListener("click", () => {
    isOn = !isOn;
    remember(isOn ? "on" : "off");
    show();
    speak(text(isOn ? "sound_on" : "sound_off"));
    if (isOn) tap("ceramic");
  });
  form.addEventListener("click", ({ target }) => {
    const box = target.closest("[data-part=listen]")?.closest("fieldset");
    if (box) tap(sound(box.dataset.group));
  });
}

/** Let a group's chosen option be heard, if sound is on. */
export function playChosen(group) {
  if (isOn) tap(sound(group));
}

/** Groups whose chosen option has a sound can be listened to while sound is on. */
export function show() {
  toggle.setAttribute("aria-pressed", String(isOn));
  for (const box of form.querySelectorAll("fieldset[data-group]")) {
    part("listen", box).hidden = !isOn || !sound(box.dataset.group);
  }
}

function sound(group) {
  const chosen = form.querySelector(`input[name="${group}"]:checked`);
  return chosen ? data.options[group][chosen.value].sound : "";
}

function tap(material) {
  const recipe = MATERIALS[material];
  if (!recipe) return;
  context ??= new AudioContext();
  context.resume();
  const at = context.currentTime + 0.005;
  recipe.tones.forEach(([pitch, length], index) => {
    const tone = new OscillatorNode(context, { frequency: pitch });
    ring(tone, at, length, 0.22 / (index + 1)).connect(context.destination);
  });
  const [type, frequency, length, loudness] = recipe.noise;
  const noise = new AudioBufferSourceNode(context, { buffer: whiteNoise(length) });
  const filter = new BiquadFilterNode(context, { type, frequency });
  ring(noise, at, length, loudness * 0.4, filter).connect(context.destination);
}

/** A source that starts loud and dies away; the last node of its way. */
function ring(source, at, length, loudness, filter = null) {
  const end = at + Math.min(length, LONGEST);
  const gain = new GainNode(context, { gain: loudness });
  gain.gain.setValueAtTime(loudness, at);
  gain.gain.exponentialRampToValueAtTime(0.0005, end);
  const last = filter ? source.connect(filter) : source;
  source.start(at);
  source.stop(end);
  return last.connect(gain);
}

function whiteNoise(length) {
  const buffer = new AudioBuffer({ length: Math.ceil(length * context.sampleRate), sampleRate: context.sampleRate });
  const samples = buffer.getChannelData(0);
  for (let index = 0; index < samples.length; index += 1) samples[index] = Math.random() * 2 - 1;
  return buffer;
}

function remembered() {
  try {
    return localStorage.getItem(REMEMBERED);
  } catch {
    // Storage can be forbidden: then sound is off at the next visit, as at the first.
    return null;
  }
}

function remember(value) {
  try {
    localStorage.setItem(REMEMBERED, value);
  } catch (error) {
    console.info("Sound is not remembered:", error.message);
  }
}
