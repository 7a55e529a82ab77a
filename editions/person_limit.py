"""How many pieces of an edition one person may have, held and ordered together.

A person is known by digests: of the browser's session, the account, a verified address or the address of an order.
Whoever shares one of them is taken for the same person. A digest tells nobody whose it is.
"""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import ngettext

from core.problems import Problem
from editions import locks
from editions.models import Edition, Hold, Piece, PieceState

SALT = "editions.holder"


class LimitReached(Problem):
    """The person has as many pieces of the edition as one may have."""

    code = "limit_reached"
    status = 409


def holder(kind: str, value: str) -> str:
    """The digest of one thing by which a person is known: `session`, `account` or `address`."""
    return salted_hmac(SALT, f"{kind}:{value.strip().casefold()}", algorithm="sha256").hexdigest()


def check_limit(*, edition: Edition, holders: Collection[str], now: datetime, beside: Hold | None = None) -> None:
    """Raise LimitReached when a person has no piece to come; what `beside` holds does not count.

    Until the transaction ends nobody else is checked as this person in this edition. Call it before any other lock.
    """
    if edition.per_person is None or not holders:
        return
    locks.lock_people(edition.pk, holders)
    if has_limit(edition=edition, holders=holders, now=now, beside=beside):
        sentence = ngettext(
            "One person may have %(count)d piece of this edition, and you hold or have ordered it.",
            "One person may have %(count)d pieces of this edition, and you hold or have ordered them.",
            edition.per_person,
        )
        raise LimitReached(sentence % {"count": edition.per_person}, limit=edition.per_person)


def has_limit(*, edition: Edition, holders: Collection[str], now: datetime, beside: Hold | None = None) -> bool:
    """Whether a person holds or has as many pieces as one may have; what `beside` holds does not count."""
    if edition.per_person is None or not holders:
        return False
    kept = Q(state=PieceState.SOLD) | Q(state=PieceState.HELD, held_until__gt=now)
    own = Piece.objects.filter(kept, edition=edition, hold__holders__has_any_keys=list(holders))
    return (own.exclude(hold=beside).count() if beside else own.count()) >= edition.per_person


def add_holders(*, hold: Hold, holders: Collection[str]) -> None:
    """From now on the hold counts for these, too."""
    hold.holders = sorted({*hold.holders, *holders})
    hold.save(update_fields=["holders"])
