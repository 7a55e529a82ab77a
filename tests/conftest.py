"""What all tests share. Services and browser come from `make test`; see README."""

import signal
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connection
from django.utils import translation
from pytest_django import DjangoDbBlocker
from pytest_django.fixtures import Settings

from accounts.models import User
from configurator.definition import ProductDefinition
from configurator.services import read_product_file
from core.http import AddressThrottle
from editions.models import Edition
from tests import samples

LAST = ("stack", "browser")
CATALOGUE = Path(django_settings.CATALOGUE_DIR)
# A Monday, 09:00 in Seoul: the plant of the demo is open.
MONDAY = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)


def pytest_configure() -> None:
    """kill, and a terminal that is closed, end the tests as Ctrl-C does: every fixture stops what it has started."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _interrupt_once)
    # A job in the background of a script ignores it, and so would everything that a test starts and then interrupts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # Every test client would look through all static files first: a quarter of all the time that tests took.
    django_settings.WHITENOISE_AUTOREFRESH = True


def _interrupt_once(_number: int, _frame: FrameType | None) -> NoReturn:
    """The group and the parent may both hand on one signal; the second must not disturb the fixtures' ends."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Quick tests first, and the browser last: its event loop stays in the thread, where Django then refuses to query.

    Within each part the order stays the random one.
    """
    items.sort(
        key=lambda item: max((LAST.index(name) + 1 for name in LAST if item.get_closest_marker(name)), default=0)
    )


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Tests with threads empty every table when they end, and some would refuse; their tests refuse for themselves."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for table in ("editions_ledgerentry", "editions_lobby", "editions_lobbyentry"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_never_emptied")


@pytest.fixture(scope="session")
def definition() -> ProductDefinition:
    """The demo's product, straight from its file."""
    return read_product_file(CATALOGUE / "on-dam" / "product.toml")


@pytest.fixture
def now() -> datetime:
    return datetime.now(tz=UTC)


@pytest.fixture
def edition(db: None, now: datetime) -> Edition:
    """The demo's plant, product and an open edition of ten pieces."""
    return samples.open_edition(now=now, size=10)


@pytest.fixture
def modelled_edition(db: None, now: datetime, settings: Settings, tmp_path: Path) -> Edition:
    """The same of a product with a model for 3D, which is turned on a lathe by arithmetic."""
    settings.CATALOGUE_DIR = samples.modelled_catalogue(tmp_path / "catalogue")
    return samples.open_edition(now=now, size=10, catalogue=settings.CATALOGUE_DIR)


@pytest.fixture
def reviewer(db: None) -> User:
    """Staff who may review, and nothing else."""
    return samples.reviewer()


@pytest.fixture(autouse=True)
def _fresh_cache_and_pictures(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> None:
    """No test with a database sees another's throttle counters, queues or pictures."""
    if request.node.get_closest_marker("django_db") or "db" in request.fixturenames:
        settings.PICTURE_CACHE = str(tmp_path / "pictures")
        settings.MEDIA_ROOT = str(tmp_path / "media")
        cache.clear()


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """A request leaves its language active in the thread; no test starts in another's."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _cheap_passwords(settings: Settings) -> None:
    """Making a password slow to guess takes a second of every test that has a user."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def log_lines(caplog: pytest.LogCaptureFixture) -> Callable[[], list[dict[str, Any]]]:
    """The structured lines that were logged so far, with the context that was bound to each."""
    caplog.set_level("INFO")
    return lambda: [record.msg for record in caplog.records if isinstance(record.msg, dict)]


@pytest.fixture
def allow(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Another rate for one scope: `allow("hold", "2/min")`. Throttles look it up whenever one is made."""
    return lambda scope, rate: monkeypatch.setitem(AddressThrottle.THROTTLE_RATES, scope, rate)
