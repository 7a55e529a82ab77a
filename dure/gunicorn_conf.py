"""gunicorn's configuration, for `make run` and for production. Why this server: docs/decisions/0003-asgi-server.md

gunicorn dure.asgi:application --config dure/gunicorn_conf.py --bind 127.0.0.1:8000
"""

import gc
import os
import shutil
import socket
import tempfile
from typing import Any

# Requests and streams take connections: without a pool a burst would take all that the database has.
os.environ.setdefault("DATABASE_POOL_SIZE", "8")

worker_class = "asgi"
asgi_loop = "asyncio"
asgi_lifespan = "off"
workers = int(os.environ.get("WEB_PROCESSES", "2"))

# Without it one process takes most of a burst of new connections.
reuse_port = True
keepalive = 15
control_socket_disable = True
loglevel = "warning"

# An open event stream never ends by itself: workers cut it after WORKER_GRACE, the parent what is left after
# graceful_timeout, and whoever supervises the parent may kill it after eight seconds.
graceful_timeout = 5
WORKER_GRACE = 2


# New objects until Python looks for garbage among the youngest; by itself it would do so twice in a request.
COLLECT_AFTER = 20_000

# Where the processes write what they count (core.metrics), so that each can answer for all.
METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_made: list[str] = []


def on_starting(server: Any) -> None:
    """Refuse a port that is taken, and give the workers a folder for what they count unless they have one."""
    refuse_taken_ports(server)
    if METRICS_FOLDER not in os.environ:
        _made.append(tempfile.mkdtemp(prefix="dure-metrics-"))
        os.environ[METRICS_FOLDER] = _made[0]


def post_worker_init(worker: Any) -> None:
    """Everything that is loaded stays: to look through it for garbage would stop all requests for a while."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER, *gc.get_threshold()[1:])


def child_exit(server: Any, worker: Any) -> None:
    """A process that is gone has no open streams; what it counted stays counted."""
    # On import it decides, for this process and those forked later, whether there is a folder: it must be there first.
    from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415

    mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(server: Any) -> None:
    for folder in _made:
        shutil.rmtree(folder, ignore_errors=True)


def refuse_taken_ports(server: Any) -> None:
    """With reuse_port two servers would share a port unnoticed; refuse a port that somebody listens on.

    Ports are pairs of host and number. The others, a socket's path or an inherited descriptor, cannot be shared.
    """
    for address in server.cfg.address:
        if not isinstance(address, tuple):
            continue
        family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        try:
            socket.create_server(address, family=family).close()
        except OSError as error:
            raise SystemExit(f"Cannot listen at {address}: {error}") from None


def post_fork(server: Any, worker: Any) -> None:
    """Let workers finish before the parent loses patience: by default both wait equally long."""
    worker.cfg.set("graceful_timeout", WORKER_GRACE)
