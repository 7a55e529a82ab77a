"""`POST /holds` on an opening day: the reason why not yet, and when; the same key works at one's turn."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client

from editions.models import Hold
from tests import lobbies, samples
from tests.api.calls import API, JSON, Caller, quote_token

pytestmark = pytest.mark.django_db

KEY = {"Idempotency-Key": "a key that nobody guesses"}


def test_before_ones_turn_the_answer_says_when_and_at_it_the_same_request_holds(now: datetime, client: Client) -> None:
    lobby = lobbies.coming_lobby(now, pace=1)
    lobbies.come(lobby, now, "jun")
    lobbies.draw(lobby, now)
    everybody = lobby.edition.opens_at + timedelta(minutes=1)
    with time_machine.travel(everybody - timedelta(seconds=30), tick=False):
        request = {"edition": "first-firing", "quote": quote_token(Caller(client), lobby.edition)}
        with samples.nothing_written():
            early = client.post(f"{API}/holds", request, content_type=JSON, headers=KEY)
    with time_machine.travel(everybody, tick=False):
        held = client.post(f"{API}/holds", request, content_type=JSON, headers=KEY)

    assert (early.status_code, early.json()["code"], early.json()["turn_at"]) == (
        409,
        "not_your_turn",
        everybody.isoformat(),
    )
    assert (held.status_code, Hold.objects.count()) == (201, 1)
