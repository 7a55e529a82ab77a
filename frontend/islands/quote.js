// The conversation with the server: one question after the last change, and only the answer to the last one counts.
import { configuration } from "./configuration.js";
import { data, field, showPageProblem, text } from "./page.js";
import { setBusy } from "./price.js";

const PERSONAL = new Set(["engraving", "font", "artwork"]);

let asked = 0;
let timer = 0;

/**
 * Ask for price, date and rules after a pause. `take` gets the answer, `refuse` the problem; an answer that is
 * overtaken by another change reaches neither.
 */
export function askSoon({ changed, pause, take, refuse }) {
  clearTimeout(timer);
  // From this moment on the price shown is an old one, and so is an answer under way: nothing can be held at it.
  asked += 1;
  setBusy(true);
  timer = setTimeout(() => ask({ changed, take, refuse }), pause);
}

async function ask({ changed, take, refuse }) {
  const mine = ++asked;
  try {
    const [isGood, body] = await post(data.quote_address, { configuration: configuration(), changed, destination: destination() });
    if (mine !== asked) return;
    if (isGood) take(body);
    else refuse(body);
  } catch (error) {
    if (mine !== asked) return;
    if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
    refuse({ detail: text("offline") });
  } finally {
    if (mine === asked) setBusy(false);
  }
}

/** The country to which the piece is to go; nothing where shipping to anywhere is in the price. */
export function destination() {
  return field("destination")?.value ?? "";
}

/** Send something about this edition as JSON: whether it was accepted, and what was answered. */
export async function post(address, body) {
  const answer = await fetch(address, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      "Accept-Language": data.language,
      "X-CSRFToken": field("csrfmiddlewaretoken").value,
    },
    body: JSON.stringify({ edition: data.edition, ...body }),
  });
  return [answer.ok, await answer.json()];
}

/** What the server refused about the whole design; what is wrong with personal content is said beside it. */
export function showRefusal(problem) {
  if (!PERSONAL.has(problem.field)) showPageProblem(problem.detail);
}
