"""`POST /designs`: a design at a short address, or the reason why not."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from accounts.models import User
from configurator.models import Design
from editions.models import Edition
from tests import samples
from tests.api.calls import Caller, expect_problem, quote_request

pytestmark = pytest.mark.django_db


def test_a_design_gets_its_addresses(api: Caller, client: Client, edition: Edition) -> None:
    answer = api.post("/designs", {**quote_request(edition, "지우", glaze="indigo"), "name": "Winter"})

    design = Design.objects.get()
    assert (answer.status, design.author, design.name) == (201, None, "Winter")
    assert answer.body == {
        "code": design.code,
        "name": "Winter",
        "address": f"/en/d/{design.code}/",
        "share_address": f"http://testserver/d/{design.code}",
    }
    assert client.session["designs"] == [design.code]


def test_an_account_is_the_author(api: Caller, client: Client, edition: Edition) -> None:
    user = User.objects.create_user("mina@example.com", "a long pass phrase")
    client.force_login(user)

    assert api.post("/designs", quote_request(edition)).status == 201
    assert Design.objects.get().author == user
    assert "designs" not in client.session


def test_the_same_design_twice_is_one(api: Caller, edition: Edition) -> None:
    codes = {api.post("/designs", quote_request(edition)).body["code"] for _ in range(3)}

    assert len(codes) == Design.objects.count() == 1


def test_a_design_knows_what_it_was_started_from(api: Caller, edition: Edition, now: datetime) -> None:
    parent = samples.saved(edition, now=now)

    answer = api.post("/designs", {**quote_request(edition, glaze="indigo"), "parent": parent.code.lower()})

    assert Design.objects.get(code=answer.body["code"]).parent == parent


@pytest.mark.parametrize("parent", ["A1B2C3D8", "A1B2C3D9", "nonsense"])
def test_an_unknown_origin_is_refused(api: Caller, edition: Edition, parent: str) -> None:
    with samples.nothing_written():
        answer = api.post("/designs", {**quote_request(edition), "parent": parent})

    assert expect_problem(answer, 422, "unknown_parent") == {"field": "parent"}


def test_a_design_that_cannot_be_made_is_refused(api: Caller, edition: Edition) -> None:
    with samples.nothing_written():
        answer = api.post("/designs", quote_request(edition, sleeve="ink", stitch="black"))

    assert expect_problem(answer, 422, "forbidden_combination") == {"rules": ["black-on-ink"]}


def test_a_name_that_is_too_long_is_refused(api: Caller, edition: Edition) -> None:
    with samples.nothing_written():
        long = api.post("/designs", {**quote_request(edition), "name": "x" * 61})
        monstrous = api.post("/designs", {**quote_request(edition), "name": "x" * 10_000})

    assert expect_problem(long, 422, "name_too_long", "A name has at most 60 characters.") == {"field": "name"}
    assert monstrous.status == 400


def test_saving_is_limited(api: Caller, edition: Edition, allow: Callable[[str, str], None]) -> None:
    allow("design", "1/min")
    assert api.post("/designs", quote_request(edition)).status == 201

    with samples.nothing_written():
        expect_problem(api.post("/designs", quote_request(edition, glaze="indigo")), 429, "throttled")


def test_a_quote_says_how_rare_the_piece_is(api: Caller, edition: Edition, now: datetime) -> None:
    samples.order_in_review(edition, now=now)

    found = api.post("/quotes", quote_request(edition)).body["rarity"]

    assert found["made"] == 1
    assert found["text"] == (
        f"One of {found['possible']:,} possible pieces. 1 piece with these choices has been ordered."
    )
