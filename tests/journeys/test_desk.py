"""The maker's desk: who may, and drafts edited form by form."""

import re
from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.models import User
from configurator.admin.drafts import PAGES
from configurator.models import Draft
from configurator.services import edit_draft
from tests import samples
from tests.journeys.desk import GOLD, address, changed, form_of, page_address, text_of, value, version_address

pytestmark = pytest.mark.django_db


# --- Who may ------------------------------------------------------------------------------------------

GETS = [name for name in PAGES if name != "row"]


@pytest.mark.parametrize("page", GETS)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_page_is_there_for_a_maker(desk: Client, draft: Draft, page: str, language: str) -> None:
    answer = desk.get(page_address(draft, page), headers={"accept-language": language})

    assert answer.status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_staff_without_the_permission_see_nothing_and_change_nothing(
    client: Client, draft: Draft, reviewer: User, page: str
) -> None:
    client.force_login(reviewer)

    with samples.nothing_written():
        assert client.get(page_address(draft, page)).status_code == 403
        assert client.post(page_address(draft, page), {"revision": 1}).status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_a_customer_is_asked_to_sign_in(client: Client, draft: Draft, page: str) -> None:
    client.force_login(User.objects.create_user("mina@example.com", "a long pass phrase"))

    with samples.nothing_written():
        answer = client.post(page_address(draft, page), {"revision": 1})

    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, reverse("admin:login"))


def only(user: User, *permissions: str) -> None:
    user.groups.clear()
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))


@pytest.mark.parametrize("page", [name for name in PAGES if PAGES[name][0]])
def test_who_may_only_look_posts_nothing(client: Client, draft: Draft, maker: User, page: str) -> None:
    only(maker, "view_draft")
    client.force_login(maker)

    with samples.nothing_written():
        assert client.post(page_address(draft, page), {"revision": 1}).status_code == 403
    if page not in ("row", "add_group"):
        assert "<button" not in client.get(page_address(draft, "edit")).content.decode().partition("desk-nav")[2]


def test_who_may_edit_but_not_publish_does_not(client: Client, draft: Draft, maker: User, now: datetime) -> None:
    changed(draft, maker, now)
    only(maker, "view_draft", "change_draft", "view_productversion")
    client.force_login(maker)

    page = client.get(address(draft, "publish"))
    assert "you may edit drafts, but not publish them" in text_of(page)
    with samples.nothing_written():
        assert client.post(address(draft, "publish"), {"revision": 2, "against": 1}).status_code == 403
        assert client.get(version_address(draft.based_on, "roll_back")).status_code == 403
        assert client.post(version_address(draft.based_on, "roll_back"), {"against": 1}).status_code == 403
        assert client.post(version_address(draft.based_on, "begin")).status_code == 403


# --- Editing ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["texts", "start", "group", "option", "rule", "preset"])
def test_saving_a_form_as_it_is_changes_nothing(desk: Client, draft: Draft, page: str) -> None:
    form = form_of(desk.get(page_address(draft, page)))

    with samples.nothing_written():
        answer = desk.post(page_address(draft, page), form, follow=True)

    assert "Nothing was changed." in answer.content.decode()


def test_an_option_is_edited_and_the_change_noted(desk: Client, draft: Draft, maker: User) -> None:
    page = page_address(draft, "option")
    form = form_of(desk.get(page))

    answer = desk.post(
        page, {**form, "name_en": "Golden thread", "swatch": "#d4af37", "price": "9500", "sound": "thread"}
    )

    assert (answer.status_code, answer["Location"]) == (302, address(draft, "edit"))
    assert [value(draft, f"{GOLD}.{name}") for name in ("name.en", "swatch", "price", "sound")] == [
        *("Golden thread", "#D4AF37", 9_500, "thread"),
    ]
    history = text_of(desk.get(address(draft, "changes")))
    assert "designer@dure.example Stitching › Golden thread › price 8000 9500" in history


def test_the_places_that_name_an_option_are_shown_before_it_is_retired(desk: Client, draft: Draft) -> None:
    page = text_of(desk.get(page_address(draft, "option")))

    assert "4 places name it: look there before you retire or remove it" in page
    assert "“Gold thread goes with brass fittings only: other metals scratch the gilded paper.”" in page
    assert "other designs to start from › Persimmon tree" in page
    assert "operations › Stitching the sleeve" in page
    assert "materials › Gold thread" in page


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"price": "-1"}, "greater than or equal to 0"),
        ({"price": "much"}, "Enter a whole number"),
        ({"swatch": "gold"}, "Please choose a colour."),
        ({"sound": "bang"}, "Select a valid choice"),
        ({"name_ko": "가" * 2_001}, "at most 2000 characters"),
        ({"revision": ""}, "This field is required"),
    ],
)
def test_what_was_typed_stays_when_something_is_wrong(
    desk: Client, draft: Draft, typed: dict[str, str], sentence: str
) -> None:
    page = page_address(draft, "option")
    form = form_of(desk.get(page)) | {"story_en": "Twisted from “gilded” <paper>", **typed}

    with samples.nothing_written():
        answer = desk.post(page, form)

    assert answer.status_code == 422
    if "revision" not in typed:
        assert sentence in text_of(answer)
    assert form_of(answer)["story_en"] == "Twisted from “gilded” <paper>"
    assert "<paper>" not in answer.content.decode()


def test_a_group_with_options_is_added(desk: Client, draft: Draft) -> None:
    form = form_of(desk.get(address(draft, "add_group")))
    texts = {"name_ko": "술", "name_en": "Tassel", "hint_ko": "손으로 꼽니다.", "hint_en": "Twisted by hand."}

    answer = desk.post(address(draft, "add_group"), {**form, "id": "tassel", **texts})
    assert answer["Location"] == address(draft, "group", group="tassel")
    for name in ("short", "long"):
        page = address(draft, "add_option", group="tassel")
        more = {"id": name, "name_ko": "술", "name_en": name, "story_ko": "술", "story_en": name, "price": "0"}
        assert desk.post(page, {**form_of(desk.get(page)), **more}).status_code == 302
    desk.post(address(draft, "start"), {**form_of(desk.get(address(draft, "start"))), "choice_tassel": "short"})

    assert value(draft, "groups.tassel.options.long") == {
        "id": "long",
        "name": {"ko": "술", "en": "long"},
        "story": {"ko": "술", "en": "long"},
        "swatch": "#808080",
        "colours": {},
    }
    assert "The gate has nothing against this draft." in text_of(desk.get(address(draft, "report")))


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("Tassel", "small letters"), ("", "required"), ("stitch", "There is one with this short name already.")],
)
def test_a_short_name_is_a_good_one_and_new(desk: Client, draft: Draft, name: str, sentence: str) -> None:
    form = form_of(desk.get(address(draft, "add_group")))

    with samples.nothing_written():
        answer = desk.post(address(draft, "add_group"), {**form, "id": name, "name_en": "Kept"})

    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert form_of(answer)["name_en"] == "Kept"


def test_a_rule_of_every_kind_is_written_by_choosing_names(desk: Client, draft: Draft) -> None:
    sentence = {"sentence_ko": "안 됩니다.", "sentence_en": "Not so."}
    sides = {
        "requires": {"kind": "requires", "when_lid": ["walnut"], "then_metal": ["brass", "copper"]},
        "excludes": {"kind": "excludes", "when_lid": ["walnut"], "when_clay": ["red"], "then_stitch": ["gold"]},
        "counts": {"kind": "of", "at_most": "1", "then_glaze": ["indigo"], "then_stitch": ["gold"]},
    }

    for name, side in sides.items():
        answer = desk.post(address(draft, "add_rule"), {"revision": draft.revision, "id": name, **sentence, **side})
        assert answer.status_code == 302, text_of(answer)
        draft.refresh_from_db()

    words = {"ko": "안 됩니다.", "en": "Not so."}
    assert value(draft, "rules.requires") == {
        "id": "requires",
        "sentence": words,
        "when": {"lid": ["walnut"]},
        "requires": {"metal": ["brass", "copper"]},
    }
    assert value(draft, "rules.excludes.when") == {"lid": ["walnut"], "clay": ["red"]}
    assert value(draft, "rules.counts") == {
        "id": "counts",
        "sentence": words,
        "of": {"glaze": ["indigo"], "stitch": ["gold"]},
        "at_most": 1,
    }


@pytest.mark.parametrize(
    ("side", "sentence"),
    [
        ({"kind": "excludes", "when_lid": ["walnut"]}, "Please choose the options that the rule speaks of"),
        ({"kind": "excludes", "then_lid": ["walnut"]}, "Please choose when the rule holds"),
        ({"kind": "of", "then_lid": ["walnut"], "then_glaze": ["indigo"]}, "A rule that counts needs a number."),
        ({"kind": "forbids", "then_lid": ["walnut"]}, "Select a valid choice"),
        ({"kind": "excludes", "when_lid": ["steel"], "then_glaze": ["indigo"]}, "steel is not one of the available"),
    ],
)
def test_a_rule_that_says_nothing_is_asked_again(
    desk: Client, draft: Draft, side: dict[str, Any], sentence: str
) -> None:
    with samples.nothing_written():
        answer = desk.post(address(draft, "add_rule"), {"revision": 1, "id": "new", "sentence_en": "Kept", **side})

    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert form_of(answer)["sentence_en"] == "Kept"


def test_a_rule_that_names_what_was_removed_shows_it_instead_of_dropping_it(
    desk: Client, draft: Draft, maker: User, now: datetime
) -> None:
    edit_draft(draft_id=draft.pk, changes={GOLD: None}, expected_revision=1, actor=maker, now=now)

    page = desk.get(page_address(draft, "rule"))

    assert "gold (does not exist any more)" in text_of(page)
    assert form_of(page)["when_stitch"] == ["gold"]
    report = text_of(desk.get(address(draft, "report")))
    assert "names stitch: gold, which does not exist" in report


def test_a_group_is_bound_to_a_condition_and_let_free_again(desk: Client, draft: Draft) -> None:
    page = address(draft, "group", group="metal")
    condition = {"when_sleeve": ["ink", "pine"], "sentence_ko": "어두운 가죽만.", "sentence_en": "Dark leather only."}

    desk.post(page, {**form_of(desk.get(page)), **condition})
    assert value(draft, "groups.metal.when") == {"sleeve": ["ink", "pine"]}
    assert value(draft, "groups.metal.sentence.en") == "Dark leather only."

    free = {**form_of(desk.get(page)), "sentence_ko": "", "sentence_en": ""}
    del free["when_sleeve"]
    desk.post(page, free)
    assert (value(draft, "groups.metal.when"), value(draft, "groups.metal.sentence")) == (None, None)


def test_a_part_that_a_group_colours_newly_takes_the_swatches(desk: Client, draft: Draft) -> None:
    page = address(draft, "group", group="gasket")
    form = form_of(desk.get(page))

    desk.post(page, {**form, "parts": [*form["parts"], "stitch"]})

    assert value(draft, "groups.gasket.options.moss.colours") == {"gasket": "#6C7A55", "stitch": "#6C7A55"}


@pytest.mark.parametrize(
    ("row", "action", "order"),
    [
        ("scarlet", "up", ["scarlet", "ivory", "black", "gold"]),
        ("ivory", "up", ["ivory", "scarlet", "black", "gold"]),
        ("scarlet", "down", ["ivory", "black", "scarlet", "gold"]),
        ("gold", "down", ["ivory", "scarlet", "black", "gold"]),
        ("black", "remove", ["ivory", "scarlet", "gold"]),
    ],
)
def test_rows_move_and_go(desk: Client, draft: Draft, row: str, action: str, order: list[str]) -> None:
    place = "groups.stitch.options"
    desk.post(address(draft, "row"), {"revision": 1, "place": place, "row": row, "action": action})

    assert [each["id"] for each in value(draft, place)] == order


@pytest.mark.parametrize(
    "post",
    [
        {},
        {"revision": 1, "place": "groups", "row": "nothing", "action": "up"},
        {"revision": 1, "place": "slug", "row": "x", "action": "up"},
        {"revision": 1, "place": "slug", "row": "x", "action": "remove"},
        {"revision": 1, "place": "groups", "row": "glaze", "action": "explode"},
        {"revision": 99, "place": "groups", "row": "glaze", "action": "down"},
    ],
)
def test_rows_that_cannot_move_are_left_alone(desk: Client, draft: Draft, post: dict[str, Any]) -> None:
    with samples.nothing_written():
        assert desk.post(address(draft, "row"), post).status_code == 302


def test_only_what_was_never_published_offers_to_be_removed(desk: Client, draft: Draft) -> None:
    page = desk.get(address(draft, "edit")).content.decode()

    assert "Remove Gold thread" not in page
    assert "Remove “Copper turns green on pine-dyed leather.”" in page


def test_of_two_who_edit_the_later_keeps_her_text_and_sees_what_the_other_did(
    desk: Client, draft: Draft, now: datetime
) -> None:
    page = page_address(draft, "option")
    form = form_of(desk.get(page))
    other = samples.maker("other@dure.example")
    changed(draft, other, now)

    with samples.nothing_written():
        answer = desk.post(page, {**form, "story_en": "Mine", "price": "8500"})

    assert answer.status_code == 409
    shown = text_of(answer)
    assert "other@dure.example has changed this draft in the meantime." in shown
    assert "other@dure.example Stitching › Gold thread › price 8000 9000" in shown
    again = form_of(answer)
    assert (again["story_en"], again["price"], again["revision"]) == ("Mine", "8500", "2")
    assert desk.post(page, again).status_code == 302
    assert (value(draft, f"{GOLD}.story.en"), value(draft, f"{GOLD}.price")) == ("Mine", 8_500)


@pytest.mark.parametrize("page", ["group", "option", "rule", "preset"])
def test_a_part_that_is_not_there_is_not_found(desk: Client, draft: Draft, page: str) -> None:
    names = set(re.findall(r"<slug:(\w+)>", PAGES[page][0]))

    assert desk.get(address(draft, page, **dict.fromkeys(names, "nothing"))).status_code == 404


def test_a_draft_that_is_not_there_is_not_found(desk: Client) -> None:
    assert desk.get(reverse("admin:configurator_draft_edit", kwargs={"draft_id": 10**9})).status_code == 404
