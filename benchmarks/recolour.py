"""The live picture in the browser, drawn by the processor: what a phone without a graphics card would have to do."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import sync_playwright

from benchmarks.demo import definition, designs, open_edition
from benchmarks.harness import Figure, UnableToMeasure, benchmark, p95_ms
from benchmarks.web_server import web_server
from configurator.compile import colours
from core.clock import now
from scripts.browser import installed

DESIGNS = 12
ROUNDS = 5
FLAGS = ("--no-sandbox", "--enable-unsafe-swiftshader", "--disable-quic", "--disable-dev-shm-usage")
PATIENCE_MS = 120_000
KEEP_PICTURE = """
    document.addEventListener("dure:picture", ({ detail }) => { window.live = detail.picture; }, true);
"""
# Reading one pixel back waits until all of them are drawn.
REPAINT = """
    ({ paintings, rounds }) => {
      const gl = document.querySelector("[data-part=canvas]").getContext("webgl2");
      const taken = [];
      for (let round = 0; round <= rounds; round += 1) {
        for (const painting of paintings) {
          const begun = performance.now();
          window.live.paint(painting);
          gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
          if (round) taken.push((performance.now() - begun) / 1000);
        }
      }
      return taken;
    }
"""


@benchmark("pictures.recolour", database=True)
def recolour() -> Iterator[Figure]:
    """From new colours to the whole engraved picture of 800 pixels, on the page itself; time on the wall."""
    edition = open_edition(size=100, now=now())
    painted = [colours(definition(), design) for design in designs(DESIGNS)]
    paintings = [
        {
            "colours": dict(each.parts),
            "finishes": {f"{part}/{finish}": 1 for part, finish in each.finishes.items()},
            "inks": {"engraving": each.engraving},
        }
        for each in painted
    ]
    with web_server() as (address, _):
        taken = measure(f"{address}/en/editions/{edition.slug}/studio/?engraving=Mina", paintings)
    yield Figure("p95_ms", p95_ms(taken), "ms")


def measure(address: str, paintings: list[dict[str, object]]) -> list[float]:
    """Seconds of every repaint."""
    path = installed()
    if path is None:
        raise UnableToMeasure("there is no Chromium: `make test` installs one")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        page = chromium.new_page()
        page.add_init_script(KEEP_PICTURE)
        page.goto(address, timeout=PATIENCE_MS)
        # The live picture waits for the first sign of a person.
        page.keyboard.press("Shift")
        page.locator("canvas[data-ready]").wait_for(timeout=PATIENCE_MS)
        taken: list[float] = page.evaluate(REPAINT, {"paintings": paintings, "rounds": ROUNDS})
        chromium.close()
    return taken
