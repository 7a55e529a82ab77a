"""Genealogy both ways: what went into a piece, and which pieces a lot went into."""

from dataclasses import replace
from itertools import pairwise

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from factory_sim.contracts import Fault, MaterialSpec, WorkSpec
from factory_sim.genealogy import pieces_of, uses_of
from factory_sim.models import MaterialLot, MaterialUse, Plant
from factory_sim.plant import LotSize
from factory_sim.services import load_plant, produce, tick
from tests import samples
from tests.conftest import MONDAY
from tests.integration.factory_sim.work import PLANT, SIMPLE, at, spec, step

pytestmark = pytest.mark.django_db

CLAY = MaterialSpec("clay", {"ko": "흙", "en": "Clay"}, 9_000, "g")
FOIL = MaterialSpec("foil", {"ko": "박", "en": "Foil"}, 12, "cm²", operation="press")
WORK = replace(SIMPLE, materials=(CLAY, FOIL))
# Always sent back once: the last look passes every piece.
SENT_BACK = spec(
    step("form", "forming", 20),
    step("press", "foil", 10),
    step(
        *("look", "inspection", 5),
        faults=(Fault("crack", 1.0, "form", {"ko": "금이 갔습니다.", "en": "It is cracked."}),),
        most_reworks=1,
    ),
)


def make(*refs: str, work: WorkSpec = WORK) -> None:
    for ref in refs:
        produce(plant_slug=PLANT, external_ref=ref, spec=work, now=at(0))


def genealogy() -> list[tuple[object, ...]]:
    """Everything that was used, without ids."""
    columns = ("order__external_ref", "seq", "lot__material", "lot__number", "quantity")
    return list(MaterialUse.objects.order_by("order__external_ref", "seq", "lot__number").values_list(*columns))


def test_a_piece_knows_its_lots_its_machines_and_when(plant: Plant) -> None:
    make("001-ABCDE")
    tick(plant_slug=PLANT, now=at(60))

    clay, foil = uses_of(external_ref="001-ABCDE")
    assert (clay.lot, clay.quantity, clay.unit, clay.operation) == ("clay-0001", 9_000, "g", "form")
    assert (foil.lot, foil.quantity, foil.operation) == ("foil-0001", 12, "press")
    assert foil.material_name["en"] == "Foil"
    assert (foil.operation_name["en"], foil.station_name["en"], foil.machine) == ("the press", "Foil press", 0)
    assert (foil.at - clay.at).total_seconds() == 30 * 60
    assert uses_of(external_ref="nobody") == ()


def test_nothing_is_used_before_the_work_starts(plant: Plant) -> None:
    make("001-ABCDE")
    tick(plant_slug=PLANT, now=at(29))

    assert [use.material for use in uses_of(external_ref="001-ABCDE")] == ["clay"]


def test_a_lot_knows_its_pieces(plant: Plant) -> None:
    """A lot of clay holds 20 kg: two pieces and some of the third."""
    make("001-A", "002-B", "003-C", "004-D")
    tick(plant_slug=PLANT, now=at(600))

    lots = {lot.code: pieces_of(lot) for lot in MaterialLot.objects.filter(material="clay")}
    assert lots == {"clay-0001": ["001-A", "002-B", "003-C"], "clay-0002": ["003-C", "004-D"]}


@pytest.mark.parametrize(("again", "times"), [(True, 2), (False, 1)])
def test_rework_uses_up_what_is_used_up_again(plant: Plant, again: bool, times: int) -> None:
    make("001-A", work=replace(SENT_BACK, materials=(replace(CLAY, again=again),)))
    tick(plant_slug=PLANT, now=at(600))

    assert [use.material for use in uses_of(external_ref="001-A")] == ["clay"] * times


def test_the_same_lots_however_often_the_tick_comes(plant: Plant) -> None:
    refs = [f"{number:03d}-A" for number in range(1, 8)]
    make(*refs, work=replace(SENT_BACK, materials=(replace(CLAY, again=True), FOIL)))
    with transaction.atomic():
        tick(plant_slug=PLANT, now=at(2_000))
        at_once = genealogy()
        transaction.set_rollback(True)
    moments = [0, *range(7, 300, 11), 2_000]
    assert all(earlier < later for earlier, later in pairwise(moments))
    for minutes in moments:
        tick(plant_slug=PLANT, now=at(minutes))

    assert len(at_once) > 2 * len(refs)
    assert genealogy() == at_once


def test_what_was_used_is_never_rewritten(plant: Plant) -> None:
    make("001-A")
    tick(plant_slug=PLANT, now=at(60))

    with pytest.raises(DatabaseError, match="append"), transaction.atomic():
        MaterialUse.objects.update(quantity=1)
    with pytest.raises(DatabaseError, match="factory_lot_not_overdrawn"), transaction.atomic():
        MaterialLot.objects.update(used=1e9)


@pytest.mark.parametrize("pieces", [1, 6])
def test_a_tick_asks_for_materials_as_often_whatever_starts(plant: Plant, pieces: int) -> None:
    """The newest lots, new lots, old lots, uses."""
    make("000-A", work=WORK)
    tick(plant_slug=PLANT, now=at(45))
    in_kilns = replace(WORK, operations=(step("form", "kiln", 30), step("press", "foil", 10)))
    make(*(f"{number:03d}-B" for number in range(pieces)), work=in_kilns)

    # The kiln waits so long for more pieces.
    with CaptureQueriesContext(connection) as queries:
        tick(plant_slug=PLANT, now=at(95))
    assert MaterialUse.objects.values("order").distinct().count() == 1 + pieces
    about_materials = [each["sql"] for each in queries if "factory_sim_material" in each["sql"]]
    assert len(about_materials) == (3 if pieces == 1 else 4)


def test_another_size_of_lots_is_no_danger_to_what_is_being_made(plant: Plant) -> None:
    make("001-A")
    data = samples.toml("plants/mangwon.toml")
    data["materials"] = [LotSize(id="clay", unit="g", lot=9_000).model_dump()]
    load_plant(data=data, now=MONDAY)
    make("002-B")
    tick(plant_slug=PLANT, now=at(60))

    assert list(MaterialLot.objects.filter(material="clay").values_list("size", flat=True)) == [9_000, 9_000]


def test_staff_see_the_lots_and_take_a_recall_list_along(plant: Plant, admin_client: Client, client: Client) -> None:
    make("001-A", "002-B")
    tick(plant_slug=PLANT, now=at(600))
    lot = MaterialLot.objects.get(material="clay")
    lots = reverse("admin:factory_sim_materiallot_changelist")

    page = admin_client.get(lots).content.decode()
    assert "clay-0001" in page
    assert "18,000" in page
    uses = admin_client.get(reverse("admin:factory_sim_materialuse_changelist"), {"lot__id__exact": lot.pk})
    assert uses.content.decode().count("clay-0001") == 2
    chosen = {"action": "recall", "_selected_action": [lot.pk]}
    answer = admin_client.post(lots, chosen)
    assert b"".join(answer).decode().splitlines() == [
        "plant,lot,piece",
        f"{PLANT},clay-0001,001-A",
        f"{PLANT},clay-0001,002-B",
    ]
    assert client.post(lots, chosen).status_code == 302
