"""The header `Idempotency-Key`: a request that creates something, sent twice, creates one thing."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client

from configurator.models import Design
from core.idempotency import forget_answers
from core.models import KeptAnswer
from editions.models import Edition, Hold, Piece
from orders.models import Order
from orders.services.quote import make_quote
from tests import samples
from tests.api.calls import API, JSON, order_request

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


def send(client: Client, path: str, data: dict[str, Any], key: str) -> HttpResponse:
    headers = {"Accept-Language": "en", "Idempotency-Key": key}
    return client.post(f"{API}{path}", data, content_type=JSON, headers=headers)  # type: ignore[return-value]


def hold_request(edition: Edition) -> dict[str, Any]:
    quote = make_quote(edition=edition, data=samples.design(edition), now=datetime.now(tz=UTC))
    return {"edition": edition.slug, "quote": quote.token}


def code(response: HttpResponse) -> tuple[int, str]:
    return response.status_code, response.json()["code"]  # type: ignore[attr-defined]


def test_a_hold_sent_twice_is_one_hold_with_the_same_answer(client: Client, edition: Edition) -> None:
    request, key = hold_request(edition), str(uuid4())

    first = send(client, "/holds", request, key)
    again = send(Client(), "/holds", dict(reversed(request.items())), key)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert Hold.objects.count() == 1
    other = send(client, "/holds", request, str(uuid4()))
    assert (other.status_code, Hold.objects.count()) == (201, 2), "control: another key is another hold"


def test_an_order_and_a_design_sent_twice(client: Client, edition: Edition, now: datetime) -> None:
    order = order_request(samples.held(edition, now=now).token)
    design = {"edition": edition.slug, "configuration": samples.design(edition, glaze="indigo"), "name": "Sea"}
    key = str(uuid4())

    answers = [send(client, "/orders", order, key) for _ in range(2)]
    designs = [send(client, "/designs", design, str(uuid4()) if each else key + "2") for each in (0, 1)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    assert Order.objects.count() == 1
    assert code(send(client, "/orders", order, str(uuid4()))) == (409, "already_ordered")
    assert (len({each.content for each in designs}), Design.objects.count()) == (1, 1)


def test_the_same_key_with_another_request_is_refused(client: Client, edition: Edition) -> None:
    request, key = hold_request(edition), str(uuid4())
    send(client, "/holds", request, key)

    with samples.nothing_written():
        answers = [
            send(client, "/holds", {**request, "number": 7}, key),
            send(client, "/orders", order_request("unknown"), key),
        ]

    assert [code(answer) for answer in answers] == [(409, "idempotency_key_reused")] * 2


def test_a_refusal_is_kept_as_well_and_one_that_makes_no_sense_is_not(client: Client, now: datetime) -> None:
    edition = samples.open_edition(now=now, size=1)
    request, key, other = hold_request(edition), str(uuid4()), str(uuid4())
    samples.held(edition, now=now)
    assert code(send(client, "/holds", request, key)) == (409, "all_held")
    assert code(send(client, "/holds", {"edition": edition.slug}, other)) == (400, "invalid")
    Piece.objects.update(held_until=now)

    again = send(client, "/holds", request, key)

    assert (code(again), again["Content-Type"]) == ((409, "all_held"), "application/problem+json")
    assert send(client, "/holds", request, other).status_code == 201


def test_while_the_first_runs_the_second_is_refused_until_its_lease_ends(client: Client, edition: Edition) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        request, key = hold_request(edition), str(uuid4())
        send(client, "/holds", request, key)
        # As if the first had been killed before it had an answer, and its work with it.
        KeptAnswer.objects.update(status=None, body="")

        assert code(send(client, "/holds", request, key)) == (409, "request_in_progress")
        clock.shift(timedelta(minutes=2, seconds=1))
        assert send(client, "/holds", request, key).status_code == 201
    assert KeptAnswer.objects.get().status == 201


def test_answers_are_kept_for_a_day(client: Client, edition: Edition) -> None:
    with time_machine.travel(NOON, tick=False):
        send(client, "/holds", hold_request(edition), str(uuid4()))

    assert forget_answers(now=NOON + timedelta(hours=24)) == 0
    assert forget_answers(now=NOON + timedelta(hours=24, seconds=1)) == 1
    assert not KeptAnswer.objects.exists()


@pytest.mark.parametrize("key", ["", "short", "x" * 256, "a key with an é in it"])
def test_a_key_that_can_be_guessed_or_is_no_text(client: Client, edition: Edition, key: str) -> None:
    request = hold_request(edition)
    with samples.nothing_written():
        assert code(send(client, "/holds", request, key)) == (400, "invalid_idempotency_key")


def test_an_account_gets_only_its_own_answers(client: Client, edition: Edition) -> None:
    request, key = hold_request(edition), str(uuid4())
    first = send(client, "/holds", request, key)
    client.force_login(samples.superuser())

    second = send(client, "/holds", request, key)

    assert first.json()["hold"] != second.json()["hold"]  # type: ignore[attr-defined]


def test_a_failure_gives_the_key_back(client: Client, edition: Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    request, key = hold_request(edition), str(uuid4())
    with monkeypatch.context() as patch:
        patch.setattr("orders.api.hold_design", lambda **_: 1 / 0)
        with pytest.raises(ZeroDivisionError), samples.nothing_written():
            send(client, "/holds", request, key)

    assert send(client, "/holds", request, key).status_code == 201


def test_a_form_sent_twice_is_one_hold(client: Client, edition: Edition) -> None:
    quote = hold_request(edition)["quote"]
    form = {**samples.PRESET, "version": edition.version.key, "quote": quote, "csrfmiddlewaretoken": "a" * 64}
    path = f"/en/editions/{edition.slug}/hold/"

    # The second was sent before the first was answered: its session knows of no hold.
    answers = [Client().post(path, {**form, "number": ""}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert Hold.objects.count() == 1
    Client().post(path, {**form, "csrfmiddlewaretoken": "b" * 64})
    assert Hold.objects.count() == 2, "control: the form was rendered anew"


def test_a_form_that_was_refused_can_be_sent_again(client: Client, edition: Edition, now: datetime) -> None:
    quote = hold_request(edition)["quote"]
    form = {**samples.PRESET, "version": edition.version.key, "quote": quote, "csrfmiddlewaretoken": "a" * 64}
    path = f"/en/editions/{edition.slug}/hold/"
    Piece.objects.filter(number=7).update(state="withdrawn")

    refused = client.post(path, {**form, "number": "7"})
    Piece.objects.filter(number=7).update(state="free")
    held = client.post(path, {**form, "number": "7"})

    assert (refused.status_code, held.status_code) == (422, 302)
    assert 'value="7"' in refused.content.decode()
    assert Hold.objects.get().piece.number == 7
