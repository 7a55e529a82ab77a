"""Saved designs: snapshots with a short code, an owner who never changes hands, and a name."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from configurator import design_service
from configurator.codes import read_code
from configurator.configuration import Configuration
from configurator.design_service import (
    MOST_WITHOUT_ACCOUNT,
    NewDesign,
    NoFreeCode,
    checked_name,
    claim_designs,
    rename_design,
    save_design,
    unlist_design,
)
from configurator.migrate import Change, Kind
from configurator.models import Design
from configurator.moving import moved_design
from configurator.selectors import design_with_code
from configurator.shelf import Shelf
from core.problems import Problem
from editions.models import Edition
from tests import samples

pytestmark = pytest.mark.django_db

NOBODY = Shelf()


@pytest.fixture
def mina(db: None) -> User:
    return User.objects.create_user("mina@example.com", "a long pass phrase")


@pytest.fixture
def other(db: None) -> User:
    return User.objects.create_user("other@example.com", "a long pass phrase")


def draft(edition: Edition, engraving: str = "", **choices: str) -> NewDesign:
    return NewDesign(edition.version, samples.design(edition, engraving, **choices), edition.slug)


def code_of(problem: pytest.ExceptionInfo[Problem]) -> str:
    return problem.value.code


def test_a_design_is_kept_as_it_was_saved(edition: Edition, mina: User, now: datetime) -> None:
    design, is_new = save_design(
        draft=replace(draft(edition, " 지우 ", glaze="indigo"), name="  겨울  잔 "), shelf=Shelf(mina), now=now
    )

    kept = Design.objects.get()
    configuration = Configuration.from_json(samples.design(edition, "지우", glaze="indigo"))
    assert is_new
    assert design == kept == design_with_code(kept.code.lower())
    assert read_code(kept.code) == kept.code
    assert kept.configuration == configuration
    assert (kept.fingerprint, kept.choices_key) == (configuration.fingerprint, configuration.choices_key)
    assert (kept.version, kept.made_for, kept.name) == (edition.version, "first-firing", "겨울 잔")
    assert (kept.author, kept.parent, kept.created_at, kept.claimed_at) == (mina, None, now, None)


@pytest.mark.parametrize(
    ("change", "code"),
    [({"sleeve": "ink", "stitch": "black"}, "forbidden_combination"), ({"glaze": "pink"}, "unknown_option")],
)
def test_a_design_that_cannot_be_made_is_not_saved(
    edition: Edition, now: datetime, change: dict[str, str], code: str
) -> None:
    with samples.nothing_written(), pytest.raises(Problem) as refused:
        save_design(draft=draft(edition, **change), shelf=NOBODY, now=now)

    assert code_of(refused) == code


def test_the_same_design_saved_again_is_the_same_row(edition: Edition, mina: User, now: datetime) -> None:
    first, _ = save_design(draft=draft(edition), shelf=Shelf(mina), now=now)

    with samples.nothing_written():
        again = save_design(draft=draft(edition), shelf=Shelf(mina), now=now + timedelta(hours=1))

    assert again == (first, False)
    guest, _ = save_design(draft=draft(edition), shelf=NOBODY, now=now)
    assert guest != first
    assert save_design(draft=draft(edition), shelf=Shelf(codes=(guest.code,)), now=now) == (guest, False)


def test_another_person_origin_or_design_is_another_row(
    edition: Edition, mina: User, other: User, now: datetime
) -> None:
    first, _ = save_design(draft=draft(edition), shelf=Shelf(mina), now=now)
    child = replace(draft(edition, glaze="indigo"), parent=first)

    assert save_design(draft=draft(edition), shelf=Shelf(other), now=now)[1]
    assert save_design(draft=draft(edition, glaze="indigo"), shelf=Shelf(mina), now=now)[1]
    assert save_design(draft=child, shelf=Shelf(mina), now=now)[1]
    assert Design.objects.filter(parent=first).count() == 1
    # Gone on from and saved as it was: nothing new came of it.
    unchanged = replace(draft(edition), parent=first)
    assert save_design(draft=unchanged, shelf=Shelf(mina), now=now) == (first, False)


def test_a_design_taken_off_the_list_comes_back_when_it_is_saved_again(
    edition: Edition, mina: User, now: datetime
) -> None:
    shelf = Shelf(mina)
    first, _ = save_design(draft=draft(edition), shelf=shelf, now=now)
    unlist_design(code=first.code, shelf=shelf, now=now)
    assert list(shelf.listed()) == []
    assert design_with_code(first.code) == first

    save_design(draft=draft(edition), shelf=shelf, now=now)

    assert list(shelf.listed()) == [first]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("x" * 61, "name_too_long"),
        ("가" * 100_000, "name_too_long"),
        ("a\u202eb", "unprintable_name"),
        ("a\x00b", "unprintable_name"),
        ("\ud800", "unprintable_name"),
    ],
)
def test_a_name_that_cannot_be_kept_is_refused(edition: Edition, now: datetime, name: str, code: str) -> None:
    with samples.nothing_written(), pytest.raises(Problem) as refused:
        save_design(draft=replace(draft(edition), name=name), shelf=NOBODY, now=now)

    assert (code_of(refused), refused.value.extra) == (code, {"field": "name"})


def test_control_names_that_can_be_kept() -> None:
    assert checked_name("x" * 60) == "x" * 60
    assert (
        checked_name("우리 가족 \U0001f468\u200d\U0001f469\u200d\U0001f467 \n 잔")
        == "우리 가족 \U0001f468\u200d\U0001f469\u200d\U0001f467 잔"
    )
    assert checked_name("\u1100\u1161") == "가"
    assert checked_name("<b>") == "<b>"


def test_an_account_takes_over_what_its_browser_saved(edition: Edition, mina: User, now: datetime) -> None:
    saved = [samples.saved(edition, now=now, glaze=glaze) for glaze in ("celadon", "indigo")]
    codes = [design.code for design in saved]

    assert claim_designs(codes=codes, user=mina, now=now) == 2

    assert set(Shelf(mina).listed()) == set(saved)
    assert {design.claimed_at for design in Design.objects.all()} == {now}
    with samples.nothing_written():
        assert claim_designs(codes=codes, user=mina, now=now + timedelta(days=1)) == 0


def test_nobody_takes_over_anothers_design(edition: Edition, mina: User, other: User, now: datetime) -> None:
    hers = samples.saved(edition, now=now, shelf=Shelf(mina))

    with samples.nothing_written():
        assert claim_designs(codes=[hers.code], user=other, now=now) == 0
        for shelf in (Shelf(other), Shelf(codes=(hers.code,)), Shelf(other, (hers.code,)), NOBODY):
            assert not shelf.owns(hers)
            assert list(shelf.listed()) == []
            with pytest.raises(Design.DoesNotExist):
                rename_design(code=hers.code, shelf=shelf, name="mine")
            with pytest.raises(Design.DoesNotExist):
                unlist_design(code=hers.code, shelf=shelf, now=now)

    assert Shelf(mina).owns(hers)


def test_the_owner_names_a_design(edition: Edition, now: datetime) -> None:
    design = samples.saved(edition, now=now)

    rename_design(code=design.code, shelf=Shelf(codes=(design.code,)), name=" 겨울 ")

    design.refresh_from_db()
    assert design.name == "겨울"


def run(statement: str, *values: Any) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


CHANGES = ("fingerprint = 'x'", "configuration_json = '{}'", "made_for = 'x'", "code = 'AAAAAAAA'")


@pytest.mark.parametrize("change", CHANGES)
def test_the_database_keeps_what_was_saved(edition: Edition, now: datetime, change: str) -> None:
    samples.saved(edition, now=now)

    with samples.nothing_written(), pytest.raises(IntegrityError, match="are never changed or removed"):
        run(f"UPDATE configurator_design SET {change}")
    with samples.nothing_written(), pytest.raises(IntegrityError, match="are never changed or removed"):
        run("DELETE FROM configurator_design")


def test_the_database_lets_no_design_change_hands(edition: Edition, mina: User, other: User, now: datetime) -> None:
    samples.saved(edition, now=now, shelf=Shelf(mina))
    statement = "UPDATE configurator_design SET author_id = %s"

    with samples.nothing_written(), pytest.raises(IntegrityError, match="never becomes somebody else's"):
        run(statement, other.pk)

    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("ALTER TABLE configurator_design DISABLE TRIGGER configurator_design_keeps_author")
    assert run(statement, other.pk) == 1


def test_control_without_its_trigger_the_table_would_take_the_change(edition: Edition, now: datetime) -> None:
    samples.saved(edition, now=now)
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("ALTER TABLE configurator_design DISABLE TRIGGER configurator_design_append_only")

    assert [run(f"UPDATE configurator_design SET {change}") for change in CHANGES] == [1, 1, 1, 1]


def test_an_account_that_is_deleted_leaves_its_designs(edition: Edition, mina: User, now: datetime) -> None:
    design = samples.saved(edition, now=now, shelf=Shelf(mina))

    mina.delete()

    design.refresh_from_db()
    assert design.author is None


def test_a_code_that_is_taken_is_not_used_again(
    edition: Edition, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken, free = "00000000", "A1B2C3D8"
    codes = iter([taken, taken, taken, free])
    monkeypatch.setattr(design_service, "new_code", lambda: next(codes))

    first = samples.saved(edition, now=now)
    second = samples.saved(edition, now=now)

    assert (first.code, second.code) == (taken, free)


def test_when_no_code_is_free_it_is_said(edition: Edition, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(design_service, "new_code", lambda: "00000000")
    samples.saved(edition, now=now)

    with samples.nothing_written(), pytest.raises(NoFreeCode):
        samples.saved(edition, now=now)


def test_a_browser_remembers_so_many_and_says_when_it_is_full(edition: Edition, mina: User, now: datetime) -> None:
    codes = tuple(f"{number:08d}" for number in range(MOST_WITHOUT_ACCOUNT))

    with samples.nothing_written(), pytest.raises(Problem) as refused:
        save_design(draft=draft(edition), shelf=Shelf(codes=codes), now=now)

    assert code_of(refused) == "too_many_designs"
    assert save_design(draft=draft(edition), shelf=Shelf(mina), now=now)[1]


@pytest.mark.parametrize("typed", ["", "A1B2C3D8", "A1B2C3D9", "../../etc", "x" * 10_000])
def test_a_code_without_a_design_finds_nothing(edition: Edition, typed: str) -> None:
    with pytest.raises(ObjectDoesNotExist):
        design_with_code(typed)


def test_a_text_that_no_longer_fits_is_measured_on_the_new_version(
    edition: Edition, now: datetime, tmp_path: Path
) -> None:
    design = samples.saved(edition, now=now, engraving="지우와 하늘이의 잔")
    short = samples.saved(edition, now=now, engraving="지우")
    new = samples.revised_edition(tmp_path, {"width_mm = 46": "width_mm = 20"}, now=now)

    found = moved_design(design, new.version)

    assert found.configuration == Configuration(new.version.key, design.configuration.choices)
    assert [(change.kind, change.before) for change in found.changes] == [(Kind.ENGRAVING_GONE, "지우와 하늘이의 잔")]
    assert found.changes[0].reason.startswith("This text does not fit: there are 16 mm")
    assert moved_design(short, new.version).changes == ()


def test_a_retired_option_is_repaired_on_the_new_version(edition: Edition, now: datetime, tmp_path: Path) -> None:
    design = samples.saved(edition, now=now, gasket="moss")
    edit = {'id = "moss"\n': 'id = "moss"\n  retired = true\n'}
    new = samples.revised_edition(tmp_path, edit, now=now)

    found = moved_design(design, new.version)

    assert found.changes == (Change(Kind.OPTION_GONE, "gasket", "moss", "oat"),)
    assert found.configuration.choices == {**design.configuration.choices, "gasket": "oat"}
    design.refresh_from_db()
    assert design.configuration.choices["gasket"] == "moss"
