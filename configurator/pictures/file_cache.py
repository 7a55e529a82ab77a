"""Files that can be made again, kept on disk under a cap in bytes: those that nobody used for longest go first."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from configurator.pictures.single_flight import turn

WAIT_SECONDS = 10.0
SLACK = 16
"""A sixteenth of the cap is written between two looks at what is there."""

log = logging.getLogger("dure.pictures")


@dataclass(frozen=True)
class Kept:
    """A file or folder of the cache."""

    path: Path
    size: int
    used_at: int


class FileCache:
    """A folder of files by key, safe among threads and processes; an instance for each process and folder.

    It holds at most `cap` bytes while up to four processes write to it.
    """

    def __init__(self, folder: Path, cap: int) -> None:
        self.folder = folder
        self.cap = cap
        self._unseen = cap
        self._lock = threading.Lock()

    def get(self, key: str) -> bytes | None:
        """What is kept under the key; None when nothing is."""
        path = self.path(key)
        try:
            content = path.read_bytes()
            os.utime(path)
        except FileNotFoundError:
            return None
        return content

    def get_or_make(self, key: str, make: Callable[[], bytes]) -> bytes:
        """What is kept under the key, made by the first who asks for it while everybody else waits.

        What `make` raises, it raises for its caller alone: the next tries again. A disk that cannot be written to is
        logged, and the file is handed out all the same.
        """
        found = self.get(key)
        if found is not None:
            return found
        with turn(self.path(key).with_suffix(".lock"), WAIT_SECONDS):
            found = self.get(key)
            if found is not None:
                return found
            content = make()
            try:
                self.put(key, content)
            except OSError:
                log.exception("A picture could not be kept in %s.", self.folder)
            return content

    def put(self, key: str, content: bytes) -> None:
        """Keep it: complete or not at all."""
        path = self.path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=path.parent, suffix=".draft")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(draft).replace(path)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
        self._written(len(content))

    def path(self, key: str) -> Path:
        name = sha256(key.encode()).hexdigest()
        return self.folder / name[:2] / name

    def _written(self, size: int) -> None:
        with self._lock:
            self._unseen += size
            due = self._unseen >= self.cap // SLACK
            if due:
                self._unseen = 0
        if due:
            # Four processes may each write a sixteenth before the next look.
            trim(kept_in(self.folder, "*/*"), self.cap - 4 * (self.cap // SLACK))


def kept_in(folder: Path, pattern: str) -> list[Kept]:
    """The entries of a folder that match, a folder counted with its files; those that vanish meanwhile are left out."""
    found = []
    for path in folder.glob(pattern):
        try:
            size = sum(file.stat().st_size for file in path.iterdir()) if path.is_dir() else path.stat().st_size
            found.append(Kept(path, size, path.stat().st_mtime_ns))
        except FileNotFoundError:
            continue
    return found


def trim(entries: list[Kept], cap: int) -> None:
    """Remove entries, the longest unused first, until the rest have at most `cap` bytes."""
    total = sum(entry.size for entry in entries)
    for entry in sorted(entries, key=lambda entry: entry.used_at):
        if total <= cap:
            return
        if entry.path.is_dir():
            shutil.rmtree(entry.path, ignore_errors=True)
        else:
            entry.path.unlink(missing_ok=True)
        total -= entry.size
