"""A plant outside: takes job orders over HTTP, checks who sent them by itself, and reports back what it did."""

import base64
import hmac
import json
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET = "whsec_" + base64.b64encode(b"a plant's secret of 32 bytes, ok").decode()
OTHER_SECRET = "whsec_" + base64.b64encode(b"somebody else's secret, 32 bytes").decode()


def signature(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    """Written from the specification, not from our own code."""
    key = base64.b64decode(secret[len("whsec_") :])
    return "v1," + base64.b64encode(hmac.digest(key, f"{message_id}.{timestamp}.".encode() + body, sha256)).decode()


def headers_of(body: bytes, *, message_id: str, timestamp: float, secret: str = SECRET) -> dict[str, str]:
    moment = str(int(timestamp))
    return {
        "webhook-id": message_id,
        "webhook-timestamp": moment,
        "webhook-signature": signature(secret, message_id, moment, body),
    }


def job_response(ref: str, state: str, segment: str = "", **more: Any) -> bytes:
    return json.dumps({"JobResponse": {"JobOrderID": ref, "JobState": state, "SegmentID": segment, **more}}).encode()


@dataclass
class FakePlant:
    """What it got: `orders` that were signed, and how many messages `forged`.

    It answers with `status`, after `on_take`.
    """

    address: str = ""
    status: int = 200
    moved_to: str = ""
    orders: list[dict[str, Any]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    forged: int = 0
    on_take: Callable[[], None] = lambda: None

    def take(self, headers: Any, body: bytes) -> int:
        message_id, moment = headers["webhook-id"], headers["webhook-timestamp"]
        if headers["webhook-signature"] != signature(SECRET, message_id, moment, body):
            self.forged += 1
            return 401
        self.on_take()
        if self.status == 200:
            self.ids.append(message_id)
            self.orders.append(json.loads(body)["JobOrder"])
        return self.status

    def make(self, order: dict[str, Any], shop: str, timestamp: float) -> list[dict[str, Any]]:
        """Do every segment of an order and report it to the shop's address; the answers."""
        answers = []
        for segment in order["SegmentRequirements"]:
            for state in ("Started", "Passed" if segment["Faults"] else "Finished"):
                body = job_response(order["ID"], state, segment["ID"])
                headers = headers_of(body, message_id=f"{order['ID']} {segment['ID']} {state}", timestamp=timestamp)
                request = urllib.request.Request(shop, body, {"Content-Type": "application/json", **headers})
                with urllib.request.urlopen(request, timeout=30) as answer:
                    answers.append(json.load(answer))
        return answers


@contextmanager
def running_plant() -> Iterator[FakePlant]:
    """A plant that listens on a port of this machine."""
    plant = FakePlant()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(plant.take(self.headers, body))
            if plant.moved_to:
                self.send_header("Location", plant.moved_to)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    plant.address = f"http://127.0.0.1:{server.server_port}/job-orders"
    try:
        yield plant
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
