"""What all tests share. Services and browser come from `make test`; see README."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from pytest_django.fixtures import Settings

from accounts.models import User
from configurator.definition import ProductDefinition
from configurator.services import read_product_file
from editions.models import Edition
from tests import samples

CATALOGUE = Path(django_settings.CATALOGUE_DIR)
# A Monday, 09:00 in Seoul: the plant of the demo is open.
MONDAY = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)


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
def reviewer(db: None) -> User:
    """Staff who may review, and nothing else."""
    return samples.reviewer()


@pytest.fixture(autouse=True)
def _fresh_cache_and_pictures(settings: Settings, tmp_path: Path) -> None:
    """No test sees another's throttle counters, queues or pictures."""
    pictures = {**settings.CACHES["pictures"], "LOCATION": str(tmp_path / "pictures")}
    settings.CACHES = {**settings.CACHES, "pictures": pictures}
    cache.clear()
