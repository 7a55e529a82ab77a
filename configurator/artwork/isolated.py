"""Preparing a picture in a process of its own, from the parent's side."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from dataclasses import asdict, dataclass
from pathlib import Path

from configurator.artwork.limits import Kind, Limits, Refused

ROOT = Path(__file__).resolve().parent.parent.parent
CHILD = "configurator.artwork.child"
AT_ONCE = 2

# A picture takes up to 200 MB: no more of them at once than this, in each process of ours.
_places = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True)
class Prepared:
    """A picture that can be kept and shown: a WebP of our own, its size in pixels, and what it came as."""

    content: bytes
    width: int
    height: int
    kind: Kind
    peak: int = 0
    """The most memory, in bytes, that decoding took."""


def prepare(content: bytes, limits: Limits) -> Prepared:
    """Decode and re-encode a stranger's file, isolated and limited; raises Refused."""
    if len(content) > limits.file_bytes:
        raise Refused("picture_too_large")
    with _places:
        answer = _run(content, limits)
    line, _newline, picture = answer.partition(b"\n")
    data = json.loads(line)
    if "reason" in data:
        raise Refused(data["reason"], data["what"], data["peak"])
    return Prepared(picture, data["width"], data["height"], data["kind"], data["peak"])


def _run(content: bytes, limits: Limits) -> bytes:
    """What the process says; raises Refused when it was ended by a limit, or ended itself in a decoder."""
    process = subprocess.Popen(  # noqa: S603 (our own module)
        [sys.executable, "-s", "-E", "-B", "-m", CHILD, json.dumps(asdict(limits))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env={},
    )
    with process:
        try:
            answer, _errors = process.communicate(content, timeout=limits.wall_seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise Refused("picture_too_complex", "time") from None
    if process.returncode == -signal.SIGPROF:
        raise Refused("picture_too_complex", "time")
    if process.returncode or b"\n" not in answer:
        raise Refused("picture_too_complex", f"{process.returncode}")
    return answer
