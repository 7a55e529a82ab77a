"""`factory_clock`, `load_demo` and `staff_login`."""

import io
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from accounts.models import User
from editions.models import Edition, Piece
from editions.selectors import availability, open_editions
from factory_sim.models import FactoryClock, Plant
from factory_sim.services import load_plant, produce, run_clock, tick
from tests import samples
from tests.conftest import MONDAY
from tests.integration.factory_sim.work import SIMPLE

pytestmark = pytest.mark.django_db


def call(command: str, *args: str, **options: object) -> str:
    """What a command says."""
    out = io.StringIO()
    call_command(command, *args, stdout=out, **options)
    return out.getvalue()


# --- factory_clock ---------------------------------------------------------------------------------


def test_the_clock_is_run_shown_and_paused_by_hand(plant: Plant) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        assert call("factory_clock", "run", "--speed", "720") == (
            "mangwon: Mon 2026-11-23 09:00, at 720 times the speed of a real clock\n"
        )
        clock.shift(timedelta(seconds=10))
        assert call("factory_clock", "show") == (
            "mangwon: Mon 2026-11-23 11:00, at 720 times the speed of a real clock\n"
        )
        assert call("factory_clock", "pause") == "mangwon: Mon 2026-11-23 11:00, paused\n"
        clock.shift(timedelta(hours=1))
        assert call("factory_clock", "show") == "mangwon: Mon 2026-11-23 11:00, paused\n"


def test_showing_the_clock_does_not_touch_it(plant: Plant) -> None:
    with samples.nothing_written():
        call("factory_clock", "show")


def test_the_clock_is_set_without_a_word_when_asked_to(plant: Plant) -> None:
    assert call("factory_clock", "pause", verbosity=0) == ""
    assert FactoryClock.objects.get().paused is True


@pytest.mark.parametrize("speed", ["0", "-2"])
def test_a_clock_that_would_not_move_is_refused_with_a_sentence(plant: Plant, speed: str) -> None:
    with samples.nothing_written(), pytest.raises(CommandError, match="The speed must be above zero"):
        call("factory_clock", "run", "--speed", speed)


@pytest.mark.parametrize("action", ["run", "pause", "show"])
def test_a_plant_that_does_not_exist_is_told_in_a_sentence(db: None, action: str) -> None:
    with pytest.raises(CommandError, match="There is no plant: load_demo makes them"):
        call("factory_clock", action)
    with pytest.raises(CommandError, match="There is no plant 'euljiro': load_demo makes the demo's"):
        call("factory_clock", action, "--plant", "euljiro")


def test_every_plant_has_a_clock_and_they_agree(plant: Plant) -> None:
    """Mangwon has worked for a while when Euljiro comes: dates of both can be compared."""
    run_clock(plant_slug="mangwon", speed=1, now=MONDAY)
    produce(plant_slug="mangwon", external_ref="001-ABCDE", spec=SIMPLE, now=MONDAY)
    later = MONDAY + timedelta(hours=30)
    tick(plant_slug="mangwon", now=later)
    load_plant(data=samples.toml("plants/euljiro.toml"), now=later)

    with time_machine.travel(later, tick=False):
        assert call("factory_clock", "run", "--speed", "720").splitlines() == [
            "mangwon: Tue 2026-11-24 15:00, at 720 times the speed of a real clock",
            "euljiro: Tue 2026-11-24 15:00, at 720 times the speed of a real clock",
        ]
        assert call("factory_clock", "pause", "--plant", "euljiro") == "euljiro: Tue 2026-11-24 15:00, paused\n"
        assert FactoryClock.objects.get(plant__slug="mangwon").paused is False


# --- load_demo -------------------------------------------------------------------------------------


def test_the_demo_is_loaded_and_open_at_once(db: None, now: datetime) -> None:
    said = call("load_demo", stderr=io.StringIO())

    for words in ("Published on-dam/1.", "Opened ON:DAM First Firing: 100 pieces."):
        assert words in said.splitlines()
    edition = open_editions(datetime.now(tz=now.tzinfo)).get(slug="first-firing")
    assert (edition.version.key, edition.currency) == ("on-dam/1", "KRW")
    assert edition.card.as_json() == [
        {"from_order": 1, "amount": 58_000},
        {"from_order": 41, "amount": 64_000},
        {"from_order": 71, "amount": 72_000},
        {"from_order": 91, "amount": 86_000},
    ]
    assert edition.opens_at - edition.announced_at == timedelta(hours=25)
    assert availability(edition, now).available == 100
    numbers = Piece.objects.filter(edition=edition).order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, 101))
    assert list(Plant.objects.values_list("slug", flat=True).order_by("slug")) == ["euljiro", "mangwon"]
    assert all(clock.paused for clock in FactoryClock.objects.all())


def test_a_product_without_a_single_plate_is_left_out_and_said_to_be(catalogue: Path, db: None) -> None:
    shutil.rmtree(catalogue / "on-dam" / "views")
    err = io.StringIO()

    said = call("load_demo", stderr=err)

    assert "on-dam" not in said
    assert [line for line in err.getvalue().splitlines() if "on-dam" in line] == [
        "on-dam has no plates in views/hero, views/back, views/detail: it is left out.",
        "ON:DAM Cobalt Night waits for its product on-dam.",
        "ON:DAM First Firing waits for its product on-dam.",
    ]
    assert not Edition.objects.filter(slug="first-firing").exists()


def test_the_plates_of_some_views_are_not_enough(catalogue: Path, db: None) -> None:
    file = catalogue / "on-dam" / "product.toml"
    view = '[[views]]\nid = "top"\nname = { ko = "위", en = "Top" }\nfolder = "views/top"\n'
    file.write_text(file.read_text(encoding="utf-8").replace("[base_colours]", f"{view}\n[base_colours]"), "utf-8")

    with samples.nothing_written(), pytest.raises(CommandError, match=r"view top has no view\.json in views/top"):
        call("load_demo", stderr=io.StringIO())


def test_loading_the_demo_again_changes_nothing(db: None) -> None:
    call("load_demo")

    with samples.nothing_written():
        assert call("load_demo") == ""


def test_a_demo_that_cannot_be_published_is_told_in_a_sentence(db: None, settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "cup").mkdir()
    (tmp_path / "cup" / "product.toml").write_text("slug = ", encoding="utf-8")
    settings.CATALOGUE_DIR = tmp_path

    with samples.nothing_written(), pytest.raises(CommandError, match=r"cup cannot be published: product\.toml: "):
        call("load_demo")


@pytest.fixture
def catalogue(settings: Settings, tmp_path: Path) -> Path:
    """A copy of the demo's catalogue that a test may change."""
    copy = Path(shutil.copytree(samples.CATALOGUE, tmp_path / "catalogue"))
    settings.CATALOGUE_DIR = copy
    return copy


def test_a_plant_in_use_keeps_its_definition_and_the_start_goes_on(catalogue: Path) -> None:
    call("load_demo")
    produce(plant_slug="mangwon", external_ref="001-ABCDE", spec=SIMPLE, now=MONDAY)
    file = catalogue / "plants" / "mangwon.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("machines = 2", "machines = 1"), encoding="utf-8")

    with samples.nothing_written():
        said = call("load_demo")

    assert said == (
        "The plant mangwon stays as it was: 1 piece is being made, and until it is done only stations can be added.\n"
    )


def test_a_plant_that_lacks_a_station_of_its_product_is_not_loaded_either(db: None, catalogue: Path) -> None:
    """Once it was, its station could never be renamed."""
    file = catalogue / "plants" / "mangwon.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('id = "kiln"', 'id = "kilm"'), encoding="utf-8")

    with samples.nothing_written(), pytest.raises(CommandError, match="operation fire needs the station kiln"):
        call("load_demo")


def test_what_was_sold_survives_loading_the_demo_again(db: None, now: datetime) -> None:
    call("load_demo")
    edition = Edition.objects.get(slug="first-firing")
    samples.held(edition, now=datetime.now(tz=now.tzinfo))

    with samples.nothing_written():
        call("load_demo")


# --- staff_login -----------------------------------------------------------------------------------


@pytest.fixture
def debugging(settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """On a developer's machine, with secrets of its own."""
    settings.DEBUG = True
    monkeypatch.setenv("DURE_HOME", str(tmp_path / "home"))


def test_a_staff_login_is_made_and_told_again_on_request(debugging: None, db: None) -> None:
    first = call("staff_login")

    user = User.objects.get()
    words = first.split()
    assert words[:4] == ["Staff", "login:", "maker@dure.example", "password:"]
    assert user.check_password(words[4])
    assert len(words[4]) >= 16
    assert (user.is_staff, user.is_superuser, user.is_active) == (True, True, True)
    with samples.nothing_written():
        assert call("staff_login") == first
        assert call("staff_login", "--only-if-new") == ""


def test_a_password_that_was_changed_is_set_back(debugging: None, db: None) -> None:
    first = call("staff_login")
    user = User.objects.get()
    user.set_password("forgotten")
    user.save()

    assert call("staff_login") == first

    user.refresh_from_db()
    assert user.check_password(first.split()[4])


def test_two_clones_have_two_passwords(
    debugging: None, db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first = call("staff_login")
    User.objects.all().delete()
    monkeypatch.setenv("DURE_HOME", str(tmp_path / "other-home"))

    assert call("staff_login") != first


def test_the_password_is_kept_for_its_owner_only(debugging: None, db: None, tmp_path: Path) -> None:
    password = call("staff_login").split()[4]

    (file,) = [each for each in (tmp_path / "home").rglob("*") if each.is_file() and each.read_text() == password]
    assert file.stat().st_mode & 0o077 == 0
    assert file.parent.stat().st_mode & 0o077 == 0


def test_without_debug_there_is_no_such_login(db: None, settings: Settings) -> None:
    settings.DEBUG = False

    with samples.nothing_written(), pytest.raises(CommandError, match="This login is for demos"):
        call("staff_login")
