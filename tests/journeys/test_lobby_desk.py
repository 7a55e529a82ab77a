"""Staff open a lobby in the admin, and call it off."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from editions.models import Lobby
from tests import lobbies, samples

pytestmark = pytest.mark.django_db

DESK = "/admin/editions/lobby/"


def form(now: datetime, **changed: object) -> dict[str, object]:
    def split(name: str, moment: datetime) -> dict[str, str]:
        local = timezone.localtime(moment)
        return {f"{name}_0": f"{local:%Y-%m-%d}", f"{name}_1": f"{local:%H:%M:%S}"}

    times = {**split("opens_at", now + lobbies.COMES), **split("closes_at", now + lobbies.CLOSES)}
    return {**times, "pace": 30, **changed}


def test_a_maker_publishes_a_lobby_and_nothing_of_it_is_edited(now: datetime, client: Client) -> None:
    edition = lobbies.coming_edition(now)
    client.force_login(samples.maker())
    assert "ON:DAM First Firing" in client.get(f"{DESK}add/").content.decode()

    with samples.nothing_written():
        refused = client.post(f"{DESK}add/", form(now, edition=edition.pk, pace=0))
    assert refused.status_code == 200
    assert "Let in between 1 and 6000 people a minute." in refused.content.decode()
    late = form(now, edition=edition.pk, closes_at_1=f"{timezone.localtime(now + timedelta(hours=2, minutes=1)):%H:%M}")
    assert "The lobby closes when the edition opens, or before." in client.post(f"{DESK}add/", late).content.decode()

    answer = client.post(f"{DESK}add/", form(now, edition=edition.pk))

    lobby = Lobby.objects.get()
    assert (answer.status_code, lobby.pace, lobby.edition_id) == (302, 30, edition.pk)
    assert lobby.published_at < lobby.opens_at
    page = client.get(f"{DESK}{lobby.pk}/change/").content.decode()
    assert lobby.seed_hash in page
    assert lobby.nonce not in page
    assert client.post(f"{DESK}{lobby.pk}/change/", form(now, edition=edition.pk, pace=60)).status_code == 403


def test_a_maker_calls_off_what_is_not_drawn_yet(now: datetime, client: Client) -> None:
    lobby, drawn = lobbies.coming_lobby(now), lobbies.coming_lobby(now, slug="second-firing")
    lobbies.draw(drawn, now)
    client.force_login(samples.maker())
    action = {"action": "call_off", "_selected_action": [lobby.pk, drawn.pk]}

    page = client.post(DESK, action, follow=True).content.decode()

    assert "The lobby is called off, and its page says so." in page
    assert "The draw has been held, and stands." in page
    for each in (lobby, drawn):
        each.refresh_from_db()
    assert (lobby.called_off_at is not None, drawn.called_off_at) == (True, None)


def test_a_reviewer_does_neither(now: datetime, client: Client, reviewer: User) -> None:
    lobby = lobbies.coming_lobby(now)
    client.force_login(reviewer)

    with samples.nothing_written():
        assert client.get(f"{DESK}add/").status_code == 403
        assert client.post(f"{DESK}add/", form(now, edition=lobby.edition_id)).status_code == 403
        assert client.post(DESK, {"action": "call_off", "_selected_action": [lobby.pk]}).status_code == 403
