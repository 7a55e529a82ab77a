"""Withdrawing pieces that nobody has: the edition shrinks for good, and its ledger says so."""

from collections.abc import Collection
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User
from core.problems import Problem
from editions import locks
from editions.ledger_service import record_withdrawal
from editions.models import Edition, Piece, PieceState

PERMISSION = "editions.withdraw_pieces"


class UnableToWithdraw(Problem):
    """Some of the pieces have an owner, are held, or do not exist, or none would be left. Nothing is withdrawn."""

    code = "unable_to_withdraw"
    status = 409


@transaction.atomic
def withdraw_highest(*, edition_id: int, count: int, actor: User, now: datetime) -> list[int]:
    """Withdraw as many pieces, the highest numbers that can be held; returns their numbers.

    They are taken before the waiting list is offered them. Raises PermissionDenied or UnableToWithdraw.
    """
    _check_permission(actor)
    edition = locks.lock_edition(edition_id)
    free = locks.lock_all_available(edition_id, now)
    if not 1 <= count <= len(free):
        raise UnableToWithdraw(
            _("%(count)d pieces can be withdrawn at this moment; the others are held or have an owner.")
            % {"count": len(free)},
            field="count",
        )
    return _withdraw(edition, free[-count:], now)


@transaction.atomic
def withdraw_numbers(*, edition_id: int, numbers: Collection[int], actor: User, now: datetime) -> list[int]:
    """Withdraw the pieces with these numbers, all or none; returns them.

    Raises PermissionDenied or UnableToWithdraw.
    """
    _check_permission(actor)
    edition = locks.lock_edition(edition_id)
    free = {piece.number: piece for piece in locks.lock_all_available(edition_id, now)}
    taken = sorted(set(numbers) - free.keys())
    if taken or not numbers:
        raise UnableToWithdraw(
            _("These pieces cannot be withdrawn, because they are held, have an owner or do not exist: %(numbers)s.")
            % {"numbers": ", ".join(map(str, taken)) or "–"},
            field="numbers",
        )
    return _withdraw(edition, [free[number] for number in sorted(set(numbers))], now)


def _check_permission(actor: User) -> None:
    if not actor.is_active or not actor.has_perm(PERMISSION):
        raise PermissionDenied(_("You may not withdraw pieces."))


def _withdraw(edition: Edition, pieces: list[Piece], now: datetime) -> list[int]:
    """Withdraw locked pieces of a locked edition."""
    if len(pieces) >= edition.size:
        raise UnableToWithdraw(_("One piece at least stays in an edition."))
    rows = Piece.objects.filter(pk__in=[piece.pk for piece in pieces])
    rows.update(state=PieceState.WITHDRAWN, hold=None, held_until=None, offered_to=None)
    Edition.objects.filter(pk=edition.pk).update(size=F("size") - len(pieces))
    edition.size -= len(pieces)
    numbers = [piece.number for piece in pieces]
    record_withdrawal(edition=edition, numbers=numbers, now=now)
    return numbers
