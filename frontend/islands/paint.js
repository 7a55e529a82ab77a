// The moment after which a page may be busy: what it is about has been painted.

/** Resolves once the page's most important pictures are on the screen, or will not come. */
export async function firstPaint() {
  const pictures = [...document.querySelectorAll("img[fetchpriority=high]")];
  await Promise.allSettled(pictures.map((each) => each.decode()));
  // The first frame is still being made when this is called back: a task of its own comes after it.
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
}
