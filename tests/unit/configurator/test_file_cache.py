"""The cache of files: under its cap, the longest unused first, each file made once by whoever comes first."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from configurator.pictures import file_cache
from configurator.pictures.file_cache import FileCache
from configurator.pictures.single_flight import turn

ASKERS = 4
ASKER = """
import sys, time
from pathlib import Path
from configurator.pictures import file_cache
folder, log, guarded = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] == "guarded"
if not guarded:
    from contextlib import nullcontext
    file_cache.turn = lambda *_: nullcontext()
def make():
    with log.open("a") as lines:
        lines.write("made\\n")
    time.sleep(0.4)
    return b"picture"
print("ready", flush=True)
sys.stdin.readline()
assert file_cache.FileCache(folder, 10**6).get_or_make("key", make) == b"picture"
"""
HOLDER = """
import sys, time
from pathlib import Path
from configurator.pictures.single_flight import turn
with turn(Path(sys.argv[1]), 5) as had:
    print(had, flush=True)
    time.sleep(60)
"""


@contextmanager
def running(script: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """A Python process of its own."""
    command = [sys.executable, "-c", script, *map(str, arguments)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


@pytest.fixture
def cache(tmp_path: Path) -> FileCache:
    return FileCache(tmp_path / "files", 10**6)


def kept(cache: FileCache) -> list[Path]:
    return [path for path in cache.folder.glob("*/*") if path.is_file()]


@pytest.mark.parametrize(("guard", "times"), [("guarded", 1), ("unguarded", ASKERS)])
def test_processes_that_ask_at_once_make_a_file_once(tmp_path: Path, guard: str, times: int) -> None:
    log = tmp_path / "log"
    with ExitStack() as askers:
        processes = [askers.enter_context(running(ASKER, tmp_path / "files", log, guard)) for _ in range(ASKERS)]
        assert [said(process) for process in processes] == ["ready"] * ASKERS
        for process in processes:
            assert process.stdin
            print(file=process.stdin, flush=True)
        assert [process.wait(timeout=30) for process in processes] == [0] * ASKERS

    assert log.read_text().count("made") == times


@pytest.mark.parametrize("guarded", [True, False])
def test_threads_that_ask_at_once_make_a_file_once(
    cache: FileCache, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    made: list[int] = []
    start = threading.Barrier(ASKERS)

    @contextmanager
    def unguarded(*_: object) -> Iterator[bool]:
        yield True

    if not guarded:
        monkeypatch.setattr(file_cache, "turn", unguarded)

    def make() -> bytes:
        made.append(1)
        time.sleep(0.2)
        return b"picture"

    def ask() -> None:
        start.wait()
        assert cache.get_or_make("key", make) == b"picture"

    threads = [threading.Thread(target=ask) for _ in range(ASKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(made) == (1 if guarded else ASKERS)
    assert [path.name for path in kept(cache)] == [cache.path("key").name], "no lock and no draft is left"


def test_whoever_dies_while_making_keeps_nobody_waiting(tmp_path: Path) -> None:
    file = tmp_path / "locks" / "key.lock"
    with running(HOLDER, file) as holder:
        assert said(holder) == "True"
        with turn(file, 0.05) as had:
            assert had is False, "control: while it lives, it is waited for"
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()

        with turn(file, 5) as had:
            assert had is True
    assert not file.exists()


def test_whoever_is_slow_is_waited_for_only_so_long(cache: FileCache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_cache, "WAIT_SECONDS", 0.05)
    with turn(cache.path("key").with_suffix(".lock"), 1):
        assert cache.get_or_make("key", lambda: b"picture") == b"picture"


def test_what_could_not_be_made_is_tried_again_by_the_next(cache: FileCache) -> None:
    def fail() -> bytes:
        raise KeyError("no colour for lid")

    with pytest.raises(KeyError, match="no colour for lid"):
        cache.get_or_make("key", fail)

    assert kept(cache) == []
    assert cache.get_or_make("key", lambda: b"picture") == b"picture"
    assert cache.get_or_make("key", fail) == b"picture"


def test_a_disk_that_takes_nothing_is_logged_and_the_file_is_handed_out(
    cache: FileCache, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(file_cache.tempfile, "mkstemp", full)

    assert cache.get_or_make("key", lambda: b"picture") == b"picture"
    assert "could not be kept" in caplog.text
    assert cache.get("key") is None


def test_the_cap_holds_whatever_is_written(tmp_path: Path) -> None:
    cache = FileCache(tmp_path / "files", 16_000)

    for number in range(200):
        cache.put(str(number), bytes(500))
        assert sum(path.stat().st_size for path in kept(cache)) <= 16_000

    assert cache.get("199") == bytes(500)
    # Room is made for four processes' next writes, no more.
    assert sum(path.stat().st_size for path in kept(cache)) > 16_000 * 0.6


def test_what_was_used_longest_ago_goes_first(tmp_path: Path) -> None:
    cache = FileCache(tmp_path / "files", 16_000)
    for number in range(20):
        cache.put(str(number), bytes(500))
        os.utime(cache.path(str(number)), ns=(number, number))
    cache.get("0")

    for number in range(20, 32):
        cache.put(str(number), bytes(500))

    assert cache.get("0") == bytes(500), "it was just used"
    assert cache.get("1") is None
    assert cache.get("31") == bytes(500)


def test_a_file_larger_than_the_cap_is_made_and_not_kept(tmp_path: Path) -> None:
    cache = FileCache(tmp_path / "files", 100)

    assert cache.get_or_make("key", lambda: bytes(500)) == bytes(500)
    assert kept(cache) == []
