// The engraving: asks for a price once typing rests, shows the text in the picture as it will be cut.
const TYPING_PAUSE = 250;

export function start(form, data) {
  const input = form.elements.namedItem("engraving");
  const place = form.querySelector("[data-part=engraving-problem]");
  let picture = null;
  let accepted = data.engraving;
  let shown = null;

  async function engrave() {
    const text = accepted;
    if (!picture || text === shown) return;
    shown = text;
    try {
      await picture.engrave(`${data.mask_address}?${new URLSearchParams({ text })}`);
    } catch {
      // The quote's answer says in words what is wrong with the text; the picture keeps the last that could be cut.
      if (text === shown) shown = null;
    }
  }

  function showProblem(sentence) {
    place.textContent = sentence;
    place.hidden = !sentence;
    if (sentence) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }

  const changed = () => form.dispatchEvent(new CustomEvent("dure:content", { detail: { pause: TYPING_PAUSE } }));
  input.addEventListener("input", (event) => {
    if (!event.isComposing) changed();
  });
  input.addEventListener("compositionend", changed);
  form.addEventListener("dure:answer", ({ detail }) => {
    showProblem("");
    accepted = detail.configuration.engraving;
    engrave();
  });
  form.addEventListener("dure:problem", ({ detail }) => {
    if (detail.field === "engraving") showProblem(detail.detail);
  });
  form.addEventListener("dure:picture", ({ detail }) => {
    picture = detail.picture;
    shown = null;
    if (picture) detail.wait(engrave());
  });
}
