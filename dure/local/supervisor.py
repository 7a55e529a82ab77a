"""A small supervisor: starts children, restarts one that dies, passes signals on, ends in bounded time.

(honcho stops everything when one child ends; supervisord is a daemon with its own configuration.)
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

import psutil

from .home import CLONE
from .lock import lock
from .process import UnableToRun, end_process, is_make_that_handles_interrupts, is_running

SHUTDOWN_SECONDS = 8.0
SHORT_LIFE_SECONDS = 5.0
MOST_SHORT_LIVES = 5
POLL_SECONDS = 0.2
ONE_WISH_SECONDS = 0.5
LOCK_NAME = "supervisor.lock"


@dataclass
class Child:
    """One program to keep alive."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None
    started_at: float = 0.0
    short_lives: int = 0
    due_at: float = 0.0

    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Keeps children alive until INT or TERM; `keep_up` is called every second to look after other servers.

    `folder` holds a lock, so that one clone runs once, and the children's pids, so that the children of
    a supervisor that was killed are ended by the next one.
    """

    def __init__(
        self, children: Sequence[Child], folder: Path, *, keep_up: Callable[[], None], say: Callable[[str], None]
    ) -> None:
        self.children = list(children)
        self.folder = folder
        self.keep_up = keep_up
        self.say = say
        self.stopping = threading.Event()
        self.signals_seen = 0
        self.signalled_at = 0.0
        self._lock: IO[str] | None = None

    @contextmanager
    def claimed(self) -> Iterator[bool]:
        """Hold the lock of this clone and end what an earlier, killed supervisor left; yields whether there was one."""
        after_a_kill = self._claim()
        try:
            yield after_a_kill
        finally:
            (self.folder / "children.json").unlink(missing_ok=True)

    def _claim(self) -> bool:
        try:
            self._lock = lock(self.folder / LOCK_NAME, wait=False)
        except BlockingIOError:
            raise UnableToRun("Dure runs already from this clone: stop that one first (Ctrl-C there).") from None
        after_a_kill = (self.folder / "children.json").exists()
        for pid, created in self._recorded():
            if _is_same_process(pid, created):
                self.say(f"Ending process {pid}, left over from a run that was killed.")
                end_process(pid, patience=SHUTDOWN_SECONDS)
        self._record()
        return after_a_kill

    def run(self, when_up: Callable[[], None]) -> None:
        """Start all children, call `when_up` in a thread, and keep everything alive until a signal."""
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, self._on_signal)
        for child in self.children:
            self._start(child)
        threading.Thread(target=when_up, daemon=True).start()
        try:
            self._watch()
        finally:
            self._end_children()

    def _watch(self) -> None:
        looked_at = time.monotonic()
        parent = os.getppid()
        make_listens = is_make_that_handles_interrupts(parent)
        while not self.stopping.wait(POLL_SECONDS):
            for child in self.children:
                if not child.is_alive():
                    self._revive(child)
            if time.monotonic() - looked_at > 1:
                if make_listens and not is_make_that_handles_interrupts(parent):
                    return
                self.keep_up()
                looked_at = time.monotonic()

    def _start(self, child: Child) -> None:
        child.process = subprocess.Popen(  # noqa: S603 (commands are this project's own)
            list(child.command),
            cwd=CLONE,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **child.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            # Its own session: a Ctrl-C in the terminal reaches the supervisor alone, which ends all in order.
            start_new_session=True,
        )
        child.started_at = time.monotonic()
        child.due_at = 0.0
        threading.Thread(target=_copy_lines, args=(child.name, child.process.stdout), daemon=True).start()
        self._record()

    def _revive(self, child: Child) -> None:
        now = time.monotonic()
        if child.due_at == 0.0:
            _end_group(child)
            code = child.process.returncode if child.process else None
            short = now - child.started_at < SHORT_LIFE_SECONDS
            child.short_lives = child.short_lives + 1 if short else 0
            if child.short_lives >= MOST_SHORT_LIVES:
                raise UnableToRun(f"{child.name} ends again and again (exit code {code}): its last lines say why.")
            child.due_at = now + 0.5 * child.short_lives
            self.say(f"{child.name} ended (exit code {code}) and is started again.")
        if now >= child.due_at:
            self._start(child)

    def _end_children(self) -> None:
        """SIGTERM to all, and SIGKILL to every process still there when the time is up."""
        family = [process for child in self.children if child.process for process in _family(child.process.pid)]
        for child in self.children:
            if child.is_alive() and child.process:
                child.process.terminate()
        for process in self._wait_for(family):
            self.say(f"Process {process.pid} did not end in time and was killed.")
            process.kill()
        for child in self.children:
            if child.process:
                child.process.wait(timeout=5)

    def _wait_for(self, family: list[psutil.Process]) -> list[psutil.Process]:
        """Those still running when the time is up, or when a second signal says not to wait."""
        deadline = time.monotonic() + SHUTDOWN_SECONDS
        left = family
        while left and time.monotonic() < deadline and self.signals_seen < 2:
            # poll() reaps a child, which would otherwise stay as a zombie.
            left = [process for process in left if is_running(process)]
            for child in self.children:
                child.is_alive()
            time.sleep(0.05)
        return left

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        # `make` passes TERM on to a child that the terminal or kill has reached as well: that is one wish, not two.
        if time.monotonic() - self.signalled_at > ONE_WISH_SECONDS:
            self.signals_seen += 1
            self.signalled_at = time.monotonic()
        self.stopping.set()

    def _record(self) -> None:
        pids = [child.process.pid for child in self.children if child.is_alive() and child.process]
        rows = [(process.pid, process.create_time()) for pid in pids for process in _family(pid)[:1]]
        draft = self.folder / "children.json.draft"
        draft.write_text(json.dumps(rows), encoding="utf-8")
        draft.replace(self.folder / "children.json")

    def _recorded(self) -> list[tuple[int, float]]:
        try:
            text = (self.folder / "children.json").read_text(encoding="utf-8")
        except FileNotFoundError:
            return []
        return [(int(pid), float(created)) for pid, created in json.loads(text)]


def _end_group(child: Child) -> None:
    """End the orphans of a child that died: workers that live on would keep its port."""
    if child.process:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.process.pid, signal.SIGKILL)


def _family(pid: int) -> list[psutil.Process]:
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _is_same_process(pid: int, created: float) -> bool:
    try:
        return abs(psutil.Process(pid).create_time() - created) < 1
    except psutil.NoSuchProcess:
        return False


def _copy_lines(name: str, stream: IO[str] | None) -> None:
    """Copy a child's output to the terminal, each line with the child's name in front."""
    if stream is None:
        return
    for line in stream:
        try:
            sys.stdout.write(f"{name:<6} | {line}")
            sys.stdout.flush()
        except BrokenPipeError:
            # The terminal is gone; go on reading, or the child would stop at a full pipe.
            continue
