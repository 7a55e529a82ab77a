"""Bring `locale/` up to date with the sources; `--check` only says whether it is, and whether it is complete.

Needs GNU gettext. Locations and dates are left out of the files, so that only texts change them.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("ko",)
IGNORED = ("frontend/*", "build/*", ".venv/*", "tests/*", "benchmarks/*", "scripts/*", "photography/*")


def ensure_gettext() -> None:
    """Install GNU gettext where this may be done without asking; otherwise say how."""
    if shutil.which("xgettext"):
        return
    if shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(["apt-get", "install", "-y", "-qq", "gettext"], check=False, stdout=subprocess.DEVNULL)
    if not shutil.which("xgettext"):
        sys.exit("GNU gettext is needed here: install it (apt install gettext, brew install gettext).")


def make_messages(root: Path, **environment: str) -> None:
    command = [sys.executable, "manage.py", "makemessages", "--no-location", "--no-wrap", "--no-obsolete", "-v0"]
    command += [part for language in LANGUAGES for part in ("--locale", language)]
    command += [part for pattern in IGNORED for part in ("--ignore", pattern)]
    subprocess.run(command, cwd=root, check=True, env={**os.environ, **environment})
    for file in catalogues(root):
        text = re.sub(r'"POT-Creation-Date: .*\\n"\n', "", file.read_text(encoding="utf-8"))
        file.write_text(text, encoding="utf-8")


def catalogues(root: Path) -> list[Path]:
    return [root / "locale" / language / "LC_MESSAGES" / "django.po" for language in LANGUAGES]


def problems(root: Path) -> list[str]:
    """Texts that are new, gone, untranslated or only guessed."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(root, copy, ignore=shutil.ignore_patterns(".venv", "node_modules", "build", ".git", "*_cache"))
        # The copy must not make a folder for data of its own.
        make_messages(copy, DURE_HOME=str(Path(folder) / "home"))
        found: list[str] = []
        for old, new in zip(catalogues(root), catalogues(copy), strict=True):
            found += _differences(_read(old), _read(new))
        return found


def _differences(old: Catalog, new: Catalog) -> list[str]:
    before, after = (
        {_key(message.id, message.context): message for message in each if message.id} for each in (old, new)
    )
    found = [f"not in the catalogue yet: {key}" for key in after.keys() - before.keys()]
    found += [f"no longer in the sources: {key}" for key in before.keys() - after.keys()]
    found += [f"not translated: {key}" for key, each in before.items() if not _is_translated(each.string)]
    found += [f"only guessed: {key}" for key, each in before.items() if each.fuzzy]
    return sorted(found)


def _key(text: object, context: str | None) -> str:
    return f"{context or ''}{text if isinstance(text, str) else ' / '.join(text)}"  # type: ignore[arg-type]


def _is_translated(text: str | tuple[str, ...] | list[str] | None) -> bool:
    return all(text) if isinstance(text, tuple | list) else bool(text)


def _read(file: Path) -> Catalog:
    with file.open("rb") as source:
        return read_po(source)


def main() -> None:
    ensure_gettext()
    if sys.argv[1:] != ["--check"]:
        make_messages(ROOT)
        return
    found = problems(ROOT)
    if found:
        sys.exit("Translations are not up to date (`make messages`):\n  " + "\n  ".join(found))


if __name__ == "__main__":
    main()
