"""Other processes: who is alive, who runs a server for root, how one is ended."""

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil

SERVICE_USER = "nobody"


class UnableToRun(Exception):
    """A local program cannot be started or stopped; the message is one sentence for a person."""


def service_account() -> pwd.struct_passwd | None:
    """The unprivileged user under which servers run when this process is root; None otherwise."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(SERVICE_USER)
    except KeyError:
        raise UnableToRun(
            f"PostgreSQL refuses to run as root and there is no user {SERVICE_USER!r}: run this as another user,"
            " or set DATABASE_URL and REDIS_URL to servers of your own."
        ) from None


def run_as_service(command: Sequence[str | Path], **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a program to its end as the service account, from a folder that it can enter."""
    account = service_account()
    if account:
        options |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    # A server that daemonises keeps its parent's pipes open: output goes to files, never to pipes.
    return subprocess.run([str(part) for part in command], text=True, cwd="/", check=False, **options)  # noqa: S603


def give_to_service(path: Path) -> None:
    """Make a private folder that belongs to the service account."""
    path.mkdir(mode=0o700, exist_ok=True)
    account = service_account()
    if account:
        os.chown(path, account.pw_uid, account.pw_gid)


def can_run(program: Path) -> bool:
    """Whether the service account can execute a program where it lies."""
    try:
        done = run_as_service([program, "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except OSError:
        return False
    return done.returncode == 0


def copy_program(source: Path, target: Path) -> None:
    """Copy a folder of programs to where the service account can enter; complete or not at all."""
    draft = target.with_suffix(".draft")
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(source, draft, symlinks=True)
    for folder in (draft, *(path for path in draft.rglob("*") if path.is_dir())):
        folder.chmod(0o755)
    shutil.rmtree(target, ignore_errors=True)
    draft.rename(target)


def command_line(pid: int) -> str:
    """The command line of a living process, or an empty string."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return ""
        return " ".join(process.cmdline()) or process.name()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return ""


def works_in(folder: Path) -> bool:
    """Whether a living process has a folder as its working directory."""
    for process in psutil.process_iter():
        try:
            if process.status() != psutil.STATUS_ZOMBIE and process.cwd() == str(folder):
                return True
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return False


def is_running(process: psutil.Process) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def is_make_that_handles_interrupts(pid: int) -> bool:
    """Whether a process is make and has a handler for SIGINT; False where the system does not tell.

    GNU make that alone gets a SIGINT (kill -INT, not Ctrl-C) drops its handler and waits for its child, which
    nobody has told. A child whose make stops handling interrupts knows that it should end.
    """
    try:
        if Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip() not in ("make", "gmake"):
            return False
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return False
    caught = next((line.split()[1] for line in status.splitlines() if line.startswith("SigCgt:")), "0")
    return bool(int(caught, 16) & 1 << (signal.SIGINT - 1))


def read_pid(file: Path) -> int | None:
    """The process number in the first line of a pid file, or None (PostgreSQL's single-user mode writes -pid)."""
    try:
        number = int(file.read_text(encoding="utf-8").split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None
    return number if number > 0 else None


def end_process(pid: int, *, patience: float) -> None:
    """Ask a process to end (SIGTERM), and after `patience` seconds end it and its children (SIGKILL)."""
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
        process.terminate()
    except psutil.NoSuchProcess:
        return
    for member in _still_running(family, patience):
        try:
            member.kill()
        except psutil.NoSuchProcess:
            continue
    _still_running(family, patience)


def _still_running(family: list[psutil.Process], patience: float) -> list[psutil.Process]:
    """Those that still run after `patience` seconds; a zombie that nobody reaps (a container without init) does not."""
    deadline = time.monotonic() + patience
    while (left := [member for member in family if is_running(member)]) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left
