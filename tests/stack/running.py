"""Real processes for tests: services, worker and beat of a world of their own, and a client that orders by HTTP."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import psutil
import psycopg
import requests

from dure.local import services
from dure.local.home import Home

T = TypeVar("T")
ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(look: Callable[[], T], what: str, patience: float = PATIENCE) -> T:
    """The first true answer of `look`; fails naming `what` when there is none in time."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what} did not happen within {patience:g} s")


class Stack:
    """Embedded services in a temporary home, and programs of Dure on them."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.home = Home(folder)
        self.home.make()
        self.environment = {
            **{name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")},
            "DURE_HOME": str(folder),
            "DATABASE_URL": self.home.database_url,
            "REDIS_URL": self.home.redis_url,
            "DEBUG": "1",
            **environment,
        }
        self.programs: list[subprocess.Popen[bytes]] = []
        self.log = folder / "programs.log"

    def manage(self, *arguments: str) -> str:
        """Run a management command to its end; its output."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """Start a program in a session of its own, so that it can be killed with all its children."""
        with self.log.open("ab") as log:
            program = subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.programs.append(program)
        return program

    def start_worker(self) -> subprocess.Popen[bytes]:
        return self.celery("worker", "--concurrency", "2", "--queues", "dure,tick", "--without-mingle")

    def start_beat(self) -> subprocess.Popen[bytes]:
        return self.celery("beat", "--schedule", str(self.home.run / "beat"), "--pidfile", "")

    def celery(self, *arguments: str) -> subprocess.Popen[bytes]:
        return self.start("-m", "celery", "--app", "dure", "--quiet", *arguments)

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        """Rows straight from the database, past every layer of Dure."""
        with psycopg.connect(self.home.database_url) as connection:
            return connection.execute(statement).fetchall()

    def end(self) -> None:
        for program in self.programs:
            kill_with_children(program)


def kill_with_children(program: subprocess.Popen[bytes]) -> None:
    """SIGKILL to a program and everything that it started: what a power cut does."""
    if program.poll() is None:
        os.killpg(program.pid, signal.SIGKILL)
    program.wait(timeout=10)


@contextmanager
def stack(**environment: str) -> Iterator[Stack]:
    """A migrated stack with the demo loaded and its clock paused; everything ends with the block."""
    with tempfile.TemporaryDirectory(prefix="dure-") as folder:
        running = Stack(Path(folder), **environment)
        try:
            with services_without_addresses():
                services.up(running.home, durable=False)
            running.manage("migrate", "-v0")
            running.manage("load_demo")
            yield running
        finally:
            running.end()
            services.down(running.home)


@contextmanager
def everything(*, patience: float = 120, **environment: str) -> Iterator[tuple[Stack, str]]:
    """All that `make run` starts, once it is up, and its address; nothing of it is left, however the block ends."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="dure-") as folder:
        running = Stack(Path(folder), **environment)
        for name in ("DATABASE_URL", "REDIS_URL"):
            del running.environment[name]
        program = running.start("manage.py", "run", "--port", str(port))

        def is_up() -> bool:
            assert program.poll() is None, running.log.read_text(encoding="utf-8", errors="replace")
            return "Dure is running." in running.log.read_text(encoding="utf-8", errors="replace")

        try:
            wait_for(is_up, "the start", patience)
            yield running, f"http://127.0.0.1:{port}"
        finally:
            program.terminate()
            try:
                program.wait(timeout=30)
            finally:
                running.end()
                services.down(running.home)


@contextmanager
def services_without_addresses() -> Iterator[None]:
    """`services.up` leaves alone what the environment names; here servers of our own are wanted."""
    kept = {name: os.environ.pop(name) for name in ("DATABASE_URL", "REDIS_URL") if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(kept)


class Shop:
    """A customer or a member of staff without a browser: forms and API over HTTP."""

    def __init__(self, address: str, language: str = "en") -> None:
        self.address = address
        self.language = language
        self.session = requests.Session()
        self.session.headers["Accept-Language"] = language

    def get(self, path: str) -> requests.Response:
        return self.session.get(self.address + path, timeout=30)

    def api(self, path: str, **body: Any) -> dict[str, Any]:
        answer = self.session.post(f"{self.address}/api/v1/{path}", json=body, timeout=30)
        assert answer.ok, answer.text
        data: dict[str, Any] = answer.json()
        return data

    def submit(self, path: str, **form: str) -> requests.Response:
        """Open a page, take its CSRF token and send a form to it."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(path).text)
        assert token, f"{path} has no form"
        data = {"csrfmiddlewaretoken": token[1], **form}
        answer = self.session.post(self.address + path, data=data, headers={"Referer": self.address + path}, timeout=30)
        assert answer.ok, f"{path}: {answer.status_code}"
        return answer

    def order(self, engraving: str = "지우") -> dict[str, Any]:
        """Quote, hold, order and pay the preset of the demo's edition."""
        edition = self.session.get(f"{self.address}/api/v1/editions/first-firing", timeout=30).json()
        configuration = {"version": edition["version"], "choices": edition["preset"], "engraving": engraving}
        quote = self.api("quotes", edition=edition["slug"], configuration=configuration)
        held = self.api("holds", edition=edition["slug"], quote=quote["quote"])
        order = self.api("orders", hold=held["hold"], email="mina@example.com", made_for_me=True)
        self.submit(order["payment_page"], decision="authorise")
        return order

    def order_state(self, order: dict[str, Any]) -> dict[str, Any]:
        state: dict[str, Any] = self.get(f"/api/v1/orders/{order['order']}").json()
        return state

    def sign_in(self, email: str, password: str) -> None:
        self.submit(f"/{self.language}/account/login/", login=email, password=password)

    def approve_all(self) -> int:
        """As staff, approve everything in the review queue; how many."""
        count = 0
        while found := re.search(r"/admin/orders/order/(\d+)/change/", self.get("/admin/orders/order/").text):
            page = f"/admin/orders/order/{found[1]}/change/"
            token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(page).text)
            assert token
            decide = f"{self.address}/admin/orders/order/{found[1]}/decide/"
            form = {"csrfmiddlewaretoken": token[1], "approve": "1"}
            assert self.session.post(decide, data=form, headers={"Referer": self.address + page}, timeout=30).ok
            count += 1
        return count


def family(pid: int) -> list[psutil.Process]:
    """A process and everything that it started."""
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []
