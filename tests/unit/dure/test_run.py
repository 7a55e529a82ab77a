"""`manage.py run` before it starts anything: its port, and what its programs are told."""

import socket

import pytest

from dure.local.process import UnableToRun
from dure.management.commands.run import children, port_number, refuse_taken_port


@pytest.mark.parametrize(("text", "port"), [("1", 1), ("8000", 8000), ("65535", 65_535)])
def test_a_port_is_a_number(text: str, port: int) -> None:
    assert port_number(text) == port


@pytest.mark.parametrize("text", ["abc", "99999", "65536", "0", "-1", "80.5", "", "²"])
def test_what_is_no_port_is_one_sentence(text: str) -> None:
    with pytest.raises(UnableToRun) as refused:
        port_number(text)

    assert str(refused.value) == f"{text!r} is no port: PORT is a number from 1 to 65535."


def test_a_port_for_root_alone_is_not_called_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    def bind(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", bind)

    with pytest.raises(UnableToRun, match=r"^Port 80 needs a permission that you lack: try PORT=8000 make run\.$"):
        refuse_taken_port(80)


def test_a_taken_port_is_refused_with_one_that_exists() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        other = port + 1 if port < 65_535 else 8000

        with pytest.raises(UnableToRun, match=rf"^Port {port} is taken \(.+\): try PORT={other} make run\.$"):
            refuse_taken_port(port)


def test_every_program_knows_where_the_shop_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SITE_HOST", raising=False)
    assert {child.environment["SITE_HOST"] for child in children(8010)} == {"127.0.0.1:8010"}

    monkeypatch.setenv("SITE_HOST", "dure.example")
    assert {child.environment["SITE_HOST"] for child in children(8010)} == {"dure.example"}
