"""Make sure that tests have a browser: an installed one, else apt's when root, else Playwright's own download."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
START_SECONDS = 60
# Every machine that a Korean page is read on has a Korean typeface.
PACKAGES = ("chromium", "fonts-nanum")


def installed() -> str | None:
    """The path of a Chromium or Chrome of this machine that starts; BROWSER_PATH is taken as it is."""
    given = os.environ.get("BROWSER_PATH")
    return given or next((path for name in NAMES if (path := shutil.which(name)) and starts(path)), None)


def starts(path: str) -> bool:
    """Whether a browser says its version: Ubuntu's chromium-browser may only say where to get one."""
    try:
        done = subprocess.run([path, "--version"], capture_output=True, check=False, timeout=START_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def install_by_apt() -> bool:
    if not may_use_apt():
        return False
    print("Installing chromium and a Korean typeface by apt (once) …", flush=True)
    quiet = {"env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, "stdout": subprocess.DEVNULL}
    subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)  # type: ignore[call-overload]
    done = subprocess.run(["apt-get", "install", "-y", "-qq", *PACKAGES], check=False, **quiet)  # type: ignore[call-overload]
    return done.returncode == 0 and installed() is not None


def download() -> bool:
    """Playwright's own build, in its own cache, with the libraries that it needs where they may be installed."""
    libraries = ["--with-deps"] if may_use_apt() else []
    command = [sys.executable, "-m", "playwright", "install", *libraries, "chromium"]
    return subprocess.run(command, check=False).returncode == 0 and starts(downloaded())


def downloaded() -> str:
    """Where Playwright keeps its own build, or would."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 (slow, and seldom needed)

    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def may_use_apt() -> bool:
    return bool(shutil.which("apt-get")) and os.geteuid() == 0


def main() -> None:
    given = os.environ.get("BROWSER_PATH")
    if given and not starts(given):
        sys.exit(f"BROWSER_PATH names {given}, which does not start as a browser.")
    if not (installed() or starts(downloaded()) or install_by_apt() or download()):
        sys.exit("The browser tests need Chromium, and none could be installed: install one, or set BROWSER_PATH.")


if __name__ == "__main__":
    main()
