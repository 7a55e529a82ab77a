"""The supervisor with real children: it revives, gives up, ends all in time, and clears up after a killed one."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

PATIENCE = 20.0
"""Seconds within which anything must happen on a busy machine."""

# Each script notes its pid in a file of its name and then lives on.
OBEDIENT = "echo $$ >> {folder}/{name}; exec sleep 300"
STUBBORN = "trap '' TERM; echo $$ >> {folder}/{name}; while :; do sleep 0.1; done"
SHORT_LIVED = "echo $$ >> {folder}/{name}; exit 3"
# A parent that does not wait for its own child, as a web server whose main process is killed.
WITH_A_WORKER = "sleep 300 & echo $! >> {folder}/{name}-worker; echo $$ >> {folder}/{name}; wait"


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def is_gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@dataclass
class Stage:
    """A folder, the supervisors that a test starts in it, and the pids that their children noted."""

    folder: Path
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def supervise(self, *, settings: dict[str, float] | None = None, **scripts: str) -> subprocess.Popen[bytes]:
        children = {name: script.format(folder=self.folder, name=name) for name, script in scripts.items()}
        plan = {"folder": str(self.folder), "children": children, "settings": settings or {}}
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.unit.dure.supervise", json.dumps(plan)], stdout=log, stderr=log
            )
        self.started.append(process)
        return process

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def says(self, words: str) -> bool:
        return words in self.log.read_text(encoding="utf-8")

    def pids(self, name: str) -> list[int]:
        file = self.folder / name
        return [int(line) for line in file.read_text().split()] if file.exists() else []

    def newest(self, name: str, count: int = 1) -> int:
        """The pid of the child's life number `count`, once it lives."""
        wait_until(lambda: len(self.pids(name)) >= count or all(each.poll() is not None for each in self.started))
        assert len(self.pids(name)) >= count, self.log.read_text(encoding="utf-8")
        return self.pids(name)[count - 1]

    def clear(self) -> None:
        """End the supervisors, hard, and then every child that noted its pid."""
        for process in self.started:
            process.kill()
            process.wait(timeout=PATIENCE)
        for pid in (pid for name in ("web", "web-worker", "beat") for pid in self.pids(name)):
            if not is_gone(pid):
                os.kill(pid, signal.SIGKILL)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    (tmp_path / "log").touch()
    stage = Stage(tmp_path)
    yield stage
    stage.clear()


# --- While it runs ----------------------------------------------------------------------------------


def test_a_child_that_dies_is_started_again_and_its_neighbour_is_left_alone(stage: Stage) -> None:
    stage.supervise(web=OBEDIENT, beat=OBEDIENT)
    first, neighbour = stage.newest("web"), stage.newest("beat")

    os.kill(first, signal.SIGKILL)

    second = stage.newest("web", 2)
    assert second != first
    assert not is_gone(second)
    assert stage.pids("beat") == [neighbour]
    assert not is_gone(neighbour)
    wait_until(lambda: stage.says("web ended (exit code -9) and is started again."))


def test_workers_of_a_child_that_was_killed_do_not_live_on_beside_the_new_one(stage: Stage) -> None:
    stage.supervise(web=WITH_A_WORKER)
    first, orphan = stage.newest("web"), stage.newest("web-worker")

    os.kill(first, signal.SIGKILL)

    second = stage.newest("web-worker", 2)
    assert is_gone(orphan)
    assert not is_gone(second)


def test_a_child_that_ends_again_and_again_ends_the_run_with_a_sentence(stage: Stage) -> None:
    boss = stage.supervise(settings={"MOST_SHORT_LIVES": 3}, web=SHORT_LIVED, beat=OBEDIENT)
    neighbour = stage.newest("beat")

    assert boss.wait(timeout=PATIENCE) == 1

    assert stage.says("refused: web ends again and again (exit code 3): its last lines say why.")
    assert len(stage.pids("web")) == 3
    assert is_gone(neighbour)


def test_a_child_that_lived_long_enough_is_started_again_for_ever(stage: Stage) -> None:
    # Every life counts as long: five of them are no reason to give up, and none has to wait.
    boss = stage.supervise(settings={"MOST_SHORT_LIVES": 2, "SHORT_LIFE_SECONDS": 0.0}, web=SHORT_LIVED)

    stage.newest("web", 5)

    assert boss.poll() is None


def test_a_child_s_lines_carry_its_name(stage: Stage) -> None:
    stage.supervise(web="echo hello; echo trouble >&2; exec sleep 300")

    wait_until(lambda: stage.says("web    | hello\nweb    | trouble\n"))
    wait_until(lambda: stage.says("up\n"))


def test_other_servers_are_looked_after_every_second(stage: Stage) -> None:
    stage.supervise(web=OBEDIENT)

    wait_until(lambda: (stage.folder / "kept-up").exists() and len((stage.folder / "kept-up").read_text()) >= 2)


# --- How it ends ------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_every_child_in_order(stage: Stage, number: signal.Signals) -> None:
    polite = (
        "trap 'echo bye >> {folder}/goodbyes; exit 0' TERM; echo $$ >> {folder}/{name}; while :; do sleep 0.05; done"
    )
    boss = stage.supervise(web=polite, beat=OBEDIENT)
    pids = [stage.newest("web"), stage.newest("beat")]

    boss.send_signal(number)

    assert boss.wait(timeout=PATIENCE) == 0
    assert all(is_gone(pid) for pid in pids)
    assert (stage.folder / "goodbyes").read_text() == "bye\n"
    assert not (stage.folder / "children.json").exists()
    assert not stage.says("was killed")


def test_a_child_that_ignores_the_signal_is_killed_when_the_time_is_up(stage: Stage) -> None:
    boss = stage.supervise(settings={"SHUTDOWN_SECONDS": 1.0}, web=STUBBORN, beat=OBEDIENT)
    stubborn, obedient = stage.newest("web"), stage.newest("beat")

    asked_at = time.monotonic()
    boss.send_signal(signal.SIGTERM)
    wait_until(lambda: is_gone(obedient))
    assert not is_gone(stubborn)

    assert boss.wait(timeout=PATIENCE) == 0
    # The bound is one second here; the rest is a busy machine.
    assert 1.0 <= time.monotonic() - asked_at < 1.0 + 5.0
    assert is_gone(stubborn)
    assert stage.says(f"Process {stubborn} did not end in time and was killed.")


def test_a_worker_that_outlives_its_parent_is_killed_when_the_time_is_up(stage: Stage) -> None:
    leaves_one = (
        "(trap '' TERM; while :; do sleep 0.1; done) & echo $! >> {folder}/{name}-worker; "
        "echo $$ >> {folder}/{name}; wait"
    )
    boss = stage.supervise(settings={"SHUTDOWN_SECONDS": 1.0}, web=leaves_one)
    stage.newest("web")
    worker = stage.newest("web-worker")

    boss.send_signal(signal.SIGTERM)

    assert boss.wait(timeout=PATIENCE) == 0
    assert is_gone(worker)


def test_a_second_signal_does_not_wait(stage: Stage) -> None:
    boss = stage.supervise(settings={"SHUTDOWN_SECONDS": 300.0}, web=STUBBORN, beat=OBEDIENT)
    stubborn, obedient = stage.newest("web"), stage.newest("beat")

    boss.send_signal(signal.SIGINT)
    # The supervisor has understood the first one when it has passed it on.
    wait_until(lambda: is_gone(obedient))
    assert not is_gone(stubborn)
    time.sleep(0.6)
    boss.send_signal(signal.SIGINT)

    assert boss.wait(timeout=PATIENCE) == 0
    assert is_gone(stubborn)


def test_two_signals_at_once_are_one_wish(stage: Stage) -> None:
    slow = "trap 'sleep 0.7; echo bye >> {folder}/goodbyes; exit 0' TERM; echo $$ >> {folder}/{name}; "
    boss = stage.supervise(web=slow + "while :; do sleep 0.05; done")
    stage.newest("web")

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGTERM):
        boss.send_signal(number)

    assert boss.wait(timeout=PATIENCE) == 0
    assert (stage.folder / "goodbyes").read_text() == "bye\n"


# --- One after another ------------------------------------------------------------------------------


def test_what_a_killed_supervisor_left_behind_is_ended_by_the_next(stage: Stage) -> None:
    killed = stage.supervise(web=OBEDIENT, beat=OBEDIENT)
    left = [stage.newest("web"), stage.newest("beat")]
    wait_until(lambda: len(json.loads((stage.folder / "children.json").read_text())) == 2)
    killed.kill()
    killed.wait()
    # The control: nobody else ends them.
    assert not any(is_gone(pid) for pid in left)

    stage.supervise(settings={"SHUTDOWN_SECONDS": 2.0}, web=OBEDIENT)

    wait_until(lambda: stage.says("after a kill"))
    second = stage.newest("web", 2)
    assert all(is_gone(pid) for pid in left)
    assert not is_gone(second)
    for pid in left:
        assert stage.says(f"Ending process {pid}, left over from a run that was killed.")


def test_a_stranger_who_has_got_a_recorded_number_is_left_alone(stage: Stage) -> None:
    with subprocess.Popen(["sleep", "300"]) as stranger:
        try:
            created = psutil.Process(stranger.pid).create_time()
            rows = [[stranger.pid, created - 1_000], [2**22 + 1, 1.0]]
            (stage.folder / "children.json").write_text(json.dumps(rows))

            stage.supervise(web=OBEDIENT)
            stage.newest("web")

            assert stranger.poll() is None
            assert not stage.says("Ending process")
        finally:
            stranger.kill()


def test_a_clone_runs_once(stage: Stage) -> None:
    first = stage.supervise(web=OBEDIENT)
    child = stage.newest("web")

    second = stage.supervise(web=OBEDIENT)

    assert second.wait(timeout=PATIENCE) == 1
    assert stage.says("refused: Dure runs already from this clone: stop that one first (Ctrl-C there).")
    assert first.poll() is None
    assert stage.pids("web") == [child]
    assert not is_gone(child)


def test_a_clone_can_run_again_after_it_was_stopped(stage: Stage) -> None:
    first = stage.supervise(web=OBEDIENT)
    stage.newest("web")
    first.terminate()
    first.wait(timeout=PATIENCE)

    stage.supervise(web=OBEDIENT)

    assert not is_gone(stage.newest("web", 2))
    assert not stage.says("after a kill")
