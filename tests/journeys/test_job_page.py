"""A job's page for staff: the commands that it takes, and who may give them."""

import re
from html import unescape

import pytest
from django.test import Client

from accounts.models import User
from factory_sim.models import JobCommand, JobStatus, Plant, ProductionOrder
from factory_sim.services import load_plant, run_clock, tick
from tests import samples
from tests.conftest import MONDAY
from tests.integration.factory_sim.floors import filled_floor
from tests.integration.factory_sim.work import PLANT, SPEED, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(db: None) -> ProductionOrder:
    """A piece on the forming bench, ten minutes after it came."""
    load_plant(data=samples.toml("plants/mangwon.toml"), now=MONDAY)
    run_clock(plant_slug=PLANT, speed=SPEED, now=MONDAY)
    filled_floor(1, minutes=10)
    return ProductionOrder.objects.get()


@pytest.fixture
def boss() -> User:
    return samples.superuser()


@pytest.fixture
def desk(client: Client, boss: User) -> Client:
    client.force_login(boss)
    return client


def page_of(order: ProductionOrder) -> str:
    return f"/admin/factory_sim/productionorder/{order.pk}/change/"


def command_of(order: ProductionOrder) -> str:
    return f"/admin/factory_sim/productionorder/{order.pk}/command/"


def buttons(html: str) -> list[str]:
    (form,) = re.findall(r"<form[^>]*job-command.*?</form>", html, re.DOTALL)
    return re.findall(r'<button name="([a-z_]+)"', form)


def test_the_page_offers_what_the_state_takes(desk: Client, order: ProductionOrder) -> None:
    assert buttons(desk.get(page_of(order)).content.decode()) == ["pause", "abort", "put_first"]
    desk.post(command_of(order), {"pause": "", "reason": "A crack?"})
    paused = desk.get(page_of(order)).content.decode()

    assert buttons(paused) == ["resume", "abort", "put_first"]
    assert "A crack?" in paused
    assert "Aborting is for good: the customer's order is cancelled, what was paid is given back" in unescape(paused)
    desk.post(command_of(order), {"abort": "", "reason": "It is cracked."})
    assert "job-command" not in desk.get(page_of(order)).content.decode()
    assert ProductionOrder.objects.get().status == JobStatus.ABORTED


def test_a_piece_is_put_first_and_takes_its_turn_again(desk: Client, order: ProductionOrder) -> None:
    desk.post(command_of(order), {"put_first": "", "reason": "A gift for tomorrow."})
    page = desk.get(page_of(order)).content.decode()

    assert buttons(page) == ["pause", "abort", "in_turn"]
    assert "A gift for tomorrow." in page
    desk.post(command_of(order), {"in_turn": ""})
    assert "put_first" in buttons(desk.get(page_of(order)).content.decode())
    assert not ProductionOrder.objects.get().is_first


def test_a_refused_command_says_why_and_keeps_what_was_typed(desk: Client, order: ProductionOrder) -> None:
    with samples.nothing_written():
        without = desk.post(command_of(order), {"abort": "", "reason": " "})
        late = desk.post(command_of(order), {"resume": "", "reason": "It may go on."})
        unknown = desk.post(command_of(order), {"melt": ""})

    assert [each.status_code for each in (without, late, unknown)] == [422, 422, 404]
    assert "Please say why." in without.content.decode()
    assert "does not take this command" in late.content.decode()
    assert "It may go on." in late.content.decode()


def test_a_command_that_is_sent_twice_is_given_once(desk: Client, order: ProductionOrder) -> None:
    answers = [desk.post(command_of(order), {"pause": ""}).status_code for _ in range(2)]

    assert answers == [302, 422]
    assert JobCommand.objects.count() == 1


def test_a_held_piece_is_shown_as_held_and_has_no_expectation(desk: Client, order: ProductionOrder) -> None:
    floor = f"/admin/factory_sim/plant/{PLANT}/floor/"
    desk.post(command_of(order), {"pause": ""})
    tick(plant_slug=PLANT, now=at(200))
    shown = desk.get(floor).context["floor"]
    glazing = next(station for station in shown.stations if station.id == "glazing")

    assert [piece.ref for piece in glazing.held] == [order.external_ref]
    assert (glazing.waiting, shown.busy) == (0, 0)
    assert desk.get(f"{floor}what-if/", {"more_at": "glazing"}).context["effects"] == []
    lines = desk.get(f"{floor}timetable/", {"station": "glazing"}).context["lines"]
    assert lines == []


def test_commands_are_for_those_who_may(client: Client, order: ProductionOrder) -> None:
    client.force_login(samples.with_permissions("factory_sim.view_productionorder"))
    assert "job-command" not in client.get(page_of(order)).content.decode()
    with samples.nothing_written():
        assert client.post(command_of(order), {"pause": ""}).status_code == 403
    client.force_login(samples.operator())

    assert client.post(command_of(order), {"pause": ""}).status_code == 302, "control"
    assert client.get(command_of(order)).status_code == 405


def test_operators_see_the_floor_and_command_jobs_and_do_not_set_clocks(client: Client, order: ProductionOrder) -> None:
    client.force_login(samples.operator())
    floor = f"/admin/factory_sim/plant/{PLANT}/floor/"

    assert client.get(floor).status_code == client.get("/admin/factory_sim/plant/").status_code == 200
    assert client.post(f"{floor}clock/", {"pause": ""}).status_code == 403
    assert Plant.objects.get().clock.paused is False


def test_a_job_is_read_and_what_the_engine_keeps_is_folded(desk: Client, order: ProductionOrder) -> None:
    page = desk.get(page_of(order)).content.decode()
    read, kept = re.split(r"<details[^>]*>", page[page.index("field-operation") :], maxsplit=1)

    assert f">{order.work_spec['operations'][order.position]['name']['en']}<" in read
    assert str(order.urgency) not in read, "a piece without a place in the plan has none"
    assert "&quot;operations&quot;" not in read
    assert "&quot;operations&quot;" in kept, "control: that is how it would look"
