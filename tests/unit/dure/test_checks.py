"""`manage.py check --deploy` refuses what must not meet customers."""

import pytest
from pytest_django.fixtures import Settings

from dure.checks import NAMED, money_moves, production_names_its_servers


def found(messages: list[object]) -> list[str]:
    return [str(getattr(message, "id", "")) for message in messages]


def test_every_server_must_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMED:
        monkeypatch.setenv(name, "named")
    assert production_names_its_servers() == []

    for number, name in enumerate(NAMED, start=1):
        with monkeypatch.context() as without:
            without.delenv(name)
            assert found([*production_names_its_servers()]) == [f"dure.E{number:03d}"]


def test_the_demo_s_payment_must_be_asked_for_by_name(settings: Settings) -> None:
    settings.PAYMENT_VARIANT = ""
    assert found([*money_moves()]) == ["dure.E010"]

    settings.PAYMENT_VARIANT = "demo"
    assert money_moves() == []
