"""Compile `requirements*.in` to hashed `requirements*.txt` for every platform; `--check` only compares.

No index address is written: the files must not name where one machine gets its packages.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILES = {
    "requirements.in": "requirements.txt",
    "requirements-dev.in": "requirements-dev.txt",
    "photography/requirements.in": "photography/requirements.txt",
}
HEADER = "# Compiled from {source} by `make requirements`; do not edit.\n"


def compiled(source: str, target: str, folder: Path) -> str:
    """The text that `target` should have. Pins of the present file are kept where they still fit."""
    draft = folder / target
    draft.parent.mkdir(exist_ok=True)
    if (ROOT / target).exists():
        shutil.copy(ROOT / target, draft)
    command = [
        *(sys.executable, "-m", "uv", "pip", "compile", source, "--output-file", str(draft), "--quiet"),
        *("--universal", "--python-version", "3.11", "--generate-hashes", "--no-header", "--no-annotate"),
        *("--no-emit-index-url", "--no-emit-find-links"),
    ]
    if source == "requirements-dev.in":
        command += ["--constraint", "requirements.txt"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{source} cannot be compiled: {done.stderr.strip()}")
    return HEADER.format(source=source) + draft.read_text(encoding="utf-8")


def main() -> None:
    check = sys.argv[1:] == ["--check"]
    with tempfile.TemporaryDirectory() as folder:
        for source, target in FILES.items():
            wanted = compiled(source, target, Path(folder))
            file = ROOT / target
            if file.exists() and file.read_text(encoding="utf-8") == wanted:
                continue
            if check:
                sys.exit(f"{target} is not what {source} compiles to: run `make requirements`.")
            file.write_text(wanted, encoding="utf-8")
            print(f"Wrote {target}.")


if __name__ == "__main__":
    main()
