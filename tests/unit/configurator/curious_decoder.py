"""Stands in for a decoder that a file has taken over: it looks for a secret and writes to a file it is told."""

import os
import sys
from pathlib import Path

from configurator.artwork.child import confine
from configurator.artwork.limits import Limits

confine(Limits(), 5.0)
found = os.environ.get("SECRET_KEY", "no secret")
try:
    Path(os.fsdecode(sys.stdin.buffer.read())).write_text("mine", encoding="utf-8")
except OSError as error:
    found += f"; {error.strerror}"
sys.stdout.write(found + "\n")
