"""Every static check of the project, each in its own line; `--format` mends what can be mended.

All checks run even when one fails, so that one call names everything.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
BIN = Path(PYTHON).parent
# With a key given, settings make none, and no folder for it.
DEVELOPMENT = {"DEBUG": "1", "SECRET_KEY": "for-checks-only"}
PRODUCTION = {
    "DEBUG": "0",
    "SECRET_KEY": "only-for-this-check-0123456789-abcdefghijklmnopqrstuvwxyz-ABC",
    "DATABASE_URL": "postgresql://dure@db.example/dure",
    "REDIS_URL": "redis://cache.example/0",
    "ALLOWED_HOSTS": "dure.example",
    "SITE_HOST": "dure.example",
    "EMAIL_URL": "smtp://mail.example",
    "PAYMENT_VARIANT": "demo",
}


def templates() -> list[str]:
    return [str(path.relative_to(ROOT)) for path in sorted((ROOT / "templates").rglob("*.html"))]


def checks() -> dict[str, tuple[list[str], dict[str, str]]]:
    manage = [PYTHON, "manage.py"]
    return {
        "ruff": ([str(BIN / "ruff"), "check", "--quiet", "."], {}),
        "format": ([str(BIN / "ruff"), "format", "--quiet", "--check", "."], {}),
        "mypy": ([PYTHON, "-m", "mypy", "--no-error-summary", "."], DEVELOPMENT),
        "layers": ([str(BIN / "lint-imports"), "--no-logo"], {}),
        "templates": ([str(BIN / "djade"), "--check", "--target-version", "5.2", *templates()], {}),
        "django": ([*manage, "check", "--fail-level", "WARNING"], DEVELOPMENT),
        "deployment": ([*manage, "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
        "migrations": ([PYTHON, "-W", "ignore", *manage[1:], "makemigrations", "--check", "--dry-run"], DEVELOPMENT),
        "translations": ([PYTHON, "scripts/messages.py", "--check"], DEVELOPMENT),
        "requirements": ([PYTHON, "scripts/requirements.py", "--check"], {}),
    }


def run(command: list[str], environment: dict[str, str]) -> tuple[bool, str]:
    # Django's own checks make the folder of a cache; it must not stay.
    with tempfile.TemporaryDirectory() as home:
        every = {**os.environ, **environment, "DURE_HOME": home}
        done = subprocess.run(command, cwd=ROOT, env=every, capture_output=True, text=True, check=False)
    return done.returncode == 0, (done.stdout + done.stderr).strip()


def api_file_is_up_to_date() -> tuple[bool, str]:
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / "openapi.yaml"
        command = [PYTHON, "manage.py", "spectacular", "--validate", "--fail-on-warn", "--file", str(draft)]
        good, output = run(command, DEVELOPMENT)
        if good and draft.read_bytes() != (ROOT / "docs" / "openapi.yaml").read_bytes():
            return False, "docs/openapi.yaml is not what the API says: run `make openapi`."
        return good, output


def format_all() -> None:
    for command in (
        [str(BIN / "ruff"), "check", "--fix", "--quiet", "."],
        [str(BIN / "ruff"), "format", "--quiet", "."],
        [str(BIN / "djade"), "--target-version", "5.2", *templates()],
    ):
        subprocess.run(command, cwd=ROOT, check=False)


def main() -> None:
    if sys.argv[1:] == ["--format"]:
        format_all()
        return
    results = {name: run(*each) for name, each in checks().items()} | {"openapi": api_file_is_up_to_date()}
    for name, (good, output) in results.items():
        print(f"{'ok  ' if good else 'FAIL'} {name}")
        if not good:
            print("     " + output.replace("\n", "\n     "))
    sys.exit(0 if all(good for good, _ in results.values()) else 1)


if __name__ == "__main__":
    main()
