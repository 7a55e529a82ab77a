// Why an option does not go with the design, what would change with it and at what price: in one tap, or not at all.
import { data, element, fieldset, form, part, radio, speak, text } from "./page.js";

const box = part("repair");
let open = null;

/** `accept` gets the group and the option that are wanted and the whole design with it. */
export function start(accept) {
  part("repair-accept", box).addEventListener("click", () => {
    const { group, option, state } = open;
    close();
    accept(group, option, state);
    radio(group, option).focus();
  });
  part("repair-keep", box).addEventListener("click", keep);
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && open && fieldset(open.group).contains(event.target)) keep();
  });
}

/** Say why an option is blocked and offer its repair, below its group; the focus stays where it is. */
export function show(group, option, state) {
  open = { group, option, state };
  const { name } = data.options[group][option];
  const title = text("blocked", { option: name });
  part("repair-title", box).textContent = title;
  part("repair-reason", box).textContent = state.reason;
  part("repair-changes", box).replaceChildren(...state.changes.map((change) => element("li", change)));
  part("repair-also", box).hidden = state.changes.length === 0;
  part("repair-total", box).textContent = state.total_text;
  part("repair-difference", box).textContent = state.difference_text;
  form.querySelector(".option.wanted")?.classList.remove("wanted");
  radio(group, option).closest(".option").classList.add("wanted");
  fieldset(group).querySelector(".swatches").after(box);
  box.hidden = false;
  box.scrollIntoView({ block: "nearest" });
  speak(`${title} ${state.reason} ${state.changes.join(". ")}. ${state.total_text} ${state.difference_text}`);
}

export function close() {
  open = null;
  box.hidden = true;
  form.querySelector(".option.wanted")?.classList.remove("wanted");
}

function keep() {
  const { group } = open;
  close();
  form.querySelector(`input[name="${group}"]:checked`).focus();
}
