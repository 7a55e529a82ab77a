"""Files that say editions: what they may say, how mistakes are told, and what is announced from them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from configurator.models import ProductVersion
from configurator.services import load_product
from editions.edition_file import UnreadableEdition, announce_file, read_edition_file
from editions.models import Edition, Lobby
from factory_sim.services import load_plant
from tests import samples

pytestmark = pytest.mark.django_db

COBALT_NIGHT = samples.CATALOGUE / "editions" / "cobalt-night.toml"
LOBBY = "opens_in_minutes = 60\nlobby = { opens_minutes_before = 50, closes_minutes_before = 5, pace = 10 }\n"


@pytest.fixture
def version(now: datetime) -> ProductVersion:
    load_plant(data=samples.toml("plants/mangwon.toml"), now=now)
    return load_product(folder=samples.CATALOGUE / "on-dam", now=now)[0]


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str, str], Path]:
    """The demo's file with one thing replaced."""

    def replaced(old: str, new: str) -> Path:
        text = COBALT_NIGHT.read_text(encoding="utf-8")
        assert text.count(old) >= 1, old
        file = tmp_path / "changed.toml"
        file.write_text(text.replace(old, new, 1), encoding="utf-8")
        return file

    return replaced


def test_the_demo_s_scarce_edition(version: ProductVersion, now: datetime) -> None:
    edition = announce_file(read_edition_file(COBALT_NIGHT), version, now=now)

    cobalt = edition.own_components.get()
    assert (cobalt.slug, cobalt.stock, cobalt.units.count(), cobalt.name_ko) == ("cobalt", 20, 20, "코발트 유약")
    ladder = edition.card.ladder_of("cobalt")
    assert ladder is not None
    assert [(step.from_order, step.amount) for step in ladder.steps] == [
        (1, 6_000),
        (9, 9_000),
        (17, 14_000),
    ]
    assert (edition.size, edition.per_person, edition.opens_at) == (40, 2, now)
    assert not Lobby.objects.exists()


def test_an_edition_that_opens_later_may_have_a_lobby(
    version: ProductVersion, written: Callable[[str, str], Path], now: datetime
) -> None:
    said = read_edition_file(written("per_person = 2\n", LOBBY))

    edition = announce_file(said, version, now=now)

    lobby = Lobby.objects.get(edition=edition)
    before = [edition.opens_at - moment for moment in (lobby.opens_at, lobby.closes_at)]
    assert (edition.opens_at, edition.per_person, lobby.pace) == (now + timedelta(hours=1), None, 10)
    assert before == [timedelta(minutes=50), timedelta(minutes=5)]
    assert edition.announced_at <= now


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("size = 40", "size = 0", "size: Input should be greater than or equal to 1"),
        ("size = 40", 'size = "40"', "size: Input should be a valid integer"),
        ("per_person = 2", "per_persn = 2", "per_persn: Extra inputs are not permitted"),
        ("stock = 20", "stock = 16", "a step that begins after the last unit is never paid"),
        ("amount = 9000", "amount = 900", "never falls"),
        ("per_person = 2", LOBBY.replace("60", "40"), "the lobby must open after the edition is announced"),
        ("slug = ", "slug ", "changed.toml: Expected '='"),
        ('currency = "KRW"', 'currency = "won"', "currency: String should match pattern"),
    ],
)
def test_a_mistake_is_told_with_its_place(
    old: str, new: str, sentence: str, written: Callable[[str, str], Path]
) -> None:
    with pytest.raises(UnreadableEdition) as told:
        read_edition_file(written(old, new))

    assert str(told.value).startswith("changed.toml: ")
    assert sentence in str(told.value)


def test_a_component_that_the_product_does_not_have_is_refused(
    version: ProductVersion, written: Callable[[str, str], Path], now: datetime
) -> None:
    said = read_edition_file(written('id = "cobalt"', 'id = "colbalt"'))

    with samples.nothing_written(), pytest.raises(UnreadableEdition, match="on-dam/1 has no component colbalt"):
        announce_file(said, version, now=now)
    assert not Edition.objects.exists()
