"""The staff's floor: what stands where, the clock, and who may see and set it."""

import csv
import re
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from factory_sim.commands import command_job
from factory_sim.contracts import Phase
from factory_sim.floor import plant_now
from factory_sim.models import ClockAct, Command, FactoryClock, Plant, ProductionOrder
from factory_sim.promise import quantiles
from factory_sim.services import load_plant, produce, run_clock, tick
from factory_sim.whatif import ready
from tests import samples
from tests.conftest import MONDAY
from tests.integration.factory_sim.floors import filled_floor
from tests.integration.factory_sim.work import PLANT, SPEED, at, spec, step

FLOOR = f"/admin/factory_sim/plant/{PLANT}/floor/"
OUTLOOK = f"{FLOOR}outlook/"
TIMETABLE = f"{FLOOR}timetable/"
TIMETABLE_FILE = f"{FLOOR}timetable.csv"
CLOCK = f"{FLOOR}clock/"
WHAT_IF = f"{FLOOR}what-if/"
FIGURES = f"{FLOOR}figures/"
FIGURES_FILE = f"{FLOOR}figures.csv"
DRAWN = [FLOOR, OUTLOOK, TIMETABLE, WHAT_IF, FIGURES]
PAGES = [*DRAWN, f"{WHAT_IF}?more_at=forming"]
FILES = [TIMETABLE_FILE, FIGURES_FILE]
OPEN_PIECES = 300

pytestmark = pytest.mark.django_db


@pytest.fixture
def plant(db: None) -> Plant:
    loaded = load_plant(data=samples.toml("plants/mangwon.toml"), now=MONDAY)
    run_clock(plant_slug=PLANT, speed=SPEED, now=MONDAY)
    return loaded


@pytest.fixture
def boss() -> User:
    return samples.superuser()


@pytest.fixture
def desk(client: Client, plant: Plant, boss: User) -> Client:
    client.force_login(boss)
    return client


def test_what_was_put_first_is_as_late_as_what_if_said(desk: Client, boss: User) -> None:
    orders = filled_floor(24, minutes=300)
    before = plant_now(PLANT)
    last = max((job for job in before.jobs if job.phase is Phase.QUEUED), key=lambda job: (-job.position, job.rank))
    asked = desk.get(WHAT_IF, {"first": last.key}).context["effects"]
    said = {row.effect.key: (row.effect.likely_then, row.effect.safe_then) for row in asked}
    (order,) = (each for each in orders if each.external_ref == last.key)
    command_job(order_id=order.pk, command=Command.PUT_FIRST, actor=boss, reason="", now=at(300))
    after = plant_now(PLANT)
    found = ready(after.machines, after.jobs, after.minute)

    assert {key: quantiles(minutes) for key, minutes in found.items()} == said
    assert any(row.effect.later < -1 for row in asked), "control: it gains by it"
    listed = {each.ref: each.safe_at for each in desk.get(OUTLOOK).context["late"]}
    assert listed
    assert all(moment == after.calendar.to_clock(said[ref][1]) for ref, moment in listed.items())


def test_the_floor_shows_what_stands_where(desk: Client) -> None:
    orders = filled_floor(5, minutes=10)
    with time_machine.travel(at(10), tick=False):
        shown = desk.get(FLOOR).context["floor"]
    forming = next(station for station in shown.stations if station.id == "forming")

    assert [each.id for each in shown.stations][:4] == ["forming", "glazing", "printing", "kiln"]
    assert [[piece.ref for piece in each.pieces] for each in forming.machines] == [["001-FLOOR"], ["002-FLOOR"]]
    assert [piece.ref for piece in forming.queue] == [each.external_ref for each in orders[2:]]
    assert (forming.waiting, forming.oldest, forming.left_out) == (3, pytest.approx(10), 0)
    assert (shown.busy, shown.waiting, shown.coming, shown.made_today) == (2, 3, 0, 0)


def test_the_workshop_leads_to_the_floor(desk: Client) -> None:
    plants = "/admin/factory_sim/plant/"

    assert f'href="{plants}"' in desk.get("/admin/").content.decode()
    assert f'href="{FLOOR}"' in desk.get(plants).content.decode()


def test_a_queue_shows_its_first_pieces_and_counts_the_rest(desk: Client) -> None:
    filled_floor(9, minutes=10)
    page = desk.get(FLOOR)
    forming = page.context["floor"].stations[0]

    assert (forming.waiting, len(forming.queue), forming.left_out) == (7, 4, 3)
    assert "and 3 more" in page.content.decode()


def test_nothing_is_shown_that_is_not_in_the_log(desk: Client) -> None:
    filled_floor(3, minutes=10)
    with time_machine.travel(at(300), tick=False):
        before = desk.get(FLOOR).context["floor"]
        tick(plant_slug=PLANT, now=at(300))
        after = desk.get(FLOOR).context["floor"]

    assert before.clock.at == after.clock.at == MONDAY + timedelta(minutes=300)
    assert (before.busy, before.stations[0].oldest) == (2, pytest.approx(10)), "no worker: nothing has happened since"
    assert after.stations[0].busy == after.stations[0].waiting == 0, "control: what the tick wrote is shown"


def test_the_floor_counts_what_was_made_today(desk: Client) -> None:
    filled_floor(2, minutes=14 * 60 - 1)
    assert desk.get(FLOOR).context["floor"].made_today == 2
    tick(plant_slug=PLANT, now=at(14 * 60 + 10 * 60))
    assert desk.get(FLOOR).context["floor"].made_today == 0, "control: it is Tuesday"


def test_the_outlook_names_who_is_late_and_where_she_waits(desk: Client) -> None:
    filled_floor(60, minutes=60)
    context = desk.get(OUTLOOK).context
    first = context["late"][0]

    assert context["late_count"] > 0
    assert context["dated"] == 60
    assert (first.is_late, first.station_id) == (True, "forming")
    assert first.due_at < first.likely_at <= first.safe_at
    chances = [row.chance for row in context["late"]]
    assert chances == sorted(chances, reverse=True)


def test_who_is_in_time_is_not_named(desk: Client) -> None:
    filled_floor(2, minutes=60)
    page = desk.get(OUTLOOK)

    assert page.context["late"] == []
    assert "every piece is expected when it was promised" in page.content.decode()


def test_todays_figures_come_from_the_log(desk: Client) -> None:
    filled_floor(3, minutes=13 * 60)
    today = desk.get(OUTLOOK).context["today"]

    assert (today.completed, today.due, today.on_time) == (3, 3, 3)
    assert today.throughput == pytest.approx(3 / 15)
    assert today.stations["forming"].quantity == 3


def test_work_that_runs_since_before_midnight_is_in_todays_figures(desk: Client) -> None:
    ten_in_the_evening, next_morning = 13 * 60, 22 * 60 + 30
    firing = spec(step("fire", "kiln", 150))
    produce(plant_slug=PLANT, external_ref="001-NIGHT", spec=firing, now=at(ten_in_the_evening))
    tick(plant_slug=PLANT, now=at(13 * 60 + 30))
    tick(plant_slug=PLANT, now=at(next_morning))
    today = desk.get(OUTLOOK).context["today"]

    assert today.window.until - today.window.since == pytest.approx(30)
    assert today.stations["kiln"].elements.production == pytest.approx(30)


def test_300_open_pieces_are_drawn_with_few_statements(
    desk: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    filled_floor(OPEN_PIECES + 10)
    assert Plant.objects.get().orders.exclude(phase="done").count() >= OPEN_PIECES
    for page in DRAWN:
        desk.get(page)

        with django_assert_max_num_queries(7):
            answer = desk.get(page)
        assert answer.status_code == 200, page


@pytest.mark.parametrize("page", PAGES)
def test_pages_have_no_inline_styles_and_no_name_twice(desk: Client, page: str) -> None:
    filled_floor(9, minutes=100)
    html = desk.get(page).content.decode()

    assert not re.search(r"<[^>]* style=|<style|onclick=", html)
    names = re.findall(r' id="([^"]+)"', html)
    assert len(names) == len(set(names))


# --- The timetable ----------------------------------------------------------------------------------


def rows_of(file: Any) -> list[dict[str, str]]:
    text = b"".join(file.streaming_content).decode()
    return list(csv.DictReader(text.splitlines()))


def test_the_timetable_draws_what_was_done_and_what_is_expected(desk: Client) -> None:
    filled_floor(3, minutes=100)
    context = desk.get(TIMETABLE, {"station": "forming", "ref": "002-FLOOR"}).context
    lines = [(line.stint.key, line.stint.machine, line.state) for line in context["lines"]]

    assert lines == [("001-FLOOR", 0, "done"), ("002-FLOOR", 1, "done"), ("003-FLOOR", 1, "running")]
    assert [day.date().day for _, day in context["day_marks"]] == [21, 23, 24], "there is no work on Sundays"
    kinds = Counter(each.kind for each in context["bars"] if each.bar.stint.station == "forming")
    assert kinds == {"done": 2, "done chosen": 1, "expected": 1}, "what runs is drawn in two parts"
    assert sum(each.bar.stint.key == "003-FLOOR" for each in context["bars"]) == 2 + 5


def test_a_timetable_that_is_asked_for_nonsense_shows_the_usual(desk: Client) -> None:
    filled_floor(1, minutes=40)
    context = desk.get(TIMETABLE, {"station": "<b>", "days": "400", "ref": "<script>"}).context

    assert (context["station"], context["days"], len(context["day_marks"])) == ("forming", "3", 3)
    assert len(desk.get(TIMETABLE, {"days": "1"}).context["day_marks"]) == 1


def test_the_timetable_of_a_plant_that_closed_at_midnight(client: Client, boss: User, db: None) -> None:
    data = samples.toml("plants/mangwon.toml")
    data["opening"] |= {"days": ["mon"], "closes": "00:00"}
    load_plant(data=data, now=MONDAY)
    run_clock(plant_slug=PLANT, speed=SPEED, now=MONDAY)
    tick(plant_slug=PLANT, now=at(15 * 60 + 30))
    client.force_login(boss)
    page = client.get(TIMETABLE, {"days": "1"})

    assert page.status_code == 200
    assert [day.date().day for _, day in page.context["day_marks"]] == [23]


def test_the_timetable_as_a_file_goes_on_to_the_last_piece(desk: Client) -> None:
    filled_floor(120, minutes=150)
    rows = rows_of(desk.get(TIMETABLE_FILE))
    last = max(rows, key=lambda row: row["to"])

    assert Counter(row["operation"] for row in rows) == dict.fromkeys(
        ("form", "glaze", "fire", "sleeve", "assemble", "pack"), 120
    )
    assert {row["state"] for row in rows} == {"done", "running", "expected"}
    assert rows[0] == {
        "station": "forming",
        "machine": "1",
        "piece": "001-FLOOR",
        "operation": "form",
        "state": "done",
        "from": "2026-11-23T09:00+09:00",
        "to": rows[0]["to"],
    }
    assert (last["operation"], last["to"] > "2026-11-24T16:00+09:00") == ("pack", True)


# --- What if ----------------------------------------------------------------------------------------


def test_what_if_shows_everybodys_dates_before_and_after(desk: Client) -> None:
    filled_floor(40, minutes=60)
    with samples.nothing_written():
        page = desk.get(WHAT_IF, {"more_at": "forming"})
    context = page.context

    assert page.status_code == 200
    assert len(context["effects"]) == 40
    assert context["risky_then"] < context["risky"]
    last = next(row for row in context["effects"] if row.effect.key == "040-FLOOR")
    assert last.safe_then_at < last.safe_at


def test_a_machine_that_is_down_and_a_piece_that_goes_first_make_others_late(desk: Client) -> None:
    filled_floor(40, minutes=60)
    down = desk.get(WHAT_IF, {"down": "glazing 0", "until": "2026-11-23T15:00"}).context
    first = desk.get(WHAT_IF, {"first": " 040-FLOOR "}).context

    assert (down["later_count"] >= 10, down["sooner_count"]) == (True, 0)
    assert [row.effect.key for row in first["effects"]][-1] == "040-FLOOR"
    assert first["sooner_count"] == 1
    assert first["later_count"] > 30


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"more_at": "", "first": ""}, "__all__"),
        ({"more_at": "moon"}, "more_at"),
        ({"first": "nobody"}, "first"),
        ({"down": "kiln 6", "until": "2026-11-23T15:00"}, "down"),
        ({"down": "kiln 0"}, "until"),
        ({"down": "kiln 0", "until": "2026-11-23T08:00"}, "until"),
        ({"down": "kiln 0", "until": "2027-11-23T08:00"}, "until"),
        ({"down": "kiln 0", "until": "at noon"}, "until"),
    ],
)
def test_what_cannot_be_asked_is_said_and_kept(desk: Client, asked: dict[str, str], field: str) -> None:
    filled_floor(2, minutes=60)
    page = desk.get(WHAT_IF, asked)

    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert "effects" not in page.context
    if field in {"first", "until"}:
        assert f'value="{asked.get(field, "")}"' in page.content.decode() or not asked.get(field)


def test_a_piece_is_put_first_where_its_effect_is_seen(desk: Client) -> None:
    orders = filled_floor(40, minutes=60)
    command = f'action="/admin/factory_sim/productionorder/{orders[-1].pk}/command/"'
    asked = desk.get(WHAT_IF, {"first": "040-FLOOR"}).content.decode()
    more = desk.get(WHAT_IF, {"first": "040-FLOOR", "more_at": "forming"}).content.decode()

    assert command in asked
    assert "put_first" not in more, "a machine that is not there cannot be applied"
    given = desk.post(re.findall(r'action="([^"]+/command/)"', asked)[0], {"put_first": "", "reason": "A gift."})
    assert given.status_code == 302
    assert ProductionOrder.objects.get(pk=orders[-1].pk).is_first
    assert command not in desk.get(WHAT_IF, {"first": "040-FLOOR"}).content.decode()


def test_who_is_late_can_be_put_first_by_those_who_may(desk: Client, client: Client) -> None:
    filled_floor(40, minutes=60)
    late = desk.get(OUTLOOK)
    first = late.context["late"][0]
    desk.post(f"/admin/factory_sim/productionorder/{first.order_id}/command/", {"put_first": ""})
    page = desk.get(OUTLOOK).content.decode()
    client.force_login(samples.with_permissions("factory_sim.view_plant"))
    for_viewers = client.get(OUTLOOK).content.decode()

    assert f'aria-label="Put {first.ref} first"' in late.content.decode()
    assert "The staff have put it first." in page
    assert f'aria-label="Put {first.ref} first"' not in page
    assert "put_first" not in for_viewers


def test_what_if_takes_a_second_of_a_core_and_is_limited(desk: Client, allow: Callable[[str, str], None]) -> None:
    allow("what_if", "2/min")
    assert [desk.get(WHAT_IF).status_code for _ in range(3)] == [200, 200, 429]


def test_who_is_late_is_led_to_what_would_help(desk: Client) -> None:
    filled_floor(40, minutes=60)
    page = desk.get(OUTLOOK).content.decode()
    asked = desk.get(WHAT_IF)
    best, *_others = asked.context["help"]

    assert re.search(r'what-if/[?]first=\d{3}-FLOOR"', page)
    assert f'href="{WHAT_IF}"' in page
    assert best[0].station == "forming"
    assert best[0].late < asked.context["usual"].late
    assert 'href="?more_at=forming"' in asked.content.decode()


# --- Key figures ------------------------------------------------------------------------------------


def test_figures_of_a_day_station_by_station(desk: Client) -> None:
    filled_floor(4, minutes=23 * 60)
    monday = desk.get(FIGURES, {"day": "2026-11-23"}).context["figures"]
    today = desk.get(FIGURES, {"day": "yesterday"}).context["figures"]
    forming = {name["en"]: each for name, each in monday.stations}["Forming"]

    assert (monday.plant.completed, monday.plant.window.calendar) == (4, 24 * 60)
    assert (forming.quantity, forming.elements.calendar) == (4, 2 * 24 * 60)
    assert (today.day.date.day, today.plant.completed) == (24, 0), "what is not a day of the week is today"


def test_the_figures_as_a_file(desk: Client) -> None:
    filled_floor(4, minutes=23 * 60)
    rows = rows_of(desk.get(FIGURES_FILE))
    forming = next(row for row in rows if (row["day"], row["station"]) == ("2026-11-23", "forming"))

    assert len(rows) == 7 * 10
    assert (forming["operations"], forming["setup"], forming["quality_ratio"]) == ("4", "0.0", "1.0")
    elements = sum(float(forming[name]) for name in ("closed", "down", "production", "setup", "blocked", "idle"))
    assert elements == pytest.approx(2 * 24 * 60)
    assert rows[-1]["effectiveness"] == "", "nothing was done: there is nothing to divide by"


# --- The clock --------------------------------------------------------------------------------------


def test_staff_run_put_forward_and_pause_the_clock_and_it_is_written_down(desk: Client, boss: User) -> None:
    with time_machine.travel(at(0), tick=False):
        for form in ({"run": "", "run-speed": "720"}, {"jump": "", "jump-minutes": "240"}, {"pause": ""}):
            assert desk.post(CLOCK, form).status_code == 302
    clock = FactoryClock.objects.get()
    acts = list(ClockAct.objects.order_by("pk").values_list("act", "speed", "minutes", "actor", "at", "shown"))
    later = MONDAY + timedelta(hours=4)

    assert (clock.speed, clock.paused, clock.factory_anchor) == (720.0, True, later)
    assert acts == [
        ("run", 720.0, None, boss.pk, at(0), MONDAY),
        ("jump", None, 240.0, boss.pk, at(0), later),
        ("pause", None, None, boss.pk, at(0), later),
    ]


def test_a_jump_ends_in_opening_hours_and_the_tick_makes_up_for_it(desk: Client) -> None:
    filled_floor(2, minutes=0)
    with time_machine.travel(at(0), tick=False):
        desk.post(CLOCK, {"jump": "", "jump-minutes": "960"})
        assert desk.get(FLOOR).context["floor"].clock.at == MONDAY + timedelta(days=1), "two hours are the next day's"
        tick(plant_slug=PLANT, now=at(0))
        assert desk.get(FLOOR).context["floor"].busy == 0
    assert not Plant.objects.get().orders.exclude(phase="done").exists()


def test_a_jump_that_is_sent_twice_is_made_once(desk: Client) -> None:
    form = {"jump": "", "jump-minutes": "60", "csrfmiddlewaretoken": "a" * 64}
    for _ in range(2):
        assert desk.post(CLOCK, form).status_code == 302
    assert ClockAct.objects.count() == 1
    desk.post(CLOCK, {**form, "csrfmiddlewaretoken": "b" * 64})
    assert ClockAct.objects.count() == 2, "control: another form is another jump"


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"run": "", "run-speed": "0"}, "run-speed"),
        ({"run": "", "run-speed": "fast"}, "run-speed"),
        ({"run": "", "run-speed": "nan"}, "run-speed"),
        ({"jump": "", "jump-minutes": "-60"}, "jump-minutes"),
        ({}, ""),
    ],
)
def test_what_cannot_be_set_is_said_and_nothing_changes(desk: Client, form: dict[str, str], field: str) -> None:
    with samples.nothing_written():
        page = desk.post(CLOCK, form)

    assert page.status_code == 422
    errors = set(re.findall(r'id="id_([a-z-]+)_error"', page.content.decode()))
    assert errors == ({field} if field else set())
    if field:
        assert f'value="{form[field]}"' in page.content.decode() or field == "jump-minutes"


# --- Who may ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", [*PAGES, *FILES])
def test_the_floor_is_for_staff_with_the_permission(plant: Plant, page: str) -> None:
    other = Client()
    assert other.get(page).status_code == 302
    other.force_login(samples.reviewer())
    assert other.get(page).status_code == 403


def test_who_may_see_the_floor_may_not_yet_set_its_clock(plant: Plant, client: Client) -> None:
    user = samples.with_permissions("factory_sim.view_plant")
    client.force_login(user)
    assert 'name="pause"' not in client.get(FLOOR).content.decode()
    with samples.nothing_written():
        assert client.post(CLOCK, {"pause": ""}).status_code == 403
    assert client.get(CLOCK).status_code == 405


@pytest.mark.parametrize("page", [*PAGES, *FILES])
def test_a_plant_that_does_not_exist_is_not_found(desk: Client, page: str) -> None:
    assert desk.get(page.replace(PLANT, "nowhere")).status_code == 404
