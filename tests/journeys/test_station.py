"""The station page: what waits and runs there, with all that its maker must know, and reports by hand."""

import re
from dataclasses import replace

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from factory_sim.commands import command_job
from factory_sim.contracts import Kind, Particular
from factory_sim.models import Command, Plant, ProductionOrder, WorkReport
from factory_sim.services import tick
from tests import samples
from tests.integration.factory_sim.floors import filled_floor
from tests.integration.factory_sim.reporting import REF, ROUND, WORK, ordered, reporting_plant, tell
from tests.integration.factory_sim.work import PLANT, at, kinds

STATIONS = f"/admin/factory_sim/plant/{PLANT}/floor/stations/"
FORMING = f"{STATIONS}forming/"
STATION_OF = {"form": "forming", "press": "foil", "look": "inspection"}
OWN = replace(
    WORK,
    particulars=(
        Particular("number", {"ko": "번호", "en": "Number"}, {"ko": "07/10", "en": "07/10"}),
        Particular("engraving", {"ko": "각인", "en": "Engraving"}, {"ko": "지우", "en": "<b>Jiu</b>"}),
    ),
    picture="/pictures/a-token/front-800.jpeg",
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def plant(db: None) -> Plant:
    return reporting_plant()


@pytest.fixture
def worker() -> User:
    return samples.operator()


@pytest.fixture
def desk(client: Client, plant: Plant, worker: User) -> Client:
    client.force_login(worker)
    return client


def work(order: ProductionOrder, operation: str = "form") -> str:
    return f"{STATIONS}{STATION_OF[operation]}/{order.pk}/{operation}/"


def press(desk: Client, order: ProductionOrder, operation: str, what: str, **more: str) -> int:
    """Press a button on a page that was just drawn."""
    order.refresh_from_db()
    return desk.post(work(order, operation), {"what": what, "seq": order.next_seq, **more}).status_code


def buttons(html: str) -> list[str]:
    return re.findall(r'name="what" value="([a-z]+)"', html)


def test_a_station_shows_what_waits_and_what_runs(desk: Client) -> None:
    first, second, _ = ordered("001-A", "002-B", "003-C")
    tell(Kind.STARTED, "form", ref="002-B")
    shown = desk.get(FORMING)

    assert [(each.order.pk, each.machine) for each in shown.context["station"].running] == [(second.pk, 1)]
    assert [each.order.external_ref for each in shown.context["station"].waiting] == ["001-A", "003-C"]
    assert buttons(shown.content.decode()) == ["finished", "started", "started"]
    assert f'href="{work(first)}"' in shown.content.decode()
    counts = [(each.type.id, len(each.running), each.all_waiting) for each in desk.get(STATIONS).context["stations"]]
    assert counts[:2] == [("forming", 1, 2), ("glazing", 0, 0)]


def test_the_first_of_many_are_shown_and_the_rest_is_counted(desk: Client) -> None:
    ordered(*(f"{number:03}-A" for number in range(1, 16)))
    page = desk.get(FORMING)

    assert (len(page.context["station"].waiting), page.context["station"].left_out) == (12, 3)
    assert "15 pieces wait" in page.content.decode()
    assert "and 3 more" in page.content.decode()


def test_all_that_wait_are_shown_to_who_asks_for_them(desk: Client) -> None:
    ordered(*(f"{number:03}-A" for number in range(1, 16)))
    assert '<a id="all" href="?all">and 3 more</a>' in desk.get(FORMING).content.decode()
    page = desk.get(f"{FORMING}?all")

    assert [each.order.external_ref[:3] for each in page.context["station"].waiting][-1] == "015"
    assert re.search(r'hx-get="[^"]+\?seen=\d+&all"', page.content.decode()), "it stays so"
    assert "more</a>" not in page.content.decode()


def test_who_was_put_first_is_first(desk: Client, worker: User) -> None:
    orders = ordered("001-A", "002-B", "003-C")
    command_job(order_id=orders[2].pk, command=Command.PUT_FIRST, actor=worker, reason="", now=at(1))
    waiting = desk.get(FORMING).context["station"].waiting

    assert [each.order.external_ref for each in waiting] == ["003-C", "001-A", "002-B"]


def test_a_piece_comes_with_all_that_its_maker_must_know(desk: Client) -> None:
    (order,) = ordered(work=OWN)
    page = desk.get(work(order)).content.decode()

    assert 'src="/pictures/a-token/front-800.jpeg"' in page
    assert "Form it." in page
    assert "07/10" in page
    assert "Clay, 9,000 g" in page
    assert "&lt;b&gt;Jiu&lt;/b&gt;" in page
    assert "<b>Jiu</b>" not in page


def test_a_piece_is_made_by_hand_from_station_to_station(desk: Client, worker: User) -> None:
    (order,) = ordered()
    for kind, operation in ROUND:
        assert press(desk, order, operation, kind.value) == 302
    order.refresh_from_db()

    assert (order.status, kinds(REF)[-3:]) == ("Ended", ["finished", "passed", "completed"])
    assert set(WorkReport.objects.values_list("actor", flat=True)) == {worker.pk}


def test_an_inspection_sends_back_with_its_fault(desk: Client) -> None:
    (order,) = ordered()
    for kind, operation in ROUND[:5]:
        press(desk, order, operation, kind.value)
    page = desk.get(work(order, "look")).content.decode()
    with samples.nothing_written():
        assert press(desk, order, "look", "failed") == 422
    assert press(desk, order, "look", "failed", fault="crack", reason="not asked for") == 302

    assert buttons(page) == ["passed", "failed", "scrapped", "paused"]
    assert "It is cracked." in page
    assert kinds(REF)[-2:] == ["failed", "queued"]
    assert "done once more" in desk.get(FORMING).content.decode()


def test_scrapping_needs_a_reason_which_is_kept(desk: Client) -> None:
    (order,) = ordered()
    press(desk, order, "form", "started")
    with samples.nothing_written():
        assert press(desk, order, "form", "scrapped", reason=" ") == 422
    assert press(desk, order, "form", "scrapped", reason="It fell.") == 302

    assert WorkReport.objects.get(kind="scrapped").reason == "It fell."
    assert kinds(REF)[-2:] == ["scrapped", "queued"]


def test_a_piece_is_paused_and_resumed(desk: Client) -> None:
    (order,) = ordered()
    assert "paused" not in buttons(desk.get(work(order)).content.decode())
    press(desk, order, "form", "started")
    assert press(desk, order, "form", "paused") == 302
    press(desk, order, "form", "finished")
    held = desk.get(f"{STATIONS}foil/").content.decode()
    with samples.nothing_written():
        assert press(desk, order, "press", "started") == 422

    assert buttons(held) == [], "nothing of it can be started"
    assert buttons(desk.get(work(order, "press")).content.decode()) == ["scrapped", "resumed"]
    assert press(desk, order, "press", "resumed") == 302
    assert press(desk, order, "press", "started") == 302


def test_a_machine_is_chosen_and_one_that_is_taken_says_so(desk: Client) -> None:
    first, second = ordered("001-A", "002-B")
    assert press(desk, first, "form", "started", machine="1") == 302
    answer = desk.post(work(second), {"what": "started", "seq": second.next_seq, "machine": "1", "reason": "typed"})

    assert answer.status_code == 422
    assert "The machine is taken" in answer.content.decode()
    assert '<option value="1" selected>' in answer.content.decode()
    assert "typed</textarea>" in answer.content.decode(), "nothing that was typed is lost"


def test_a_button_pressed_twice_is_one_report(desk: Client) -> None:
    (order,) = ordered()
    form = {"what": "started", "seq": order.next_seq}
    assert [desk.post(work(order), form).status_code for _ in range(2)] == [302, 302]
    order.refresh_from_db()
    ended = {"what": "finished", "seq": order.next_seq}
    assert [desk.post(work(order), ended).status_code for _ in range(2)] == [302, 302]

    assert WorkReport.objects.count() == 2
    assert kinds(REF) == ["released", "queued", "started", "finished", "queued"]


def test_of_two_people_who_press_different_buttons_one_is_told(desk: Client) -> None:
    (order,) = ordered()
    press(desk, order, "form", "started")
    order.refresh_from_db()
    desk.post(work(order), {"what": "paused", "seq": order.next_seq})
    with samples.nothing_written():
        late = desk.post(work(order), {"what": "scrapped", "reason": "It fell.", "seq": order.next_seq})

    assert late.status_code == 422
    assert "Please look again." in late.content.decode()


@pytest.mark.parametrize(
    "form", [{}, {"what": "melted", "seq": 3}, {"what": "started"}, {"what": "started", "seq": "x"}]
)
def test_a_form_that_makes_no_sense_is_refused(desk: Client, form: dict[str, object]) -> None:
    (order,) = ordered()
    with samples.nothing_written():
        assert desk.post(work(order), form).status_code == 422


def test_what_is_not_there_is_not_found_or_said(desk: Client) -> None:
    (order,) = ordered()

    assert desk.get(f"{STATIONS}moon/").status_code == 404
    assert desk.get(f"{FORMING}{order.pk + 1}/form/").status_code == 404
    gone = desk.get(work(order, "press"), follow=True)
    assert gone.redirect_chain == [(f"{STATIONS}foil/", 302)]
    assert f"{REF} is not at this station any more." in gone.content.decode()


def test_the_page_is_drawn_anew_only_when_something_has_happened(desk: Client) -> None:
    (order,) = ordered()
    seen = desk.get(FORMING).context["revision"]
    with time_machine.travel(at(3), tick=False):
        assert desk.get(FORMING, {"seen": seen}).status_code == 204
        press(desk, order, "form", "started")
        assert desk.get(FORMING, {"seen": seen}).status_code == 200


def test_a_simulated_plant_shows_its_work_and_takes_no_reports(client: Client, worker: User) -> None:
    samples.open_edition(now=at(0))
    client.force_login(worker)
    orders = filled_floor(3, minutes=0)
    tick(plant_slug=PLANT, now=at(3600))
    page = client.get(FORMING)

    assert len(page.context["station"].running) == 2
    assert "The simulation does the work" in page.content.decode()
    assert buttons(page.content.decode()) == []
    with samples.nothing_written():
        answer = client.post(work(orders[0]), {"what": "finished", "seq": 9})
    assert answer.status_code == 422
    assert "takes no reports" in answer.content.decode()


def test_reports_are_for_those_who_may(client: Client, plant: Plant) -> None:
    (order,) = ordered()
    for page in (STATIONS, FORMING, work(order)):
        assert client.get(page).status_code == 302
    client.force_login(samples.reviewer())
    for page in (STATIONS, FORMING, work(order)):
        assert client.get(page).status_code == 403
    client.force_login(samples.with_permissions("factory_sim.view_plant"))
    assert buttons(client.get(FORMING).content.decode()) == []
    with samples.nothing_written():
        assert client.post(work(order), {"what": "started", "seq": order.next_seq}).status_code == 403


def test_a_foreign_page_cannot_report(plant: Plant, worker: User) -> None:
    (order,) = ordered()
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(worker)
    with samples.nothing_written():
        assert strict.post(work(order), {"what": "started", "seq": order.next_seq}).status_code == 403


def test_the_floor_leads_to_the_stations(desk: Client) -> None:
    page = desk.get(f"/admin/factory_sim/plant/{PLANT}/floor/").content.decode()

    assert f'href="{STATIONS}"' in page
    assert f'href="{FORMING}"' in page
