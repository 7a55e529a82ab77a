"""Drafts: every change has an author, nobody overwrites anybody, and only what the gate lets through is published."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from configurator.drafting import as_data, part
from configurator.gate import check_draft
from configurator.models import Draft, DraftChange, Product, ProductVersion
from configurator.selectors import changes_since, definition_of, latest_version, open_drafts
from configurator.services import (
    AlreadyPublished,
    DraftIsClosed,
    NewerVersion,
    NoSuchPart,
    ProductExists,
    StaleDraft,
    UnableToPublish,
    UnfitContent,
    UnreadableFile,
    discard_draft,
    draft_json,
    edit_draft,
    import_json,
    import_json_into,
    load_product,
    publish_draft,
    roll_back,
    start_draft,
    start_draft_from,
    version_json,
)
from core.problems import Problem
from factory_sim.models import Plant
from factory_sim.services import load_plant
from tests import samples

pytestmark = pytest.mark.django_db

PRICE = "groups.stitch.options.gold.price"


@pytest.fixture
def version(db: None, now: datetime) -> ProductVersion:
    """The demo's product, published."""
    load_plant(data=samples.toml("plants/mangwon.toml"), now=now)
    return load_product(folder=samples.CATALOGUE / "on-dam", now=now)[0]


@pytest.fixture
def maker(db: None) -> User:
    """Who does it; whether she may is asked by the pages."""
    return User.objects.create_user("designer@dure.example", "a long pass phrase", is_staff=True)


@pytest.fixture
def draft(version: ProductVersion, maker: User, now: datetime) -> Draft:
    return start_draft_from(version_id=version.pk, actor=maker, now=now)


def edited(draft: Draft, changes: dict[str, Any], actor: User, now: datetime) -> Draft:
    draft.refresh_from_db()
    return edit_draft(draft_id=draft.pk, changes=changes, expected_revision=draft.revision, actor=actor, now=now)


def published(draft: Draft, actor: User, now: datetime) -> ProductVersion:
    """The draft, published by somebody who has seen everything as it is."""
    draft.refresh_from_db()
    newest = ProductVersion.objects.filter(product__slug=draft.slug).order_by("-number").first()
    return publish_draft(
        draft_id=draft.pk,
        expected_revision=draft.revision,
        against=newest.number if newest else 0,
        actor=actor,
        now=now,
    )


def refused(kind: type[Problem], call: Callable[[], object]) -> Problem:
    with samples.nothing_written(), pytest.raises(kind) as problem:
        call()
    return problem.value


# --- Editing ------------------------------------------------------------------------------------------


def test_a_draft_begins_as_the_version_that_it_is_based_on(draft: Draft, version: ProductVersion, maker: User) -> None:
    assert draft.content == as_data(definition_of(version))
    assert (draft.slug, draft.based_on, draft.revision, draft.is_open) == ("on-dam", version, 1, True)
    assert list(open_drafts("on-dam")) == [draft]
    (begun,) = draft.changes.all()
    assert (begun.path, begun.actor, begun.after) == ("@begun", maker, {"from": "on-dam/1"})


def test_every_change_is_noted_with_its_author_its_time_and_both_values(
    draft: Draft, maker: User, now: datetime
) -> None:
    later = now + timedelta(minutes=5)

    edited(draft, {PRICE: 9_000, "rules.copper-and-pine": None, "name.en": "ON:DAM tumbler"}, maker, later)

    changes = list(changes_since(draft, 1))
    assert [(each.path, each.revision, each.actor, each.at) for each in changes] == [
        (PRICE, 2, maker, later),
        ("rules.copper-and-pine", 2, maker, later),
    ]
    assert (changes[0].before, changes[0].after) == (8_000, 9_000)
    assert changes[1].before
    assert changes[1].before["sentence"]["en"] == "Copper turns green on pine-dyed leather."
    assert changes[1].after is None
    draft.refresh_from_db()
    assert (draft.revision, draft.updated_at, draft.updated_by) == (2, later, maker)
    assert part(draft.content, PRICE) == 9_000


def test_saving_what_is_there_already_is_no_change(draft: Draft, maker: User, now: datetime) -> None:
    with samples.nothing_written():
        assert edited(draft, {PRICE: 8_000}, maker, now + timedelta(minutes=1)).revision == 1


def test_whoever_saw_an_older_revision_overwrites_nothing(draft: Draft, maker: User, now: datetime) -> None:
    other = samples.maker("other@dure.example")
    edited(draft, {PRICE: 9_000}, other, now)

    def late() -> object:
        return edit_draft(draft_id=draft.pk, changes={PRICE: 1_000}, expected_revision=1, actor=maker, now=now)

    problem = refused(StaleDraft, late)

    assert problem.extra == {"revision": 2}
    assert "other@dure.example has changed this draft in the meantime" in problem.detail


def test_what_somebody_else_removed_cannot_be_edited(draft: Draft, maker: User, now: datetime) -> None:
    refused(NoSuchPart, lambda: edited(draft, {"groups.glaze.options.plaid.price": 1}, maker, now))


@pytest.mark.parametrize(
    "changes", [{"colour": "red"}, {"slug": "other"}, {"groups.glaze.options.indigo.swatch": "blue"}]
)
def test_what_is_no_definition_any_more_is_not_kept(
    draft: Draft, maker: User, now: datetime, changes: dict[str, Any]
) -> None:
    refused(UnfitContent, lambda: edited(draft, changes, maker, now))


def test_a_draft_may_be_incomplete(draft: Draft, maker: User, now: datetime) -> None:
    edited(draft, {"groups.tassel": {"name": {"ko": "술"}}, "preset.lid": None}, maker, now)

    draft.refresh_from_db()
    assert [(each.code, each.place) for each in check_draft(draft).errors][:3] == [
        ("missing", "groups.tassel.name.en"),
        ("missing", "groups.tassel.hint"),
        ("missing", "groups.tassel.options"),
    ]


def test_notes_of_changes_are_never_changed(draft: Draft) -> None:
    with pytest.raises(DatabaseError, match="never changed or removed"), transaction.atomic():
        draft.changes.update(path="elsewhere")
    with pytest.raises(DatabaseError, match="never changed or removed"), transaction.atomic():
        DraftChange.objects.all().delete()


def test_a_discarded_draft_changes_no_more_but_stays(draft: Draft, maker: User, now: datetime) -> None:
    discard_draft(draft_id=draft.pk, expected_revision=1, actor=maker, now=now)

    refused(DraftIsClosed, lambda: edited(draft, {PRICE: 1}, maker, now))
    refused(DraftIsClosed, lambda: published(draft, maker, now))
    assert list(open_drafts("on-dam")) == []
    assert [each.path for each in draft.changes.all()] == ["@begun", "@discarded"]


def test_a_draft_from_nothing_is_for_a_new_product(version: ProductVersion, maker: User, now: datetime) -> None:
    refused(ProductExists, lambda: start_draft(slug="on-dam", plant="mangwon", actor=maker, now=now))

    draft = start_draft(slug="tea-bowl", plant="mangwon", actor=maker, now=now)

    assert draft.content == {"schema_version": 1, "slug": "tea-bowl", "plant": "mangwon"}
    assert {each.code for each in check_draft(draft).errors} == {"missing"}
    assert not Product.objects.filter(slug="tea-bowl").exists()


# --- Publishing ---------------------------------------------------------------------------------------


def test_a_published_draft_is_the_next_version_and_closed(
    draft: Draft, version: ProductVersion, maker: User, now: datetime
) -> None:
    edited(draft, {PRICE: 9_000}, maker, now)

    new = published(draft, maker, now + timedelta(hours=1))

    assert (new.key, new.published_by, new.restores) == ("on-dam/2", maker, None)
    assert definition_of(new).option("stitch", "gold").price == 9_000
    assert definition_of(version).option("stitch", "gold").price == 8_000
    draft.refresh_from_db()
    assert (draft.published_as, draft.is_open) == (new, False)
    assert draft.changes.last().after == {"version": "on-dam/2"}  # type: ignore[union-attr]
    refused(DraftIsClosed, lambda: published(draft, maker, now))
    refused(DraftIsClosed, lambda: edited(draft, {PRICE: 1}, maker, now))


def reasons_of(draft: Draft, actor: User, now: datetime) -> list[str]:
    with samples.nothing_written(), pytest.raises(UnableToPublish) as problem:
        published(draft, actor, now)
    return problem.value.reasons


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, "nothing has changed since version on-dam/1"),
        ({"groups.glaze.options.indigo": None}, "rule indigo-shrinks names glaze: indigo, which does not exist"),
        (
            {"groups.gasket.options.moss": None},
            "gasket moss is in version on-dam/1 and must stay readable: retire it instead",
        ),
        ({"groups.glaze.options.indigo.name.ko": None}, "groups.glaze.options.indigo.name.ko is missing"),
        ({"views.hero.folder": "views/side"}, "view hero has no view.json in views/side"),
        ({"preset.glaze": "indigo"}, "the preset's glaze indigo costs extra"),
        ({"plant": "nowhere"}, "there is no plant nowhere"),
    ],
)
def test_what_the_gate_refuses_is_not_published(
    draft: Draft, maker: User, now: datetime, changes: dict[str, Any], reason: str
) -> None:
    if changes:
        edited(draft, changes, maker, now)

    assert reason in reasons_of(draft, maker, now)


def test_a_retired_option_is_published_and_old_designs_stay_readable(draft: Draft, maker: User, now: datetime) -> None:
    edited(draft, {"groups.gasket.options.moss.retired": True}, maker, now)

    definition = definition_of(published(draft, maker, now))

    assert "moss" not in {option.id for option in definition.group("gasket").offered}
    assert definition.option("gasket", "moss").name.en == "Moss"


def test_a_summary_that_another_version_has_overtaken_is_not_published(
    draft: Draft, version: ProductVersion, maker: User, now: datetime
) -> None:
    other = start_draft_from(version_id=version.pk, actor=maker, now=now)
    edited(other, {PRICE: 7_000}, maker, now)
    published(other, maker, now)
    edited(draft, {PRICE: 9_000}, maker, now)
    draft.refresh_from_db()

    refused(
        NewerVersion,
        lambda: publish_draft(
            draft_id=draft.pk, expected_revision=draft.revision, against=version.number, actor=maker, now=now
        ),
    )


def test_a_draft_that_changed_after_its_summary_is_not_published(draft: Draft, maker: User, now: datetime) -> None:
    edited(draft, {PRICE: 9_000}, maker, now)

    refused(StaleDraft, lambda: publish_draft(draft_id=draft.pk, expected_revision=1, against=1, actor=maker, now=now))


# --- Rolling back -------------------------------------------------------------------------------------


def test_a_roll_back_publishes_the_old_content_as_the_next_version(
    draft: Draft, version: ProductVersion, maker: User, now: datetime
) -> None:
    new_option = {"groups.gasket.options.sky": {**draft.content["groups"][2]["options"][0], "id": "sky"}}
    edited(draft, {PRICE: 9_000, **new_option}, maker, now)
    second = published(draft, maker, now)

    third = roll_back(version_id=version.pk, against=2, actor=maker, now=now)

    assert (third.key, third.restores, third.published_by) == ("on-dam/3", version, maker)
    assert (third.definition, third.content_hash) == (version.definition, version.content_hash)
    assert latest_version("on-dam") == third
    assert definition_of(second).option("gasket", "sky").id == "sky"


def test_what_was_rolled_back_is_not_loaded_again(
    draft: Draft, version: ProductVersion, maker: User, now: datetime
) -> None:
    """The catalogue's file is version 1, then drafts go on to version 3; loading it must not undo them."""
    edited(draft, {PRICE: 9_000}, maker, now)
    second = published(draft, maker, now)
    third = roll_back(version_id=version.pk, against=2, actor=maker, now=now)
    roll_back(version_id=second.pk, against=3, actor=maker, now=now)

    with samples.nothing_written():
        loaded, is_new = load_product(folder=samples.CATALOGUE / "on-dam", now=now)

    assert (loaded, is_new) == (third, False)
    assert latest_version("on-dam").number == 4


def test_the_newest_version_is_not_rolled_back_to(version: ProductVersion, maker: User, now: datetime) -> None:
    refused(AlreadyPublished, lambda: roll_back(version_id=version.pk, against=1, actor=maker, now=now))


def test_a_roll_back_past_a_version_that_was_not_seen_is_refused(
    draft: Draft, version: ProductVersion, maker: User, now: datetime
) -> None:
    edited(draft, {PRICE: 9_000}, maker, now)
    published(draft, maker, now)

    refused(NewerVersion, lambda: roll_back(version_id=version.pk, against=1, actor=maker, now=now))


def test_an_old_version_whose_plant_is_gone_is_not_rolled_back_to(
    draft: Draft, version: ProductVersion, maker: User, now: datetime
) -> None:
    edited(draft, {PRICE: 9_000}, maker, now)
    published(draft, maker, now)

    Plant.objects.all().delete()

    with samples.nothing_written(), pytest.raises(UnableToPublish) as problem:
        roll_back(version_id=version.pk, against=2, actor=maker, now=now)
    assert problem.value.reasons == ["there is no plant mangwon"]


# --- Files --------------------------------------------------------------------------------------------


def test_a_version_exported_imported_and_exported_is_the_same_bytes(
    version: ProductVersion, draft: Draft, maker: User, now: datetime
) -> None:
    exported = version_json(version)

    imported = import_json(raw=exported, name="on-dam-1.json", actor=maker, now=now)
    imported.refresh_from_db()

    assert draft_json(imported) == exported
    assert draft_json(draft) == exported
    assert (imported.slug, imported.based_on) == ("on-dam", version)
    assert imported.changes.get().after == {"from": "on-dam-1.json"}


@pytest.mark.parametrize(
    "changes",
    [
        {"name.ko": None},
        {"engraving.width_mm": 1e-7},
        {"engraving.width_mm": 46},
        {"materials.clay.quantity": 1.5e300},
        {"story.ko": 'Zeile\nzwei "\\\u2028 🐳 ㄱ'},
        {"groups.extra": {}},
        {"rules.copper-and-pine.when": {"metal": ["steel", "copper"], "glaze": ["indigo"]}},
        {"preset": {}},
    ],
)
def test_a_draft_in_any_state_exported_imported_and_exported_is_the_same_bytes(
    draft: Draft, maker: User, now: datetime, changes: dict[str, Any]
) -> None:
    edited(draft, changes, maker, now)
    draft.refresh_from_db()
    exported = draft_json(draft)

    imported = import_json(raw=exported, name="draft.json", actor=maker, now=now)
    imported.refresh_from_db()

    assert draft_json(imported) == exported
    assert imported.content == draft.content


def test_a_file_in_a_draft_s_place_is_noted_value_by_value(draft: Draft, maker: User, now: datetime) -> None:
    raw = draft_json(draft).replace(b'"price": 8000', b'"price": 9000')

    import_json_into(draft_id=draft.pk, raw=raw, expected_revision=1, actor=maker, now=now)

    assert [(each.path, each.before, each.after) for each in changes_since(draft, 1)] == [(PRICE, 8_000, 9_000)]


@pytest.mark.parametrize(
    ("raw", "kind", "sentence"),
    [
        (b"\xff", UnreadableFile, "This file is not text in UTF-8."),
        (b"{", UnreadableFile, "This file is not JSON that can be read: "),
        (b"[1]", UnreadableFile, "This file is JSON, but not an object."),
        (b"{}", UnfitContent, "This has not the shape of a product definition."),
        (b'{"schema_version": 1, "slug": "Up/.."}', UnfitContent, "This has not the shape of a product definition."),
        (b" " * 2_100_000, UnreadableFile, "This file is larger than a product definition may be."),
    ],
)
def test_a_file_that_is_no_definition_begins_no_draft(
    maker: User, now: datetime, raw: bytes, kind: type[Problem], sentence: str
) -> None:
    problem = refused(kind, lambda: import_json(raw=raw, name="x.json", actor=maker, now=now))

    assert problem.detail.startswith(sentence)


def test_another_product_s_file_does_not_replace_a_draft(draft: Draft, maker: User, now: datetime) -> None:
    raw = b'{"schema_version": 1, "slug": "tea-bowl"}'

    refused(
        UnfitContent,
        lambda: import_json_into(draft_id=draft.pk, raw=raw, expected_revision=1, actor=maker, now=now),
    )


# --- Who may ------------------------------------------------------------------------------------------


def test_makers_may_draft_publish_and_plan_prices_and_nothing_else(db: None) -> None:
    permissions = Group.objects.get(name="Makers").permissions.values_list("codename", flat=True)

    assert set(permissions) == {
        *("view_product", "publish_product", "view_productversion"),
        *("view_draft", "add_draft", "change_draft"),
        *("view_priceplan", "add_priceplan"),
        *("view_lobby", "add_lobby", "change_lobby"),
        *("view_edition", "withdraw_pieces", "archive_edition", "view_waitingplace"),
    }


# --- Races --------------------------------------------------------------------------------------------


def at_once(*calls: Callable[[], object]) -> list[object]:
    """What each call returned or which Problem it met, all of them started together, each with its own connection."""
    barrier = threading.Barrier(len(calls))
    results: list[object] = [None] * len(calls)

    def run(number: int) -> None:
        try:
            barrier.wait(timeout=20)
            results[number] = calls[number]()
        except Problem as problem:
            results[number] = problem
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


@pytest.mark.django_db(transaction=True)
def test_of_two_editors_at_once_one_is_told(draft: Draft, maker: User, now: datetime) -> None:
    def edit(price: int) -> Callable[[], object]:
        return lambda: edit_draft(draft_id=draft.pk, changes={PRICE: price}, expected_revision=1, actor=maker, now=now)

    results = at_once(*(edit(price) for price in (1_000, 2_000, 3_000, 4_000)))

    assert sum(isinstance(each, StaleDraft) for each in results) == 3
    draft.refresh_from_db()
    assert draft.revision == 2
    assert changes_since(draft, 1).get().after == part(draft.content, PRICE)


@pytest.mark.django_db(transaction=True)
def test_a_draft_that_is_published_twice_at_once_is_one_version(draft: Draft, maker: User, now: datetime) -> None:
    edited(draft, {PRICE: 9_000}, maker, now)

    def publish() -> object:
        return publish_draft(draft_id=draft.pk, expected_revision=2, against=1, actor=maker, now=now)

    results = at_once(publish, publish, publish)

    assert sum(isinstance(each, DraftIsClosed) for each in results) == 2
    assert list(ProductVersion.objects.values_list("number", flat=True).order_by("number")) == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_of_two_drafts_published_at_once_one_is_looked_at_again(
    draft: Draft, version: ProductVersion, maker: User, now: datetime
) -> None:
    other = start_draft_from(version_id=version.pk, actor=maker, now=now)
    edited(draft, {PRICE: 9_000}, maker, now)
    edited(other, {PRICE: 7_000}, maker, now)

    def publish(each: Draft) -> Callable[[], object]:
        return lambda: publish_draft(draft_id=each.pk, expected_revision=2, against=1, actor=maker, now=now)

    results = at_once(publish(draft), publish(other))

    assert sum(isinstance(each, NewerVersion) for each in results) == 1
    assert ProductVersion.objects.count() == 2
