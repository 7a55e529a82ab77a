"""The process in which pictures are decoded: it reads a file from its input and answers on its output.

The answer is one line of JSON, and after it the picture. The process has no environment, cannot write a file, open
many, or use more memory and time than `Limits` says; whatever a decoder does in it, its parent goes on.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any

from configurator.artwork.inspect import inspect
from configurator.artwork.limits import Limits, Refused
from configurator.artwork.reencode import reencode

PAGE = 4096
MOST_FILES = 32


def main() -> None:
    """Prepare the picture on standard input under the limits in the first argument."""
    limits = Limits(**json.loads(sys.argv[1]))
    content = sys.stdin.buffer.read(limits.file_bytes + 1)
    output = sys.stdout.buffer
    answer, picture = _answer(content, limits)
    output.write(json.dumps(answer | {"peak": peak_memory()}).encode() + b"\n" + picture)
    output.flush()
    # Nothing is left to tidy up, and what a decoder has broken is not asked to.
    os._exit(0)


def peak_memory() -> int:
    """The most memory that this process has had, in bytes; 0 where the system does not say."""
    status = Path("/proc/self/status")
    lines = status.read_text(encoding="ascii").splitlines() if status.exists() else []
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM")), 0)


def _answer(content: bytes, limits: Limits) -> tuple[dict[str, Any], bytes]:
    try:
        kind, wanted = inspect(content, limits)
        confine(limits, limits.drawing_seconds if kind == "SVG" else limits.seconds)
        picture, width, height = reencode(wanted, kind, limits)
    except Refused as refusal:
        return {"reason": refusal.reason, "what": refusal.what}, b""
    except (MemoryError, RecursionError):
        return {"reason": "picture_too_complex", "what": ""}, b""
    return {"kind": kind, "width": width, "height": height}, picture


def confine(limits: Limits, seconds: float) -> None:
    """From here on memory and time are limited, and no file can be written."""
    memory = _address_space() + limits.memory
    for kind, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, MOST_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (allowed, allowed))
    # Seconds of its own work, however busy the machine is; the signal's usual effect is the end.
    signal.setitimer(signal.ITIMER_PROF, seconds)


def _address_space() -> int:
    """What is mapped now; where the system does not say, enough for Python and its libraries."""
    statm = Path("/proc/self/statm")
    return int(statm.read_text(encoding="ascii").split()[0]) * PAGE if statm.exists() else 400_000_000


if __name__ == "__main__":
    main()
