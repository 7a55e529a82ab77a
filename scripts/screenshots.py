"""Take the README's picture: starts everything in a throw-away world, designs a piece, and photographs the studio.

Usage: python -m scripts.screenshots
"""

from __future__ import annotations

import io
import signal

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from scripts.browser import installed
from tests.browser.conftest import FLAGS
from tests.stack.running import ROOT, everything

PICTURES = ROOT / "docs" / "pictures"
CHOICES = "glaze=indigo&lid=bamboo&sleeve=ink&stitch=gold&metal=brass&engraving=지우"


def studio(page: Page, address: str) -> bytes:
    page.goto(f"{address}/ko/editions/first-firing/studio/?{CHOICES}")
    page.mouse.move(600, 400)
    page.wait_for_selector("canvas[data-ready]")
    page.wait_for_load_state("networkidle")
    return page.screenshot()


def save(shot: bytes, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    Image.open(io.BytesIO(shot)).convert("RGB").save(PICTURES / name, "WEBP", quality=82, method=6)


def main() -> None:
    # kill ends this as Ctrl-C does: with everything that it has started.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with everything() as (_stack, address), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed(), args=FLAGS)
        save(studio(browser.new_page(viewport={"width": 1280, "height": 800}), address), "studio.webp")
        browser.close()


if __name__ == "__main__":
    main()
