"""Designs saved at the same moment: one code for each, and one design for a form that was sent twice."""

import itertools
import threading
from datetime import datetime

import pytest

from accounts.models import User
from configurator import design_service
from configurator.design_service import claim_designs
from configurator.models import Design
from configurator.shelf import Shelf
from tests import samples
from tests.concurrency.test_last_pieces import at_once

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 8
CODES = ("00000000", "A1B2C3D8")


def test_equal_codes_drawn_at_the_same_moment_become_different_designs(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition = samples.open_edition(now=now)
    draws = itertools.chain(["00000000"] * 2, itertools.repeat("A1B2C3D8"))
    together, lock, met = threading.Barrier(2), threading.Lock(), threading.local()

    def draw() -> str:
        if not hasattr(met, "once"):
            met.once = together.wait(timeout=30)
        with lock:
            return next(draws)

    monkeypatch.setattr(design_service, "new_code", draw)

    found = at_once(2, lambda number: samples.saved(edition, now=now, engraving=str(number)).code)

    assert sorted(map(str, found)) == ["00000000", "A1B2C3D8"]


def save_at_once(now: datetime) -> set[object]:
    edition = samples.open_edition(now=now)
    user = User.objects.create_user("mina@example.com", "a long pass phrase")
    return set(at_once(PEOPLE, lambda _: samples.saved(edition, now=now, shelf=Shelf(user)).code))


def test_a_form_that_is_sent_many_times_saves_one_design(now: datetime) -> None:
    assert len(save_at_once(now)) == 1
    assert Design.objects.count() == 1


def test_control_without_the_lock_it_saves_many(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    together = threading.Barrier(PEOPLE)
    saved_before = design_service._saved_before

    def look_together(*what: object) -> Design | None:
        found = saved_before(*what)  # type: ignore[arg-type]
        together.wait(timeout=30)
        return found

    monkeypatch.setattr(User.objects, "select_for_update", User.objects.all)
    monkeypatch.setattr(design_service, "_saved_before", look_together)

    assert len(save_at_once(now)) == PEOPLE


def test_of_two_accounts_in_one_browser_one_gets_the_design(now: datetime) -> None:
    design = samples.saved(samples.open_edition(now=now), now=now)
    users = [User.objects.create_user(f"{name}@example.com", "a long pass phrase") for name in ("mina", "jiu")]

    claimed = at_once(2, lambda number: claim_designs(codes=[design.code], user=users[number], now=now))

    assert sorted(map(int, map(str, claimed))) == [0, 1]
