"""gunicorn's configuration, for `make run` and for production. Why this server: docs/decisions/0003-asgi-server.md

gunicorn dure.asgi:application --config dure/gunicorn_conf.py --bind 127.0.0.1:8000
"""

import os
import socket
from typing import Any

# Every request has a thread of its own: without a pool a burst of them would take all of the database's connections.
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


def on_starting(server: Any) -> None:
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
