// The engraved text: checked while it is typed, measured, shown as it will be cut, and asked for when it is held back.
// It speaks with studio.js through events on the form: dure:content out; dure:answer, dure:problem, dure:picture in.
const TYPING_PAUSE = 250;
const CHOICE_PAUSE = 60;
const HELD_BACK = "text_not_accepted";

export function start(form, data) {
  const part = (name) => form.querySelector(`[data-part="${name}"]`);
  const field = form.elements.namedItem("engraving");
  const asking = document.getElementById("ask");
  let cutText = field.value;
  let mask = data.engraving_mask;
  let picture = null;
  let painted = null;

  const font = () => form.elements.namedItem("font").value || data.engraving_font;

  /** The characters of the text that are not cut in the font, each once; the server knows better and answers too. */
  function refused() {
    const ranges = data.engraving_fonts[font()];
    const isCut = (code) => ranges.some(([first, last]) => first <= code && code <= last);
    return ranges ? [...new Set(field.value)].filter((each) => !/\s/.test(each) && !isCut(each.codePointAt(0))) : [];
  }

  /** One spelling for what looks the same: a Mac pastes Hangul in pieces. */
  function normalise() {
    const whole = field.value.normalize("NFC");
    if (whole === field.value) return;
    const after = field.value.slice(field.selectionEnd).normalize("NFC").length;
    field.value = whole;
    field.setSelectionRange(whole.length - after, whole.length - after);
  }

  function changed(pause) {
    normalise();
    const characters = refused();
    const sentence = data.engraving_texts.uncuttable[Number(characters.length > 1)];
    showProblem(characters.length ? sentence.replace("{characters}", characters.join(" ")) : "");
    showAsking(false);
    form.dispatchEvent(new CustomEvent("dure:content", { detail: { pause } }));
  }

  function showProblem(sentence) {
    const place = part("engraving-problem");
    place.textContent = sentence;
    place.hidden = !sentence;
    if (sentence) {
      field.setAttribute("aria-invalid", "true");
      part("measures").textContent = "";
    } else {
      field.removeAttribute("aria-invalid");
    }
  }

  function showAsking(possible) {
    part("ask").hidden = !possible;
    part("asked").hidden = true;
    part("asked").textContent = "";
  }

  function showCut() {
    const place = part("cut");
    if (!mask) {
      place.replaceChildren();
      return;
    }
    const shown = place.firstElementChild ?? place.appendChild(document.createElement("img"));
    if (shown.getAttribute("src") !== mask) shown.src = mask;
    shown.alt = data.engraving_texts.cut.replace("{text}", cutText);
  }

  /** Paint the last text that could be cut; an address that fails is tried again with the next answer. */
  async function paint() {
    if (!picture || mask === painted) return;
    const address = mask;
    painted = address;
    try {
      await picture.engrave(address);
    } catch {
      if (painted === address) painted = null;
    }
  }

  async function ask() {
    const radios = [...form.querySelectorAll("input[type=radio]:checked")].filter((input) => input.name !== "font");
    const choices = Object.fromEntries(radios.map((input) => [input.name, input.value]));
    const configuration = { version: data.version, choices, engraving: field.value, font: font() };
    const button = part("ask-button");
    button.disabled = true;
    try {
      const answer = await fetch(data.appeal_address, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          "Accept-Language": data.language,
          "X-CSRFToken": form.elements.namedItem("csrfmiddlewaretoken").value,
        },
        body: JSON.stringify({
          edition: data.edition,
          configuration,
          email: asking.elements.namedItem("answer_to").value.trim(),
        }),
      });
      const body = await answer.json();
      say(body.errors ? Object.values(body.errors).flat().join(" ") : body.detail);
      if (answer.ok) part("ask").hidden = true;
    } catch {
      say(data.engraving_texts.offline);
    } finally {
      button.disabled = false;
    }
  }

  function say(sentence) {
    part("asked").textContent = sentence;
    part("asked").hidden = false;
  }

  // While a syllable is put together the field's text is nobody's choice yet.
  field.addEventListener("input", (event) => {
    if (!event.isComposing) changed(TYPING_PAUSE);
  });
  field.addEventListener("compositionend", () => changed(TYPING_PAUSE));

  // Radios of typefaces are no choices of the product: the studio need not hear of them.
  part("typefaces")?.addEventListener("change", (event) => {
    event.stopPropagation();
    changed(CHOICE_PAUSE);
  });

  asking.addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
  });

  form.addEventListener("dure:answer", ({ detail }) => {
    cutText = detail.configuration.engraving;
    mask = detail.engraving.mask_address;
    part("measures").textContent = detail.engraving.text;
    part("returns").textContent = detail.returns.text;
    part("returns").hidden = !detail.returns.personal;
    showProblem("");
    showAsking(false);
    showCut();
    paint();
  });

  form.addEventListener("dure:problem", ({ detail }) => {
    if (detail.field !== "engraving" && detail.field !== "font") return;
    showProblem(detail.detail);
    showAsking(detail.code === HELD_BACK && !detail.declined);
  });

  form.addEventListener("dure:picture", ({ detail }) => {
    picture = detail.picture;
    painted = null;
    // The picture appears with the text in it, not a moment before.
    detail.wait?.(paint());
  });
}
