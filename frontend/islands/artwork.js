// A picture of the customer's own: sent, dragged on its panel or moved by buttons, keys and figures, seen on the piece.
// The form's hidden field carries the placement; the server's answer says whether it can be printed.
import { panelTexture, printable } from "./relight/print.js";

const PREVIEW_PIXELS_PER_MM = 8;
const MOVE_PAUSE = 250;
const SPEAK_PAUSE = 600;
const MM_PER_INCH = 25.4;
const NUMBERS = ["x_mm", "y_mm", "width_mm", "degrees"];
const STEPS = {
  left: (at) => ({ x_mm: at.x_mm - 1 }),
  right: (at) => ({ x_mm: at.x_mm + 1 }),
  up: (at) => ({ y_mm: at.y_mm - 1 }),
  down: (at) => ({ y_mm: at.y_mm + 1 }),
  bigger: (at) => ({ width_mm: at.width_mm * 1.05 }),
  smaller: (at) => ({ width_mm: Math.max(3, at.width_mm / 1.05) }),
  turn: (at) => ({ degrees: (at.degrees + 15) % 360 }),
};
const KEYS = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
  "+": "bigger",
  "=": "bigger",
  "-": "smaller",
  r: "turn",
};

const round = (number) => Math.round(number * 100) / 100;
const floorTenth = (number) => Math.floor(number * 10) / 10;
const filled = (sentence, values) => sentence.replace(/%\((\w+)\)s/g, (_all, name) => values[name]);

/** Let the form's picture part live. `data` is the studio's; without a panel for a picture there is nothing to do. */
export function start(form, data) {
  const own = data.artwork;
  if (!own) return;
  const part = (name) => form.querySelector(`[data-part="artwork-${name}"]`);
  const hidden = form.elements.namedItem("artwork");
  const file = form.elements.namedItem("artwork_file");
  const frame = part("panel");
  const canvas = document.createElement("canvas");
  const field = (name) => form.elements.namedItem(`artwork_${name}`);
  let picture = null;
  let bitmap = null;
  let size = own.picture;
  // Pictures of this visit: a step that is undone may bring one back that was removed.
  const known = new Map();
  let speaking = 0;

  const placement = () => (hidden.value ? JSON.parse(hidden.value) : null);

  function changed(pause = MOVE_PAUSE) {
    form.dispatchEvent(new CustomEvent("dure:content", { detail: { pause } }));
  }

  function speak(sentence) {
    clearTimeout(speaking);
    part("position").textContent = sentence;
    speaking = setTimeout(() => {
      form.querySelector("[data-part=status]").textContent = sentence;
    }, SPEAK_PAUSE);
  }

  function showProblem(sentence) {
    const place = part("problem");
    place.textContent = sentence;
    place.hidden = !sentence;
    if (sentence) file.setAttribute("aria-invalid", "true");
    else file.removeAttribute("aria-invalid");
  }

  function showQuality(at) {
    const dpi = (size.width * MM_PER_INCH) / at.width_mm;
    const { smallest_dpi: smallest, good_dpi: good } = own.panel;
    const quality = dpi < smallest ? "coarse" : dpi < good ? "fair" : "good";
    part("text").dataset.quality = quality;
    part("text").textContent = filled(own.texts[quality], {
      dpi: Math.round(dpi),
      largest: floorTenth((size.width * MM_PER_INCH) / good),
      most: floorTenth((size.width * MM_PER_INCH) / smallest),
    });
  }

  /** Draw what stands in the hidden field: on the panel, on the piece, in figures. */
  async function show() {
    const at = placement();
    part("placed").hidden = !at;
    if (at && bitmap) {
      for (const name of NUMBERS) if (document.activeElement !== field(name)) field(name).value = at[name];
      showQuality(at);
      if (!canvas.isConnected) frame.append(canvas);
      canvas.width = Math.round(own.panel.width_mm * PREVIEW_PIXELS_PER_MM);
      canvas.height = Math.round(own.panel.height_mm * PREVIEW_PIXELS_PER_MM);
      canvas.getContext("2d").drawImage(panelTexture(bitmap, at, own.panel, PREVIEW_PIXELS_PER_MM), 0, 0);
    }
    await picture?.print(at ? bitmap : null, at, own.panel);
  }

  function place(change) {
    const at = { ...placement(), ...change };
    for (const name of NUMBERS) at[name] = round(at[name]);
    hidden.value = JSON.stringify(at);
    showProblem("");
    show();
    const figures = { x: at.x_mm, y: at.y_mm, width: at.width_mm, degrees: at.degrees };
    speak(`${filled(own.texts.position, figures)} ${part("text").textContent}`);
    changed();
  }

  /** The bitmap of the picture in the hidden field; without it (a lost address) the piece is shown by the server. */
  async function load(address) {
    try {
      bitmap = address ? await printable(address) : null;
    } catch (error) {
      bitmap = null;
      console.info("The picture cannot be shown:", error.message);
    }
    await show();
  }

  async function ask(address, options) {
    const token = form.elements.namedItem("csrfmiddlewaretoken").value;
    const headers = { "Accept-Language": data.language, "X-CSRFToken": token, ...options.headers };
    try {
      const answer = await fetch(address, { method: "POST", ...options, headers });
      const body = await answer.json();
      if (answer.ok) return body;
      showProblem(body.detail);
    } catch {
      showProblem(own.texts.failed);
    }
    return null;
  }

  async function send() {
    if (!file.files.length) return;
    const body = new FormData();
    body.append("edition", data.edition);
    body.append("picture", file.files[0]);
    showProblem("");
    speak(own.texts.sending);
    file.disabled = true;
    const kept = await ask(own.upload_address, { body });
    file.disabled = false;
    file.value = "";
    if (!kept) return;
    size = kept;
    known.set(kept.placement.artwork, kept);
    hidden.value = JSON.stringify(kept.placement);
    await load(kept.address);
    speak(`${own.texts.added} ${part("text").textContent}`);
    changed(0);
  }

  function remove() {
    hidden.value = "";
    bitmap = null;
    showProblem("");
    show();
    speak(own.texts.removed);
    changed(0);
    file.focus();
  }

  async function usePalette() {
    const at = placement();
    if (!at) return;
    const found = await ask(own.palette_address, {
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ edition: data.edition, artwork: at.artwork }),
    });
    if (!found) return;
    form.dispatchEvent(new CustomEvent("dure:choices", { detail: { choices: found.choices } }));
    speak(own.texts.matched);
  }

  function drag(event) {
    if (!bitmap || event.button) return;
    const perPixel = own.panel.width_mm / frame.getBoundingClientRect().width;
    const from = { ...placement(), x: event.clientX, y: event.clientY };
    frame.setPointerCapture(event.pointerId);
    const follow = (move) =>
      place({
        x_mm: from.x_mm + (move.clientX - from.x) * perPixel,
        y_mm: from.y_mm + (move.clientY - from.y) * perPixel,
      });
    frame.addEventListener("pointermove", follow);
    const end = () => frame.removeEventListener("pointermove", follow);
    frame.addEventListener("pointerup", end, { once: true });
    frame.addEventListener("pointercancel", end, { once: true });
  }

  // What sends the form without this module no longer does: Enter in a field holds a piece, as before.
  for (const name of ["send", "palette", "remove"]) part(name).type = "button";
  part("send").hidden = true;
  for (const name of ["panel", "buttons"]) part(name).hidden = false;
  file.addEventListener("change", send);
  part("remove").addEventListener("click", remove);
  part("palette").addEventListener("click", usePalette);
  part("buttons").addEventListener("click", (event) => {
    const step = STEPS[event.target.dataset.move];
    if (step && placement()) place(step(placement()));
  });
  frame.addEventListener("pointerdown", drag);
  frame.addEventListener("keydown", (event) => {
    if (!(event.key in KEYS) || event.ctrlKey || event.metaKey || event.altKey || !placement()) return;
    event.preventDefault();
    place(STEPS[KEYS[event.key]](placement()));
  });
  for (const name of NUMBERS) {
    field(name).addEventListener("input", () => {
      const number = field(name).valueAsNumber;
      if (placement() && Number.isFinite(number) && (name !== "width_mm" || number > 0)) place({ [name]: number });
    });
  }
  form.addEventListener("dure:picture", (event) => {
    picture = event.detail.picture;
    event.detail.wait?.(show());
  });
  form.addEventListener("dure:answer", () => showProblem(""));
  form.addEventListener("dure:problem", (event) => {
    if (event.detail.field === "artwork") showProblem(event.detail.detail);
  });
  // An undone step has put another placement into the hidden field, or none.
  form.addEventListener("dure:restored", () => {
    size = known.get(placement()?.artwork) ?? size;
    load(placement() ? size?.address : "");
  });
  if (size) known.set(placement().artwork, size);
  load(size?.address);
  // One that was chosen before this script came.
  send();
}
