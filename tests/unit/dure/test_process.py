"""Other processes: numbers in files, who is alive, and ending those who do not want to end."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from dure.local.process import command_line, end_process, is_running, read_pid, works_in

NOBODY_S_PID = 2**22 + 1
"""Above the largest number that Linux gives."""


@contextmanager
def running(*command: str, **options: str) -> Iterator[subprocess.Popen[str]]:
    """A child that is gone when the block ends, however it ends."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **options) as process:  # type: ignore[call-overload]
        try:
            yield process
        finally:
            process.kill()


def wait_for_zombie(pid: int) -> None:
    while psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("content", "pid"),
    [
        ("4711\n", 4711),
        ("4711", 4711),
        ("4711\n/var/lib/dure/pg/data\n1764000000\n5432\n", 4711),
        ("-4711\n", None),
        ("0\n", None),
        ("", None),
        ("\n4711\n", None),
        ("nonsense\n", None),
    ],
)
def test_a_pid_file_holds_a_number_in_its_first_line(tmp_path: Path, content: str, pid: int | None) -> None:
    file = tmp_path / "pid"
    file.write_text(content)

    assert read_pid(file) == pid


def test_a_pid_file_that_is_absent_or_garbage_holds_none(tmp_path: Path) -> None:
    (tmp_path / "garbage").write_bytes(b"\xff\xfe\x00")

    assert read_pid(tmp_path / "absent") is None
    assert read_pid(tmp_path / "garbage") is None


def test_a_living_process_has_its_command_line() -> None:
    with running("sleep", "300") as process:
        # Between exec and its first step a program has no arguments yet.
        while command_line(process.pid) == "sleep":
            time.sleep(0.01)

        assert command_line(process.pid) == "sleep 300"


def test_an_absent_process_has_no_command_line() -> None:
    assert command_line(NOBODY_S_PID) == ""


def test_a_zombie_has_no_command_line_and_does_not_run() -> None:
    with running("true") as process:
        wait_for_zombie(process.pid)
        zombie = psutil.Process(process.pid)

        assert command_line(process.pid) == ""
        assert not is_running(zombie)
        # The control: its number is still taken.
        assert psutil.pid_exists(process.pid)


def test_a_process_that_was_there_is_not_running_any_more() -> None:
    with running("sleep", "300") as process:
        seen = psutil.Process(process.pid)
        assert is_running(seen)
        process.kill()
        process.wait()

    assert not is_running(seen)


def test_a_folder_in_which_somebody_works_is_known(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with running("sleep", "300", cwd=str(tmp_path)):
        assert works_in(tmp_path)
        assert not works_in(tmp_path / "empty")

    assert not works_in(tmp_path)


def test_a_process_that_obeys_is_ended_at_once() -> None:
    with running("sleep", "300") as process:
        started_at = time.monotonic()

        end_process(process.pid, patience=20)

        assert process.wait() == -15
        assert time.monotonic() - started_at < 10


def test_a_process_that_does_not_obey_is_killed_with_its_children_when_patience_ends() -> None:
    stubborn = (
        "import signal, subprocess, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "print(subprocess.Popen(['sleep', '300']).pid, flush=True); time.sleep(300)"
    )
    with running(sys.executable, "-c", stubborn) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        started_at = time.monotonic()

        end_process(process.pid, patience=0.5)

        assert process.wait() == -9
        assert 0.5 <= time.monotonic() - started_at < 10
        assert command_line(child) == ""


def test_ending_a_zombie_does_not_wait_for_somebody_to_bury_it() -> None:
    with running("true") as process:
        wait_for_zombie(process.pid)
        started_at = time.monotonic()

        end_process(process.pid, patience=20)

        assert time.monotonic() - started_at < 10


def test_ending_nobody_is_no_error() -> None:
    end_process(NOBODY_S_PID, patience=0.1)
