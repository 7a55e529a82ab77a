"""Locks between the processes of one clone; the system gives one back when its holder ends, however it ends."""

import fcntl
from pathlib import Path
from typing import IO


def lock(file: Path, *, wait: bool = True) -> IO[str]:
    """Lock a file until the answer is closed; without `wait`, BlockingIOError when another process has it."""
    handle = file.open("a+")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BaseException:
        handle.close()
        raise
    return handle
