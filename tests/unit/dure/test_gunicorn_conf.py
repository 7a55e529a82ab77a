"""gunicorn's hooks, with the addresses that gunicorn makes of --bind."""

import os
import runpy
import socket
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from gunicorn.util import parse_address  # type: ignore[import-untyped]

from dure.local.home import CLONE


@pytest.fixture
def conf(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The configuration as gunicorn reads it; what it sets in the environment ends with the test."""
    monkeypatch.setenv("DATABASE_POOL_SIZE", "to be restored")
    monkeypatch.delenv("DATABASE_POOL_SIZE")
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "the folder of whoever started it")
    return read()


def read() -> dict[str, Any]:
    return runpy.run_path(str(CLONE / "dure" / "gunicorn_conf.py"))


def start(conf: dict[str, Any], *binds: str) -> None:
    conf["on_starting"](SimpleNamespace(cfg=SimpleNamespace(address=[parse_address(bind) for bind in binds])))


def test_ports_are_tried_in_their_family_and_paths_and_descriptors_not_at_all(
    conf: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[tuple[tuple[str, int], socket.AddressFamily]] = []

    def create_server(address: tuple[str, int], *, family: socket.AddressFamily) -> socket.socket:
        tried.append((address, family))
        return socket.socket()

    monkeypatch.setattr(socket, "create_server", create_server)

    start(conf, "127.0.0.1:8000", "unix:/run/dure.sock", "[::]:8000", "fd://3")

    assert tried == [(("127.0.0.1", 8000), socket.AF_INET), (("::", 8000), socket.AF_INET6)]


def test_a_port_that_somebody_shares_is_refused(conf: dict[str, Any]) -> None:
    with socket.create_server(("127.0.0.1", 0), reuse_port=True) as taken:
        port = taken.getsockname()[1]
        # The control: with reuse_port nobody would notice.
        socket.create_server(("127.0.0.1", port), reuse_port=True).close()

        with pytest.raises(SystemExit, match=rf"^Cannot listen at \('127\.0\.0\.1', {port}\): "):
            start(conf, f"127.0.0.1:{port}")


@pytest.mark.usefixtures("conf")
def test_threads_share_a_bounded_pool_of_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    assert os.environ["DATABASE_POOL_SIZE"] == "8"

    monkeypatch.setenv("DATABASE_POOL_SIZE", "3")
    read()
    assert os.environ["DATABASE_POOL_SIZE"] == "3"


def test_workers_get_a_folder_for_what_they_count_until_the_end(
    conf: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    start(conf)
    assert os.environ["PROMETHEUS_MULTIPROC_DIR"] == "the folder of whoever started it"

    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR")
    start(conf)
    made = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])
    assert made.is_dir()
    conf["on_exit"](None)
    assert not made.exists()
