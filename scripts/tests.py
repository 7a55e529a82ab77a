"""Every test, in three processes side by side: those with a browser, those that start and end processes, and others.

Each has throw-away services of its own. The tests with processes mostly wait, so together they take little longer than
the longest alone. What is true only within a second is asked before them, while nothing else runs.
`scripts/tests.py tests/unit` runs only what it is given, in one process.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from types import FrameType
from typing import IO

SERVICES = [sys.executable, "manage.py", "services", "exec", sys.executable, "-m", "pytest"]
EVERY = "tests"
QUIET = "tests/concurrency/test_claims.py"
SOME = ("tests/stack/test_services.py", "tests/stack/test_endings.py")
# About as long as one another: what starts processes mostly waits, so the quick tests keep it company.
PARTS = (
    ("tests", "--ignore=tests/unit", f"--ignore={QUIET}", "-m", "long or not (stack or browser)"),
    ("tests/browser", *SOME),
    ("tests/unit", "tests/stack", "-m", "not long", *(f"--ignore={each}" for each in SOME)),
)
PASSED_OR_FAILED = (0, 1)
ENDING = (signal.SIGTERM, signal.SIGHUP)

running: list[subprocess.Popen[bytes]] = []


def main(tests: list[str]) -> int:
    """Run the tests; the first exit code that is not 0, or 0."""
    for number in ENDING:
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _hand_on)
    if tests != [EVERY]:
        return _alone(*tests)
    quiet = _alone(QUIET)
    if quiet not in PASSED_OR_FAILED:
        return quiet
    with ExitStack() as files:
        # The first part is seen as it goes; what the others say follows when all have ended.
        told = [None, *(files.enter_context(tempfile.TemporaryFile()) for _ in PARTS[1:])]
        for part, file in zip(PARTS, told, strict=True):
            error = subprocess.STDOUT if file else None
            running.append(subprocess.Popen([*SERVICES, *part], stdout=file, stderr=error))
        codes = [quiet, *(_ended(each) for each in running)]
        for file in filter(None, told):
            _print(file)
    return next((code for code in codes if code), 0)


def _alone(*tests: str) -> int:
    running.append(subprocess.Popen([*SERVICES, *tests]))
    code = _ended(running[0])
    running.clear()
    return code


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
