"""Make sure that tests have a browser: an installed one, else apt's when root, else Playwright's own download."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def installed() -> str | None:
    """The path of a Chromium or Chrome on this machine."""
    given = os.environ.get("BROWSER_PATH")
    return given or next((path for name in NAMES if (path := shutil.which(name))), None)


def install_by_apt() -> bool:
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return False
    print("Installing chromium by apt (once) …", flush=True)
    quiet = {"env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, "stdout": subprocess.DEVNULL}
    subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)  # type: ignore[call-overload]
    done = subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=False, **quiet)  # type: ignore[call-overload]
    return done.returncode == 0 and installed() is not None


def download() -> bool:
    """Playwright's own build, in its own cache."""
    return subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False).returncode == 0


def main() -> None:
    if not (installed() or install_by_apt() or download()):
        sys.exit("The browser tests need Chromium, and it could not be installed: install it, or set BROWSER_PATH.")


if __name__ == "__main__":
    main()
