"""`POST /holds`: a numbered piece at the quoted price, or the reason why not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import signing
from django.test import Client

from editions.models import Edition, Hold, Piece
from editions.pricing import PriceCard, Step
from editions.services import sell_piece
from insights.models import BehaviourEvent
from orders.services.quote import make_quote
from tests import samples
from tests.api.calls import API, Caller, expect_problem, quote_token

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


def both(api: Caller, korean_api: Caller, request: dict[str, Any], status: int, code: str, *details: str) -> None:
    """The same refusal in English and in Korean; nothing is written."""
    with samples.nothing_written():
        answers = [caller.post("/holds", request) for caller in (api, korean_api)]
    for answer, detail in zip(answers, details, strict=True):
        expect_problem(answer, status, code, detail)


def request_for(edition: Edition, quote: str, **more: str) -> dict[str, Any]:
    return {"edition": edition.slug, "quote": quote, **more}


def token_for(edition: Edition, **choices: str) -> str:
    return make_quote(edition=edition, data=samples.design(edition, **choices), now=datetime.now(tz=UTC)).token


def test_a_hold_is_a_number_for_ten_minutes_at_the_quoted_price(api: Caller, edition: Edition) -> None:
    with time_machine.travel(NOON, tick=False):
        answer = api.post("/holds", request_for(edition, quote_token(api, edition, "지우", glaze="indigo")))

    held = Hold.objects.get()
    assert (answer.status, answer.body["hold"], answer.body["number"]) == (201, held.token, 1)
    assert datetime.fromisoformat(answer.body["expires_at"]) == NOON + timedelta(minutes=10)
    assert (answer.body["price"]["total"], held.total) == ("68000", 68_000)
    assert held.configuration == samples.design(edition, "지우", glaze="indigo")
    assert (held.piece.state, held.piece.hold) == ("held", held)
    assert len(held.token) >= 27


def test_each_hold_is_another_number_and_another_secret(api: Caller, edition: Edition) -> None:
    token = quote_token(api, edition)

    bodies = [api.post("/holds", request_for(edition, token)).body for _ in range(3)]

    assert [body["number"] for body in bodies] == [1, 2, 3]
    assert len({body["hold"] for body in bodies}) == 3


def test_a_hold_is_recorded_with_consent_only(api: Caller, client: Client, edition: Edition) -> None:
    api.post("/holds", request_for(edition, quote_token(api, edition)))
    assert BehaviourEvent.objects.count() == 0
    client.post("/en/consent/", {"granted": "yes"})

    api.post("/holds", request_for(edition, quote_token(api, edition)))

    event = BehaviourEvent.objects.get(act="hold")
    assert event.details == {"fingerprint": Hold.objects.latest("pk").fingerprint, "total": 58_000}


def test_an_expired_quote(api: Caller, korean_api: Caller, edition: Edition) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        request = request_for(edition, token_for(edition))
        clock.shift(timedelta(minutes=10, seconds=2))
        both(
            *(api, korean_api, request, 410, "quote_expired"),
            "This price was valid for ten minutes. Please look at the current one.",
            "가격의 유효 시간 10분이 지났습니다. 지금 가격을 확인해 주세요.",
        )


def test_control_a_quote_is_good_to_the_end_of_its_ten_minutes(api: Caller, edition: Edition) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        request = request_for(edition, token_for(edition))
        clock.shift(timedelta(minutes=10))
        assert api.post("/holds", request).status == 201


def test_forged_quotes(api: Caller, korean_api: Caller, edition: Edition) -> None:
    genuine = token_for(edition)
    payload, stamp, signature = genuine.rsplit(":", 2)
    cheaper = {**signing.loads(genuine, salt="orders.quote"), "price": {"step": 0, "lines": [], "total": 0}}
    forgeries = {
        "not a token": "nothing",
        "another signature": f"{payload}:{stamp}:{'A' * len(signature)}",
        "another payload": f"{signing.dumps(cheaper).rsplit(':', 2)[0]}:{stamp}:{signature}",
        "a later stamp": f"{payload}:{stamp[:-1]}{'A' if stamp[-1] != 'A' else 'B'}:{signature}",
        "signed for another purpose": signing.dumps(cheaper, salt="accounts.consent"),
        "signed by another shop": signing.dumps(cheaper, key="another key", salt="orders.quote"),
    }

    for forged in forgeries.values():
        both(
            *(api, korean_api, request_for(edition, forged), 400, "invalid_quote"),
            "This price did not come from this shop. Please look at the current one.",
            "이 가게에서 안내한 가격이 아닙니다. 지금 가격을 확인해 주세요.",
        )
    assert api.post("/holds", request_for(edition, genuine)).status == 201, "control: the genuine quote"


def test_a_quote_of_another_edition(api: Caller, korean_api: Caller, edition: Edition, now: datetime) -> None:
    other = samples.open_edition(now=now, slug="second-firing")

    both(
        *(api, korean_api, request_for(edition, token_for(other)), 400, "invalid_quote"),
        "This price belongs to another edition.",
        "다른 에디션의 가격입니다.",
    )


def test_a_sold_out_edition(api: Caller, korean_api: Caller, now: datetime) -> None:
    edition = samples.open_edition(now=now, size=1, card=PriceCard((Step(1, 58_000),)))
    request = request_for(edition, token_for(edition))
    sell_piece(hold=samples.held(edition, now=now), now=now)

    both(
        *(api, korean_api, request, 410, "sold_out"),
        "Every piece of this edition has an owner.",
        "이 에디션의 모든 작품에 주인이 생겼습니다.",
    )


def test_an_edition_whose_last_pieces_are_all_held(api: Caller, korean_api: Caller, now: datetime) -> None:
    edition = samples.open_edition(now=now, size=1)
    request = request_for(edition, token_for(edition))
    samples.held(edition, now=now)

    both(
        *(api, korean_api, request, 409, "all_held"),
        "All remaining pieces are held by others; one may come back within ten minutes.",
        "남은 작품을 모두 다른 분들이 잡고 있습니다. 10분 안에 풀릴 수도 있습니다.",
    )
    Piece.objects.update(held_until=now)
    assert api.post("/holds", request).status == 201, "control: once the hold has lapsed"


def test_a_price_that_rose_since_it_was_shown(api: Caller, korean_api: Caller, now: datetime) -> None:
    edition = samples.open_edition(now=now, card=PriceCard((Step(1, 58_000), Step(2, 64_000))))
    request = request_for(edition, token_for(edition, glaze="indigo"))
    sell_piece(hold=samples.held(edition, now=now), now=now)

    both(
        *(api, korean_api, request, 409, "price_changed"),
        "The price has risen to ₩69,000 since you saw it, because more pieces were ordered.",
        "보신 뒤에 주문이 늘어 가격이 ₩69,000으로 올랐습니다.",
    )
    assert expect_problem(api.post("/holds", request), 409, "price_changed") == {"total": 69_000}


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_edition_that_is_not_open(
    api: Caller, korean_api: Caller, edition: Edition, now: datetime, when: str
) -> None:
    request = request_for(edition, token_for(edition))
    moved = {"opens_at": now + timedelta(hours=1)} if when == "before" else {"closes_at": now - timedelta(minutes=1)}
    Edition.objects.filter(pk=edition.pk).update(**moved)

    both(
        *(api, korean_api, request, 409, "edition_closed"),
        "This edition is not open at the moment.",
        "지금은 열려 있지 않은 에디션입니다.",
    )


def test_an_edition_that_does_not_exist(api: Caller, korean_api: Caller, edition: Edition) -> None:
    both(
        *(api, korean_api, {"edition": "second-firing", "quote": "x"}, 404, "not_found"),
        "That is not to be had here.",
        "여기에서는 찾을 수 없습니다.",
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"quote": ""}, "quote"),
        ({"quote": None}, "quote"),
        ({"quote": "x" * 4_001}, "quote"),
        ({"edition": ""}, "edition"),
        ({"replaces": "x" * 41}, "replaces"),
        ({"quote": "a\x00b"}, "quote"),
    ],
)
def test_a_request_of_another_shape_names_the_field(
    api: Caller, edition: Edition, change: dict[str, Any], field: str
) -> None:
    request = {**request_for(edition, token_for(edition)), **change}

    with samples.nothing_written():
        answer = api.post("/holds", request)

    assert set(expect_problem(answer, 400, "invalid", "Some fields are not right.")["errors"]) == {field}


def test_the_token_of_somebody_elses_hold_of_another_edition_takes_nothing_from_it(
    api: Caller, edition: Edition, now: datetime
) -> None:
    other = samples.open_edition(now=now, slug="second-firing")
    theirs = samples.held(other, now=now)

    answer = api.post("/holds", request_for(edition, token_for(edition), replaces=theirs.token))

    theirs.piece.refresh_from_db()
    assert (answer.status, answer.body["number"]) == (201, 1)
    assert theirs.piece.hold_id == theirs.pk


def test_holds_are_made_and_not_listed(client: Client, edition: Edition, now: datetime) -> None:
    held = samples.held(edition, now=now)

    assert client.get(f"{API}/holds").status_code == 405
    assert client.get(f"{API}/holds/{held.token}").status_code == 404
