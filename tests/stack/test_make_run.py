"""`make run` itself, as a stranger types it: in a fresh clone, in a path with a space, on a free port."""

import os
import re
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psutil
import pytest

from dure.local.home import default_home
from tests.stack.running import ROOT, Shop, family, free_port, wait_for

pytestmark = pytest.mark.stack

INSTALL_PATIENCE = 600.0
START_PATIENCE = 90.0


@dataclass
class Clone:
    """A clone of this tree, in a folder whose name has a space: what git knows of, as it is on disk."""

    folder: Path

    @property
    def log(self) -> Path:
        return self.folder / "run.log"

    def make(self, target: str, port: int) -> subprocess.Popen[bytes]:
        with self.log.open("wb") as log:
            return subprocess.Popen(
                ["make", target, f"PORT={port}"],
                cwd=self.folder,
                env=clean_environment(),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def has_said(self, words: str) -> bool:
        return words in self.said()


def clean_environment() -> dict[str, str]:
    """What a new terminal has: none of the addresses that `make test` set."""
    hidden = {"DATABASE_URL", "REDIS_URL", "DURE_HOME", "DEBUG", "SECRET_KEY", "DJANGO_SETTINGS_MODULE"}
    hidden |= {"MAKEFLAGS", "MAKELEVEL", "MFLAGS", "PORT", "SITE_HOST"}
    return {name: value for name, value in os.environ.items() if name not in hidden}


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clone]:
    folder = tmp_path_factory.mktemp("a stranger") / "my dure"
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    yield Clone(folder)
    for left in servers(Clone(folder)):
        left.kill()
    subprocess.run(["make", "clean-data"], cwd=folder, env=clean_environment(), check=False, capture_output=True)


def start(clone: Clone, port: int, patience: float) -> subprocess.Popen[bytes]:
    running = clone.make("run", port)

    def up() -> bool:
        assert running.poll() is None, clone.said()
        return "Dure is running." in clone.said()

    wait_for(up, f"the start ({clone.log})", patience)
    return running


def servers(clone: Clone) -> list[psutil.Process]:
    """Every process, whoever's child, that works in the clone's home or from the clone."""
    home = str(default_home(clone.folder).path)
    found = []
    for process in psutil.process_iter(["cmdline", "cwd", "status"]):
        words = " ".join(process.info["cmdline"] or [])
        mine = home in words or str(clone.folder) in words or process.info["cwd"] == str(clone.folder)
        if mine and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(process)
    return found


def alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_stranger_starts_orders_watches_stops_starts_again_and_cleans_up(clone: Clone) -> None:
    port = free_port()
    # Another test may have come first: this one is about the very first start.
    assert clone.make("clean-data", port).wait(timeout=INSTALL_PATIENCE) == 0
    running = start(clone, port, INSTALL_PATIENCE)
    everything = family(running.pid)
    login = re.search(r"Staff login: (\S+)  password: (\S+)", clone.said())
    assert login

    customer = Shop(f"http://127.0.0.1:{port}")
    home = customer.get("/")
    assert home.status_code == 200
    assert "ON:DAM First Firing" in home.text
    order = customer.order()
    staff = Shop(f"http://127.0.0.1:{port}")
    staff.sign_in(login[1], login[2])
    assert staff.approve_all() == 1
    events = wait_for(lambda: customer.order_state(order)["events"], "the first production event", 240)
    assert events[0]["seq"] == 1

    os.killpg(running.pid, signal.SIGINT)
    running.wait(timeout=START_PATIENCE)
    everything += servers(clone)
    wait_for(lambda: not [each for each in everything if alive(each)], "the end of every process", 30)
    assert servers(clone) == []

    # The second start says no password, and has the order.
    running = start(clone, port, START_PATIENCE)
    assert "Staff login" not in clone.said()
    assert customer.order_state(order)["number"] == 1
    running.send_signal(signal.SIGTERM)
    running.wait(timeout=START_PATIENCE)
    wait_for(lambda: servers(clone) == [], "the end after TERM", 30)

    # INT to make alone, which then only waits for its child.
    running = start(clone, port, START_PATIENCE)
    running.send_signal(signal.SIGINT)
    running.wait(timeout=START_PATIENCE)
    wait_for(lambda: servers(clone) == [], "the end after INT to make alone", 30)

    data = default_home(clone.folder).path
    assert data.exists()
    assert clone.make("clean-data", port).wait(timeout=START_PATIENCE) == 0
    assert not data.exists()


def test_a_taken_port_is_one_sentence(clone: Clone) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        running = clone.make("run", port)
        assert running.wait(timeout=INSTALL_PATIENCE) != 0

    assert f"Port {port} is taken" in clone.said()
    assert "Traceback" not in clone.said()
    assert servers(clone) == []


def test_killed_servers_and_children_come_back_and_a_killed_run_leaves_nothing_for_long(clone: Clone) -> None:
    port = free_port()
    running = start(clone, port, INSTALL_PATIENCE)
    shop = Shop(f"http://127.0.0.1:{port}")
    data = str(default_home(clone.folder).postgres / "data")
    for name, words in (("PostgreSQL", data), ("Valkey", "valkey.sock")):
        for victim in [each for each in servers(clone) if words in " ".join(each.cmdline())]:
            victim.kill()
        wait_for(partial(clone.has_said, f"{name} was gone and is started again"), f"{name}'s return", 60)
    wait_for(lambda: shop.get("/readyz").status_code == 200, "readiness", 60)

    worker = next(each for each in servers(clone) if "celery" in each.cmdline() and "worker" in each.cmdline())
    worker.kill()
    wait_for(lambda: "worker ended" in clone.said(), "the worker's return", 60)

    # The supervisor itself is killed: its children are ended by the next start.
    supervisor = next(each for each in servers(clone) if each.cmdline()[-2:] == ["manage.py", "run"])
    orphans = [each for each in servers(clone) if "gunicorn" in " ".join(each.cmdline()) or "celery" in each.cmdline()]
    supervisor.kill()
    running.wait(timeout=10)
    assert [each for each in orphans if alive(each)]
    again = start(clone, port, START_PATIENCE)
    assert not [each for each in orphans if alive(each)]

    os.killpg(again.pid, signal.SIGTERM)
    again.wait(timeout=START_PATIENCE)
    wait_for(lambda: servers(clone) == [], "the end of every process", 30)
