// "Surprise me", "finish it for me", "fit to my limit": the server proposes whole choices.
import { budget } from "./budget.js";
import { choices, configuration } from "./configuration.js";
import { data, form, text } from "./page.js";
import { destination, post } from "./quote.js";

/** `take` gets the kind and the choices proposed, `refuse` the problem; `touched` says what the customer chose herself. */
export function start({ touched, take, refuse }) {
  form.addEventListener("submit", async (event) => {
    if (event.submitter?.name !== "kind") return;
    event.preventDefault();
    const kind = event.submitter.value;
    const before = choices();
    try {
      const [isGood, body] = await post(data.suggest_address, question(kind, touched()));
      // Somebody who went on choosing meanwhile does not lose that.
      if (before !== choices()) return;
      if (isGood) take(kind, body.choices);
      else refuse(body);
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
      refuse({ detail: text("offline") });
    }
  });
}

function question(kind, touched) {
  const there = Object.keys(choices());
  const own = touched.filter((group) => there.includes(group));
  // When everything is somebody's own choice there is nothing left to be surprised by: then everything may change.
  const keep = kind === "surprise" && own.length === there.length ? [] : own;
  const seed = crypto.getRandomValues(new Uint32Array(1))[0];
  return { configuration: configuration(), keep, budget: budget(), kind, seed, destination: destination() };
}
