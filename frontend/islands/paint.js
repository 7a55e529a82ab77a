// The moment after which a page may be busy: what it is about has been painted.

const PATIENCE = 2500;

/** Resolves once the page's most important pictures are on the screen, will not come, or keep everybody waiting. */
export async function firstPaint() {
  const pictures = [...document.querySelectorAll("img[fetchpriority=high]")];
  const late = new Promise((done) => setTimeout(done, PATIENCE));
  await Promise.race([Promise.allSettled(pictures.map((each) => each.decode())), late]);
  // The first frame is still being made when this is called back: a task of its own comes after it.
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
}
