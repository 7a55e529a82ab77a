"""What is wrong on a stranger's machine is one sentence: commands in an environment in which they cannot work."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stack.running import ROOT, free_port

pytestmark = pytest.mark.stack

PASSWORD = "correct-horse"


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder short enough for sockets, and open to the servers' user, to make homes in."""
    with tempfile.TemporaryDirectory(prefix="dure-") as made:
        Path(made).chmod(0o755)
        yield Path(made)


def complaint(*arguments: str, **environment: str) -> str:
    """The one line that a management command ends with; it must fail, without a traceback."""
    hidden = ("DATABASE_URL", "REDIS_URL", "DURE_HOME", "SECRET_KEY", "PORT")
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**{name: value for name, value in os.environ.items() if name not in hidden}, "DEBUG": "1", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout
    (line,) = done.stderr.splitlines()
    return line


@pytest.mark.parametrize("port", ["abc", "99999"])
def test_a_port_that_is_none(folder: Path, port: str) -> None:
    said = complaint("run", PORT=port, DURE_HOME=str(folder / "home"))

    assert said == f"CommandError: '{port}' is no port: PORT is a number from 1 to 65535."


def test_a_home_with_other_things_in_it(folder: Path) -> None:
    (folder / "thesis").touch()

    for arguments in (["run"], ["services", "erase"]):
        said = complaint(*arguments, DURE_HOME=str(folder))
        assert said == f"dure: The folder {folder} holds things that are not Dure's: set DURE_HOME to an empty one."

    assert [entry.name for entry in folder.iterdir()] == ["thesis"]
    assert folder.stat().st_mode & 0o777 == 0o755


def test_a_setting_that_is_missing_or_cannot_be_read(folder: Path) -> None:
    home = str(folder / "home")

    assert complaint("check", DEBUG="0").startswith("dure: SECRET_KEY is not set.")
    assert complaint("check", DURE_HOME=home, FACTORY_SPEED="fast").startswith(
        'dure: Environment variable "FACTORY_SPEED" invalid'
    )
    assert complaint("check", DURE_HOME=home, DATABASE_URL="nonsense").startswith(
        'dure: Environment variable "DATABASE_URL" invalid'
    )


def test_a_database_that_does_not_answer(folder: Path) -> None:
    server = f"postgresql://dure:{PASSWORD}@127.0.0.1:{free_port()}/dure"

    said = complaint("run", PORT=str(free_port()), DURE_HOME=str(folder / "home"), DATABASE_URL=server)

    assert said.startswith("CommandError: The database does not answer (DATABASE_URL): ")
    assert "Connection refused" in said
    assert PASSWORD not in said


@pytest.mark.parametrize(
    ("scheme", "reason"),
    [
        ("redis://", "The broker does not answer (REDIS_URL): Error "),
        ("", "REDIS_URL is no address of a broker: Redis URL must specify one of the following schemes"),
    ],
)
def test_a_broker_that_does_not_answer(folder: Path, scheme: str, reason: str) -> None:
    server = f"{scheme}:{PASSWORD}@127.0.0.1:{free_port()}/0"

    said = complaint("run", PORT=str(free_port()), DURE_HOME=str(folder / "home"), REDIS_URL=server)

    assert said.startswith(f"CommandError: {reason}")
    assert PASSWORD not in said


def test_the_staff_login_before_the_first_run(folder: Path) -> None:
    said = complaint("staff_login", DURE_HOME=str(folder / "home"))

    assert said == "CommandError: The database does not answer: start Dure first (make run)."


# --- Make ---------------------------------------------------------------------------------------------


def test_a_half_made_venv_is_made_afresh(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "bootstrap.py", tmp_path / "scripts")
    (tmp_path / "none.txt").touch()
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / ".venv")], check=True)

    for _ in range(2):
        subprocess.run([sys.executable, "scripts/bootstrap.py", "none.txt"], cwd=tmp_path, check=True)

    subprocess.run([tmp_path / ".venv" / "bin" / "python", "-c", "import pip"], check=True)


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (["test", "TESTS=--version"], "pytest "),
        (["bench", "ONLY=nothing"], "No benchmark is called nothing"),
        (["clean-data"], "There are no data to remove."),
    ],
)
def test_what_needs_no_data_makes_no_folder_for_them(folder: Path, target: list[str], said: str) -> None:
    hidden = ("SECRET_KEY", "MAKEFLAGS", "MAKELEVEL", "MFLAGS")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    done = subprocess.run(
        ["make", *target],
        cwd=ROOT,
        env={**environment, "DURE_HOME": str(folder / "home")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert said in done.stdout + done.stderr
    assert not (folder / "home").exists()
