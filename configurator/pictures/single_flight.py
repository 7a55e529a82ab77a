"""One at a time, among threads and processes of one machine: what all of them want is made by the first."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PAUSE = 0.004


@contextmanager
def turn(file: Path, seconds: float) -> Iterator[bool]:
    """Wait for the lock file, which is removed afterwards; says whether it was had within `seconds`.

    The kernel frees the lock of a process that dies, so nobody waits for the dead; nor for ever for the slow: whoever
    has waited long enough goes on without, and the same is then made twice.
    """
    handle = _locked(file, time.monotonic() + seconds)
    try:
        yield handle is not None
    finally:
        if handle is not None:
            file.unlink(missing_ok=True)
            os.close(handle)


def _locked(file: Path, deadline: float) -> int | None:
    file.parent.mkdir(parents=True, exist_ok=True)
    while True:
        handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        while not _takes(handle):
            if time.monotonic() >= deadline:
                os.close(handle)
                return None
            time.sleep(PAUSE)
        if _is_still(file, handle):
            return handle
        # Whoever had it has removed it: another may hold the new file of that name.
        os.close(handle)


def _takes(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_still(file: Path, handle: int) -> bool:
    try:
        return os.path.samestat(os.stat(file), os.fstat(handle))
    except FileNotFoundError:
        return False
