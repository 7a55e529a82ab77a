// The pricing lab: a slider tells its value while it moves, and asks again when it is let go.
const form = document.querySelector("#lab");

for (const slider of form?.querySelectorAll("input[type=range]") ?? []) {
  const told = form.querySelector(`output[for="${slider.id}"]`);
  slider.addEventListener("input", () => {
    told.value = slider.value;
  });
  slider.addEventListener("change", () => form.requestSubmit());
}
