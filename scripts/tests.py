"""Every test, in two processes side by side: those that start processes and a browser, and all others.

Each has throw-away services of its own. The tests with processes mostly wait, so together they take little longer than
the longer of the two. `scripts/tests.py tests/unit` runs only what it is given, in one process.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from types import FrameType
from typing import IO

SERVICES = [sys.executable, "manage.py", "services", "exec", sys.executable, "-m", "pytest"]
EVERY = "tests"
WITH_PROCESSES = "stack or browser"
ENDING = (signal.SIGTERM, signal.SIGHUP)

running: list[subprocess.Popen[bytes]] = []


def main(tests: list[str]) -> int:
    """Run the tests; the first exit code that is not 0, or 0."""
    for number in ENDING:
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _hand_on)
    if tests != [EVERY]:
        running.append(subprocess.Popen([*SERVICES, *tests]))
        return _ended(running[0])
    with tempfile.TemporaryFile() as told:
        running.append(subprocess.Popen([*SERVICES, EVERY, "-m", f"not ({WITH_PROCESSES})"]))
        running.append(
            subprocess.Popen([*SERVICES, EVERY, "-m", WITH_PROCESSES], stdout=told, stderr=subprocess.STDOUT)
        )
        codes = [_ended(each) for each in running]
        _print(told)
    return next((code for code in codes if code), 0)


def _ended(process: subprocess.Popen[bytes]) -> int:
    """Its exit code. Ctrl-C reaches the tests by themselves: what is left to do is to wait until they have ended."""
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


def _hand_on(number: int, _frame: FrameType | None) -> None:
    for each in running:
        each.send_signal(number)


def _print(told: IO[bytes]) -> None:
    told.seek(0)
    sys.stdout.flush()
    sys.stdout.buffer.write(told.read())
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
