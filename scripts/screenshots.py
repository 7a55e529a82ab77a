"""Take the README's picture: starts everything in a throw-away world, designs a piece, and photographs the studio.

Usage: python -m scripts.screenshots
"""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from scripts.browser import installed
from tests.browser.conftest import FLAGS
from tests.stack.running import ROOT, Stack, free_port, wait_for

PICTURES = ROOT / "docs" / "pictures"
CHOICES = "glaze=indigo&lid=bamboo&sleeve=ink&stitch=gold&metal=brass&engraving=지우"


def studio(page: Page, address: str) -> bytes:
    page.goto(f"{address}/ko/editions/first-firing/studio/?{CHOICES}")
    page.wait_for_selector("canvas[data-ready]")
    page.wait_for_load_state("networkidle")
    return page.screenshot()


def save(shot: bytes, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    Image.open(io.BytesIO(shot)).convert("RGB").save(PICTURES / name, "WEBP", quality=82, method=6)


def main() -> None:
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="dure-") as folder, sync_playwright() as playwright:
        stack = Stack(Path(folder))
        for name in ("DATABASE_URL", "REDIS_URL"):
            del stack.environment[name]
        running = stack.start("manage.py", "run", "--port", str(port))
        wait_for(lambda: "Dure is running." in stack.log.read_text(encoding="utf-8"), "the start", 120)
        browser = playwright.chromium.launch(executable_path=installed(), args=FLAGS)
        save(
            studio(browser.new_page(viewport={"width": 1280, "height": 800}), f"http://127.0.0.1:{port}"), "studio.webp"
        )
        browser.close()
        running.terminate()
        running.wait(timeout=30)


if __name__ == "__main__":
    main()
