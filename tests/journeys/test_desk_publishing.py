"""The maker's desk: drafts checked, previewed, published, rolled back, and brought as files."""

import io
import json
import re
from datetime import datetime
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.models import User
from configurator.models import Draft, ProductVersion
from configurator.selectors import definition_of
from configurator.services import edit_draft, version_json
from factory_sim.services import load_plant
from tests import samples
from tests.journeys.desk import address, changed, form_of, page_address, text_of, value, version_address

pytestmark = pytest.mark.django_db


# --- Checking -----------------------------------------------------------------------------------------


def test_the_report_speaks_in_names_and_leads_to_the_place(
    desk: Client, draft: Draft, maker: User, now: datetime
) -> None:
    rule = {"sentence": {"ko": "안 됩니다.", "en": "Brass scratches."}, "when": {"metal": ["brass"]}}
    changes = {"rules.no-gold": {**rule, "excludes": {"stitch": ["gold"]}}, "presets.persimmon-tree": None}
    edit_draft(draft_id=draft.pk, changes=changes, expected_revision=1, actor=maker, now=now)

    answer = desk.get(address(draft, "report"))

    assert (
        "Stitching › Gold thread can never be chosen (“Gold thread goes with brass fittings only: other"
        " metals scratch the gilded paper.”, “Brass scratches.”). Go there"
    ) in text_of(answer)
    assert f'href="{page_address(draft, "option")}"' in answer.content.decode()
    assert "1 thing keeps this draft from being published." in text_of(desk.get(address(draft, "edit")))


def test_the_preview_draws_the_draft_and_says_why_an_option_is_not_possible(
    desk: Client, draft: Draft, maker: User, now: datetime
) -> None:
    edit_draft(
        draft_id=draft.pk,
        changes={"groups.glaze.options.indigo.colours": {"body": "#FF0000"}},
        expected_revision=1,
        actor=maker,
        now=now,
    )

    answer = desk.get(address(draft, "preview"), {"glaze": "indigo", "engraving": "지우"})

    shown = text_of(answer)
    assert "Added to the edition's price: 10000" in shown
    assert "Bog oak +9,000 Indigo is fired hotter and the body shrinks more: a bog-oak lid no longer fits." in shown
    picture, *others = re.findall(r'<img src="([^"]+)"', answer.content.decode())
    assert len(others) == 2, "from behind, and close up"
    drawn = desk.get(unescape(picture))
    assert (drawn.status_code, drawn["Content-Type"]) == (200, "image/webp")
    assert "no-store" in drawn["Cache-Control"]
    with (
        Image.open(io.BytesIO(drawn.content)) as red,
        Image.open(
            io.BytesIO(desk.get(address(draft, "picture", view="hero"), {"glaze": "celadon"}).content)
        ) as celadon,
    ):
        assert red.size == (800, 800)
        assert red.convert("RGB").getpixel((400, 420)) != celadon.convert("RGB").getpixel((400, 420))


@pytest.mark.parametrize("query", [{"glaze": "plaid"}, {"nothing": "x"}, {"glaze": ""}])
def test_the_preview_of_what_there_is_not_is_the_usual_design(
    desk: Client, draft: Draft, query: dict[str, str]
) -> None:
    assert "Celadon" in text_of(desk.get(address(draft, "preview"), query))


def test_an_engraving_that_does_not_fit_keeps_what_was_typed(desk: Client, draft: Draft) -> None:
    answer = desk.get(address(draft, "preview"), {"engraving": "가" * 60})

    assert answer.status_code == 422
    assert f'value="{"가" * 60}"' in answer.content.decode()


@pytest.mark.parametrize("changes", [{"views.hero.folder": "views/side"}, {"preset.lid": None}, {"preset.lid": "oak"}])
def test_a_draft_that_cannot_be_drawn_says_why(
    desk: Client, draft: Draft, maker: User, now: datetime, changes: dict[str, Any]
) -> None:
    edit_draft(draft_id=draft.pk, changes=changes, expected_revision=1, actor=maker, now=now)

    assert "This draft cannot be drawn yet:" in text_of(desk.get(address(draft, "preview")))
    assert desk.get(address(draft, "picture", view="hero")).status_code == 404


# --- Publishing and rolling back ----------------------------------------------------------------------


def test_a_draft_is_published_after_a_summary_in_words(desk: Client, draft: Draft, maker: User, now: datetime) -> None:
    changed(draft, maker, now)

    answer = desk.get(address(draft, "publish"))
    assert "What changes against on-dam/1 Place Before After Stitching › Gold thread › price 8000 9000" in text_of(
        answer
    )
    seen = dict(re.findall(r'<input type="hidden" name="(revision|against)" value="(\d+)"', answer.content.decode()))
    assert seen == {"revision": "2", "against": "1"}
    published = desk.post(address(draft, "publish"), seen)

    new = ProductVersion.objects.get(number=2)
    assert published["Location"] == version_address(new, "change")
    assert (new.published_by, definition_of(new).option("stitch", "gold").price) == (maker, 9_000)
    page = text_of(desk.get(address(draft, "edit")))
    assert "Published as on-dam/2; it changes no more." in page
    assert "Save" not in text_of(desk.get(page_address(draft, "option")))


def test_a_draft_without_changes_is_not_published(desk: Client, draft: Draft) -> None:
    with samples.nothing_written():
        answer = desk.post(address(draft, "publish"), {"revision": 1, "against": 1})

    assert answer.status_code == 422
    assert "Nothing has changed since version on-dam/1." in text_of(answer)


@pytest.mark.parametrize("seen", [{"revision": 1, "against": 1}, {"revision": 2, "against": 0}, {}])
def test_a_summary_that_is_out_of_date_is_shown_again(
    desk: Client, draft: Draft, maker: User, now: datetime, seen: dict[str, int]
) -> None:
    changed(draft, maker, now)

    with samples.nothing_written():
        answer = desk.post(address(draft, "publish"), seen, follow=True)

    assert "What changes against on-dam/1" in text_of(answer)


def test_a_version_is_rolled_back_to_after_a_question(desk: Client, draft: Draft, maker: User, now: datetime) -> None:
    changed(draft, maker, now)
    desk.post(address(draft, "publish"), {"revision": 2, "against": 1})
    old = draft.based_on

    question = desk.get(version_address(old, "roll_back"))
    assert "Stitching › Gold thread › price 9000 8000" in text_of(question)
    with samples.nothing_written():
        assert desk.post(version_address(old, "roll_back"), {"against": 1}).status_code == 409
    answer = desk.post(version_address(old, "roll_back"), {"against": 2}, follow=True)

    assert "Published on-dam/3 with the content of on-dam/1." in answer.content.decode()
    assert ProductVersion.objects.get(number=3).restores == old
    products = text_of(desk.get(reverse("admin:configurator_product_change", args=[old.product_id])))  # type: ignore[union-attr]
    assert re.search(r"on-dam/3 .* designer@dure.example content of on-dam/1 again", products)
    with samples.nothing_written():
        newest = ProductVersion.objects.get(number=3)
        assert desk.post(version_address(newest, "roll_back"), {"against": 3}).status_code == 409


# --- Beginning and files --------------------------------------------------------------------------------


def test_a_draft_begins_from_a_version_by_its_button(desk: Client, version: ProductVersion) -> None:
    assert desk.get(version_address(version, "begin")).status_code == 302
    assert Draft.objects.count() == 0

    answer = desk.post(version_address(version, "begin"))

    draft = Draft.objects.get()
    assert (draft.based_on, answer["Location"]) == (version, address(draft, "edit"))


def test_a_version_s_file_brought_back_begins_the_same_draft(desk: Client, version: ProductVersion) -> None:
    exported = desk.get(version_address(version, "export"))
    assert exported["Content-Disposition"] == 'attachment; filename="on-dam-1.json"'
    assert exported.content == version_json(version)

    file = SimpleUploadedFile("on-dam-1.json", exported.content)
    desk.post(reverse("admin:configurator_draft_add"), {"file": file})

    draft = Draft.objects.get()
    assert desk.get(address(draft, "export")).content == exported.content


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The submitted file is empty."),
        (b"nonsense", "This file is not JSON that can be read"),
        (b"[]", "This file is JSON, but not an object."),
        (b'{"schema_version": 1}', "Slug is missing."),
        (b'{"schema_version": 1, "slug": "cup", "colour": 1}', "Colour is not known here."),
        (b" " * 2_100_000, "This file is larger than a product definition may be."),
    ],
)
def test_a_file_that_is_no_definition_is_refused_with_its_reason(
    desk: Client, draft: Draft, content: bytes, sentence: str
) -> None:
    for page in (reverse("admin:configurator_draft_add"), address(draft, "file")):
        with samples.nothing_written():
            answer = desk.post(page, {"file": SimpleUploadedFile("x.json", content), "revision": 1})

        assert answer.status_code == 422
        assert sentence in text_of(answer)


def test_a_new_product_is_made_in_a_plant_that_there_is(desk: Client, version: ProductVersion, now: datetime) -> None:
    load_plant(data=samples.toml("plants/euljiro.toml"), now=now)
    add = reverse("admin:configurator_draft_add")
    assert "Mangwon workshop Euljiro workshops" in text_of(desk.get(add))

    with samples.nothing_written():
        assert desk.post(add, {"slug": "lamp", "plant": "nowhere"}).status_code == 422
    desk.post(add, {"slug": "lamp", "plant": "euljiro"})
    desk.post(add, {"slug": "bowl"})

    assert {draft.slug: draft.content["plant"] for draft in Draft.objects.all()} == {
        "lamp": "euljiro",
        "bowl": "mangwon",
    }


def test_a_new_product_begins_with_nothing(desk: Client, version: ProductVersion) -> None:
    add = reverse("admin:configurator_draft_add")

    with samples.nothing_written():
        answer = desk.post(add, {"slug": "on-dam"})
    assert answer.status_code == 409
    assert "There is a product “on-dam” already: begin from one of its versions." in text_of(answer)
    desk.post(add, {"slug": "tea-bowl"})

    draft = Draft.objects.get()
    for page in ("edit", "texts", "start", "report", "preview", "publish", "file", "add_group", "add_rule"):
        assert desk.get(address(draft, page)).status_code == 200
    form = form_of(desk.get(address(draft, "texts")))
    desk.post(address(draft, "texts"), {**form, "name_ko": "찻사발", "name_en": "Tea bowl"})
    assert value(draft, "name") == {"ko": "찻사발", "en": "Tea bowl"}
    assert json.loads(desk.get(address(draft, "export")).content)["slug"] == "tea-bowl"


def test_a_discarded_draft_stays_to_be_read(desk: Client, draft: Draft) -> None:
    assert "Discard this draft?" in text_of(desk.get(address(draft, "discard")))
    with samples.nothing_written():
        assert desk.post(address(draft, "discard"), {"revision": 7}).status_code == 302

    desk.post(address(draft, "discard"), {"revision": 1})

    assert "Discarded; it changes no more." in text_of(desk.get(address(draft, "edit")))
    listed = desk.get(reverse("admin:configurator_draft_changelist")).content.decode()
    assert f"on-dam ({draft.pk})" not in listed
    every = desk.get(reverse("admin:configurator_draft_changelist"), {"state": "discarded"}).content.decode()
    assert f"on-dam ({draft.pk})" in every


# --- UVL ------------------------------------------------------------------------------------------------


def test_a_version_s_feature_model_begins_a_draft_with_its_groups_and_rules(
    desk: Client, version: ProductVersion
) -> None:
    exported = desk.get(version_address(version, "uvl"))
    assert exported["Content-Disposition"] == 'attachment; filename="on-dam-1.uvl"'
    assert exported.content.startswith(b"namespace")

    file = SimpleUploadedFile("on-dam-1.uvl", exported.content)
    answer = desk.post(reverse("admin:configurator_draft_add"), {"file": file})

    draft = Draft.objects.get()
    assert answer["Location"] == address(draft, "edit")
    assert draft.slug == "on-dam"
    assert len(draft.content["groups"]) == len(version.definition["groups"])
    for page in ("edit", "report", "preview", "publish", "add_rule"):
        assert desk.get(address(draft, page)).status_code == 200


def test_a_feature_model_that_cannot_be_taken_over_says_where(desk: Client, version: ProductVersion) -> None:
    with samples.nothing_written():
        answer = desk.post(
            reverse("admin:configurator_draft_add"),
            {"file": SimpleUploadedFile("cup.uvl", b"features\n\tCup\n\t\tsome\n")},
        )

    assert answer.status_code == 422
    assert "Line 3, column 3: " in text_of(answer)
