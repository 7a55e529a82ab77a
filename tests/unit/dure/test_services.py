"""Which servers tests may use, and when data may be removed; the servers themselves: tests/stack."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from dure.local import services
from dure.local.home import Home
from dure.local.lock import lock
from dure.local.process import UnableToRun
from dure.management.commands.services import use_only_servers_for_tests

SHOP = {"DATABASE_URL": "postgresql://shop.example/dure", "REDIS_URL": "redis://shop.example/0"}


@pytest.fixture
def home() -> Iterator[Home]:
    with tempfile.TemporaryDirectory(prefix="dure-") as folder:
        made = Home(Path(folder) / "home")
        made.make()
        yield made


@pytest.fixture
def _a_shop_s_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, address in SHOP.items():
        monkeypatch.setenv(name, address)
        monkeypatch.delenv(f"TEST_{name}", raising=False)


@pytest.mark.usefixtures("_a_shop_s_servers")
def test_tests_never_meet_the_servers_that_the_environment_names() -> None:
    use_only_servers_for_tests()

    assert SHOP.keys() & os.environ.keys() == set()
    assert services.embedded_postgres_wanted()
    assert services.embedded_valkey_wanted()


@pytest.mark.usefixtures("_a_shop_s_servers")
def test_tests_use_the_servers_that_are_named_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_DATABASE_URL", "postgresql://ci.example/dure")

    use_only_servers_for_tests()

    assert os.environ["DATABASE_URL"] == "postgresql://ci.example/dure"
    assert "REDIS_URL" not in os.environ


def test_data_are_not_removed_while_dure_runs(home: Home) -> None:
    with (
        lock(home.run / "supervisor.lock"),
        pytest.raises(UnableToRun, match=r"^Dure runs from this clone: stop it first \(Ctrl-C there\)\.$"),
    ):
        services.erase(home)
    assert home.media.exists()

    services.erase(home)

    assert not home.path.exists()


def test_a_lock_that_was_removed_with_the_data_is_taken_anew(home: Home) -> None:
    """Who waited while the data were removed would hold a file that nobody else can find."""
    stale = home.run / "services.lock"

    with services._one_at_a_time(home):
        held = stale.stat().st_ino
        home.erase()
        home.make()
        stale.touch()
        with services._one_at_a_time(home):
            assert stale.stat().st_ino != held
