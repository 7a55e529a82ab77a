"""Whatever ends the tests, or keeps a stack from starting: no server is left behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from dure.local.home import Home
from dure.local.process import UnableToRun
from tests.stack.running import ROOT, everything, kill_with_children, stack, wait_for

pytestmark = pytest.mark.stack


def left_in(folder: str) -> list[str]:
    """The command lines of every process that works in a folder or names it."""
    found = []
    for process in psutil.process_iter(["cmdline", "cwd", "status"]):
        words = " ".join(process.info["cmdline"] or [])
        if folder in f"{words} {process.info['cwd']}" and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(words)
    return found


@pytest.fixture
def outer(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """What `make test` runs, with a test that has services of its own and waits."""
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "scripts/tests.py", "-p", "no:cacheprovider", "tests/stack/interrupted.py"],
            cwd=ROOT,
            env={**os.environ, "DEBUG": "1", "TELL": str(tmp_path / "told")},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    yield process
    kill_with_children(process)


@pytest.mark.parametrize("to_all", [False, True], ids=["to make test alone", "to everything at once"])
def test_kill_ends_tests_with_all_that_they_have_started(
    outer: subprocess.Popen[bytes], tmp_path: Path, to_all: bool
) -> None:
    told = tmp_path / "told"
    wait_for(lambda: outer.poll() is not None or (told.exists() and told.read_text()), "the test's own services")
    folder = told.read_text()
    assert left_in(folder)

    if to_all:
        os.killpg(outer.pid, signal.SIGTERM)
    else:
        outer.terminate()

    assert outer.wait(timeout=60) == pytest.ExitCode.INTERRUPTED
    wait_for(lambda: left_in(folder) == [], "the end of the services", 10)
    assert not Path(folder).exists()


def test_a_stack_whose_broker_does_not_start_leaves_no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    homes: list[Home] = []

    def fail(home: Home) -> bool:
        homes.append(home)
        assert left_in(str(home.path))
        raise UnableToRun("Valkey did not start.")

    monkeypatch.setattr("dure.local.valkey.start", fail)

    with pytest.raises(UnableToRun, match="Valkey did not start"), stack():
        pass

    assert left_in(str(homes[0].path)) == []


def test_a_start_that_takes_too_long_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    made: set[str] = set()
    make = Home.make

    def make_and_tell(home: Home) -> None:
        made.add(str(home.path))
        make(home)

    monkeypatch.setattr(Home, "make", make_and_tell)

    with pytest.raises(AssertionError, match=r"the start did not happen within 3 s"), everything(patience=3):
        pass

    (folder,) = made
    assert left_in(folder) == []
