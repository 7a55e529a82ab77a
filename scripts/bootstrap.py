"""Make `.venv` and install a hashed requirements file into it; needs nothing but Python.

Usage: python3 scripts/bootstrap.py requirements.txt (DURE_VENV names another folder of the clone than `.venv`)

Idempotent: a stamp inside `.venv` remembers what was installed, so a second run takes
milliseconds; a `.venv` that is half made, or another Python's, is made afresh, and its stamps go
with it. Every way in which this fails on a stranger's machine is said in one sentence.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / os.environ.get("DURE_VENV", ".venv")
LOG = VENV / "install.log"
OLDEST_PYTHON = (3, 11)

CAUSES = (
    (
        r"No space left on device",
        "The disk is full: make room (about 1 GB) and run the same command again.",
    ),
    (
        r"(?i)(error: command '[^']*(gcc|cc|clang|cl\.exe)[^']*' failed|no such file or directory: '(gcc|cc|clang)')"
        r"|Microsoft Visual C\+\+ .* is required|unable to execute '(gcc|cc|clang)'",
        "A package has no ready-made wheel for this machine and no C compiler was found: install one"
        " (Debian and Ubuntu: apt install build-essential; macOS: xcode-select --install) and run it again.",
    ),
    (
        r"THESE PACKAGES DO NOT MATCH THE HASHES",
        "A downloaded package is not the one that Dure was tested with (its hash differs): try again, and"
        " if it happens twice, do not trust the network in between.",
    ),
    (
        r"(?i)Temporary failure in name resolution|Failed to establish a new connection|Network is unreachable"
        r"|getaddrinfo failed|nodename nor servname|Could not fetch URL|ConnectTimeout|Read timed out"
        r"|No matching distribution found|Connection refused",
        "The Python packages could not be fetched: check the network (or the proxy) and run it again.",
    ),
)


def fail(sentence: str) -> None:
    """End with one sentence on standard error, without a traceback."""
    sys.exit(f"dure: {sentence}")


def venv_python() -> Path:
    folder = "Scripts" if os.name == "nt" else "bin"
    return VENV / folder / "python"


def run_logged(command: list[str]) -> bool:
    """Run a command with its output appended to the log; say whether it succeeded."""
    with LOG.open("a", encoding="utf-8") as log:
        done = subprocess.run(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, check=False)
    return done.returncode == 0


def is_sound(version: tuple[int, int]) -> bool:
    """Whether `.venv` has a Python of this version that can install packages.

    It cannot when venv was interrupted or found no ensurepip, and when the system's Python was replaced by a
    newer one, which looks for packages in a folder of its own.
    """
    question = f"import pip, sys; sys.exit(sys.version_info[:2] != {tuple(version)})"
    try:
        answer = subprocess.run([venv_python(), "-I", "-c", question], capture_output=True, check=False)
    except OSError:
        return False
    return answer.returncode == 0


def make_venv() -> None:
    if is_sound(sys.version_info[:2]):
        return
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode != 0:
        if "ensurepip" in made.stdout + made.stderr:
            fail(
                "Python's venv module is incomplete here: install it (Debian and Ubuntu: apt install python3-venv)"
                " and run it again."
            )
        fail(f"{VENV.name} could not be made: {(made.stderr or made.stdout).strip().splitlines()[-1]}")


def explain(log_text: str) -> str:
    """Turn the installer's output into one sentence that says what to do."""
    for pattern, sentence in CAUSES:
        if re.search(pattern, log_text):
            return f"{sentence} (Details: {LOG.relative_to(ROOT)})"
    return f"The Python packages could not be installed; the reason is at the end of {LOG.relative_to(ROOT)}."


def install(requirements: Path) -> None:
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()[:20]
    stamp = VENV / f".installed-{requirements.stem}-{digest}"
    if stamp.exists():
        return
    print(f"Installing {requirements.name} into {VENV.name} (a minute or two, once) …", flush=True)
    LOG.write_text("", encoding="utf-8")
    pip = [str(venv_python()), "-m", "pip", "--disable-pip-version-check"]
    if not run_logged([*pip, "install", "--quiet", "--require-hashes", "--prefer-binary", "-r", str(requirements)]):
        fail(explain(LOG.read_text(encoding="utf-8", errors="replace")))
    for old in VENV.glob(f".installed-{requirements.stem}-*"):
        old.unlink()
    stamp.touch()


def main() -> None:
    if sys.version_info < OLDEST_PYTHON:
        found = ".".join(map(str, sys.version_info[:3]))
        fail(f"Python 3.11 or newer is needed, and this is {found}: try `make run PYTHON=python3.12`.")
    if len(sys.argv) != 2:
        fail("usage: python3 scripts/bootstrap.py requirements.txt")
    try:
        make_venv()
        install(ROOT / sys.argv[1])
    except KeyboardInterrupt:
        fail("Stopped before everything was installed: the same command goes on with it.")


if __name__ == "__main__":
    main()
