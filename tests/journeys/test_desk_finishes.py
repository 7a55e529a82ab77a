"""Finishes, views and numbers at the maker's desk: what the plates offer can be chosen, and is told in words."""

import json
import shutil
from datetime import datetime
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from configurator.models import Draft
from configurator.services import edit_draft
from tests import samples
from tests.journeys.desk import address, form_of, text_of, value

pytestmark = pytest.mark.django_db


@pytest.fixture
def layout(draft: Draft, settings: Settings, tmp_path: Path) -> Path:
    """What the first view of the draft's product says it has, in a copy that a test may change: no finishes yet."""
    settings.CATALOGUE_DIR = tmp_path
    copy = Path(shutil.copytree(samples.CATALOGUE / "on-dam", tmp_path / "on-dam"))
    for each in copy.glob("views/*/*/view.json"):
        data = json.loads(each.read_text(encoding="utf-8"))
        each.write_text(json.dumps({**data, "finishes": []}), encoding="utf-8")
    return copy / str(draft.content["views"][0]["folder"])


def bake(layout: Path, *finishes: tuple[str, str]) -> None:
    for file in layout.glob("*/view.json"):
        data = json.loads(file.read_text(encoding="utf-8"))
        rows = [{"part": part, "finish": finish} for part, finish in finishes]
        file.write_text(json.dumps({**data, "finishes": rows}), encoding="utf-8")


def test_a_product_of_which_no_part_has_another_finish_is_asked_for_none(
    desk: Client, draft: Draft, layout: Path
) -> None:
    assert not [
        name for name in form_of(desk.get(address(draft, "option", group="glaze", option="indigo"))) if "finish" in name
    ]


def test_the_finishes_that_the_plates_have_can_be_chosen_and_left(desk: Client, draft: Draft, layout: Path) -> None:
    bake(layout, ("body", "matte"), ("body", "crackle"), ("metal", "brushed"))
    page = address(draft, "option", group="lid", option="walnut")
    form = form_of(desk.get(page))
    assert {name: form[name] for name in form if name.startswith("finish")} == {"finish_body": "", "finish_metal": ""}
    assert "not decided here gloss matte crackle" in text_of(desk.get(page))

    desk.post(page, {**form, "finish_body": "matte"})
    assert value(draft, "groups.lid.options.walnut.finishes") == {"body": "matte"}
    assert form_of(desk.get(page))["finish_body"] == "matte"

    refused = desk.post(page, {**form_of(desk.get(page)), "finish_body": "mirror"})
    assert (refused.status_code, value(draft, "groups.lid.options.walnut.finishes")) == (422, {"body": "matte"})

    desk.post(page, {**form_of(desk.get(page)), "finish_body": ""})
    assert value(draft, "groups.lid.options.walnut.finishes") is None


def test_the_usual_finish_goes_by_the_name_that_it_was_given(
    desk: Client, draft: Draft, layout: Path, maker: User, now: datetime
) -> None:
    bake(layout, ("body", "matte"))
    changes = {"groups.glaze.options.persimmon.finishes": {"body": "gloss"}}
    edit_draft(draft_id=draft.pk, changes=changes, expected_revision=1, actor=maker, now=now)

    page = text_of(desk.get(address(draft, "option", group="lid", option="walnut")))

    assert "not decided here gloss matte" in page
    history = text_of(desk.get(address(draft, "changes")))
    assert "Body glaze › Persimmon › finishes › body matte gloss" in history


def test_a_group_turns_the_picture_to_a_view(desk: Client, draft: Draft) -> None:
    page = address(draft, "group", group="clay")
    form = form_of(desk.get(page))
    assert form["focus_view"] == ""

    desk.post(page, {**form, "focus_view": "hero"})
    assert value(draft, "groups.clay.focus.view") == "hero"
    desk.post(page, {**form_of(desk.get(page)), "focus_view": ""})
    assert value(draft, "groups.clay.focus.view") is None
    assert value(draft, "groups.clay.focus.zoom") == 1.8


def test_a_number_on_a_panel_that_is_nowhere_is_told_with_the_way_to_mend_it(
    desk: Client, draft: Draft, maker: User, now: datetime
) -> None:
    panel = {"panel": "bottom", "width_mm": 12, "height_mm": 3, "letter_mm": 2, "font": "sans-ko"}
    changes = {"numbering": {**panel, "colour_part": "foil"}, "model": "models"}
    edit_draft(draft_id=draft.pk, changes=changes, expected_revision=1, actor=maker, now=now)

    report = desk.get(address(draft, "report"))

    assert "No view has a panel bottom for the piece's number." in text_of(report)
    assert "The folder models of the model lacks model.glb, model.json." in text_of(report)
    assert report.content.decode().count(address(draft, "file")) >= 2
    assert "number of the piece" in text_of(desk.get(address(draft, "changes")))
