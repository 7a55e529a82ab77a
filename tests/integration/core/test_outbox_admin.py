"""What staff see of the outbox and can do about it."""

from datetime import datetime

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import User
from core.models import OutboxMessage
from tests import samples

pytestmark = pytest.mark.django_db

ADDRESS = "/admin/core/outboxmessage/"


@pytest.fixture
def parked(now: datetime) -> OutboxMessage:
    return OutboxMessage.objects.create(
        topic="orders.capture_payment",
        created_at=now,
        due_at=now,
        attempts=8,
        parked_at=now,
        last_error="BankError: no answer",
    )


def staff_with(*codenames: str) -> User:
    user = User.objects.create_user("staff@dure.example", "a long pass phrase", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return user


def try_again(client: Client, message: OutboxMessage) -> str:
    chosen = {"action": "try_again", "_selected_action": [str(message.pk)]}
    return client.post(ADDRESS, chosen, follow=True).content.decode()


def test_a_parked_message_is_seen_with_its_error(client: Client, parked: OutboxMessage) -> None:
    client.force_login(samples.superuser())

    page = client.get(ADDRESS, {"parked_at__isempty": "0"}).content.decode()

    assert "BankError: no answer" in page
    assert "orders.capture_payment" in page


def test_staff_who_may_change_messages_try_them_again(client: Client, parked: OutboxMessage) -> None:
    client.force_login(staff_with("view_outboxmessage", "change_outboxmessage"))

    page = try_again(client, parked)

    parked.refresh_from_db()
    assert "1 message is tried again." in page
    assert (parked.parked_at, parked.attempts, parked.last_error) == (None, 0, "")


@pytest.mark.parametrize("codenames", [("view_outboxmessage",), ()])
def test_staff_without_the_permission_cannot(client: Client, parked: OutboxMessage, codenames: tuple[str, ...]) -> None:
    client.force_login(staff_with(*codenames))

    with samples.nothing_written():
        page = try_again(client, parked)

    assert "is tried again" not in page


def test_nobody_adds_changes_or_removes_messages_by_hand(client: Client, parked: OutboxMessage) -> None:
    client.force_login(samples.superuser())

    with samples.nothing_written():
        added = client.post(f"{ADDRESS}add/", {"topic": "orders.capture_payment"})
        client.post(f"{ADDRESS}{parked.pk}/change/", {"topic": "orders.void_payment", "attempts": "0"})
        removed = client.post(f"{ADDRESS}{parked.pk}/delete/", {"post": "yes"})

    assert (added.status_code, removed.status_code) == (403, 403)
