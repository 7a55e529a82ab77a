"""One signed message to a plant outside: to a checked address, within bounds, following nobody elsewhere."""

from __future__ import annotations

import http.client
import socket
import ssl
from contextlib import suppress
from threading import Timer

from factory_sim.plant_address import PORTS, Target, target_of
from factory_sim.webhooks import ID, SIGNATURE, TIMESTAMP, sign

SECONDS = 10.0
"""For everything together: less than the lease of a message."""
CONNECT_SECONDS = 3.0
AGENT = "Dure"


class PlantDidNotTake(Exception):
    """The plant answered, but not that it took the message; a redirect is no such answer either."""


class _Connection(http.client.HTTPConnection):
    """Goes to the address that was checked, and with TLS asks there for the name."""

    def __init__(self, target: Target) -> None:
        super().__init__(target.host, target.port)
        self.target = target
        self.default_port = PORTS["https" if target.tls else "http"]
        self.is_cut = False

    def connect(self) -> None:
        raw = socket.create_connection((self.target.ip, self.target.port), CONNECT_SECONDS)
        tls = ssl.create_default_context() if self.target.tls else None
        self.sock = tls.wrap_socket(raw, server_hostname=self.target.host) if tls else raw
        self.sock.settimeout(SECONDS)
        if self.is_cut:
            raise TimeoutError

    def cut(self) -> None:
        """End it, from another thread: the time-out of a socket begins anew with every byte that comes."""
        self.is_cut = True
        if self.sock is not None:
            with suppress(OSError):
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


def post_signed(*, address: str, secret: bytes, message_id: str, timestamp: int, body: bytes) -> None:
    """Send a message; the plant has it when its answer is 2xx. What it says besides is not read.

    Raises UnsafeAddress, OSError (no connection, no answer in time), http.client.HTTPException, PlantDidNotTake.
    """
    target = target_of(address)
    connection = _Connection(target)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": AGENT,
        ID: message_id,
        TIMESTAMP: str(timestamp),
        SIGNATURE: sign(secret, message_id, timestamp, body),
    }
    watch = Timer(SECONDS, connection.cut)
    watch.start()
    try:
        connection.request("POST", target.path, body, headers)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        if connection.is_cut:
            raise TimeoutError(f"no answer within {SECONDS:g} seconds") from error
        raise
    finally:
        watch.cancel()
        connection.close()
    if status // 100 != 2:
        raise PlantDidNotTake(f"it answered {status}")
