"""What each option does to the date: said where it changes by a day or more, and only there."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from editions.models import Edition
from factory_sim.alternatives import finishing_minutes_of_each
from factory_sim.services import pause_clock
from orders.options import OptionWords, days_text
from orders.services.publish import publish_queues
from orders.services.quote import make_quote
from tests import samples

pytestmark = pytest.mark.django_db

# Two working days more at the leather bench, which the plant works sixteen hours a day.
SLOW_GOLD = {"stitch = { gold = 12 }": "stitch = { gold = 1932 }"}
STUDIO = "/{}/editions/second-firing/studio/"


@pytest.fixture
def slow(edition: Edition, tmp_path: Path, now: datetime) -> Edition:
    """An edition in which gold thread takes two days, in a plant that stands still."""
    slow = samples.revised_edition(tmp_path, SLOW_GOLD, now=now)
    pause_clock(plant_slug="mangwon", now=now)
    return slow


def options_beside(edition: Edition, now: datetime, **choices: str) -> dict[tuple[str, str], dict[str, Any]]:
    quote = make_quote(edition=edition, data=samples.design(edition, **choices), now=now)
    words = OptionWords(edition, quote.offer.configuration, "en", queue=quote.queue)
    return {(group.id, each["id"]): each for group in words.groups for each in words.group(group)["options"]}


def safe_day(edition: Edition, now: datetime, **choices: str) -> Any:
    offer = make_quote(edition=edition, data=samples.design(edition, **choices), now=now).offer
    return timezone.localdate(offer.safe_at)


def test_an_option_that_takes_days_says_so(slow: Edition, now: datetime) -> None:
    options = options_beside(slow, now)
    apart = (safe_day(slow, now, stitch="gold") - safe_day(slow, now)).days

    assert apart >= 2
    assert options["stitch", "gold"]["days"] == apart
    assert options["stitch", "gold"]["days_text"] == f"+{apart} days"
    assert {key for key, option in options.items() if option["days"]} == {("stitch", "gold")}, "and no other"
    assert {option["days_text"] for key, option in options.items() if key != ("stitch", "gold")} == {""}


def test_beside_it_the_others_are_sooner(slow: Edition, now: datetime) -> None:
    options = options_beside(slow, now, stitch="gold")
    apart = (safe_day(slow, now, stitch="gold") - safe_day(slow, now)).days

    assert options["stitch", "gold"]["days"] == 0, "it is the one that is shown"
    assert options["stitch", "ivory"]["days"] == -apart
    assert options["stitch", "ivory"]["days_text"] == f"{apart} days sooner"
    assert options["glaze", "indigo"]["days"] == 0, "that keeps the thread"


@pytest.mark.parametrize("published", [False, True])
def test_the_date_that_an_option_announces_is_the_one_that_it_then_has(
    slow: Edition, now: datetime, published: bool
) -> None:
    if published:
        publish_queues(now=now)
    shown = safe_day(slow, now)

    for (group, option), state in options_beside(slow, now).items():
        if state["state"] == "free":
            assert (safe_day(slow, now, **{group: option}) - shown).days == state["days"]


def test_all_options_take_one_pass_and_no_further_statement(
    slow: Edition, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def counted(queue: Any, specs: Any, **when: float) -> Any:
        calls.append(len(specs))
        return finishing_minutes_of_each(queue, specs, **when)

    monkeypatch.setattr("factory_sim.plant_queue.finishing_minutes_of_each", counted)
    options = options_beside(slow, now)

    # Of some thirty options, those that are not the same work as another one or as the design itself.
    assert len(calls) == 2
    assert calls[0] == 1
    assert calls[1] < len(options) / 3


def test_where_nothing_is_promised_no_days_are_spoken_of(slow: Edition, now: datetime) -> None:
    quote = make_quote(edition=slow, data=samples.design(slow), now=now)
    words = OptionWords(slow, quote.offer.configuration, "en")

    assert {each["days_text"] for group in words.groups for each in words.group(group)["options"]} == {""}


@pytest.mark.parametrize(
    ("days", "english"), [(0, ""), (1, "+1 day"), (3, "+3 days"), (-1, "1 day sooner"), (-2, "2 days sooner")]
)
def test_days_in_words(days: int, english: str) -> None:
    with translation.override("en"):
        assert days_text(days) == english


def test_the_page_and_the_api_say_the_same(slow: Edition, client: Client, now: datetime) -> None:
    page = client.get(STUDIO.format("en")).content.decode()
    asked = {"edition": slow.slug, "configuration": samples.design(slow)}
    answer = client.post("/api/v1/quotes", asked, "application/json", headers={"Accept-Language": "en"}).json()

    stitches = next(group for group in answer["groups"] if group["id"] == "stitch")
    said = {option["id"]: option["days_text"] for option in stitches["options"]}
    assert said["gold"].startswith("+")
    assert f'<span data-part="days">{said["gold"]}</span>' in page
    assert page.count('<span class="days" hidden>') == page.count('<span class="days"') - 1
