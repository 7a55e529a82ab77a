"""The waiting list: asking for a place, confirming and leaving it; offering what comes back to the first in line."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from core import outbox
from core.problems import Problem
from editions import locks
from editions.contracts import LINE_TOPIC, News
from editions.line import end_place
from editions.models import Edition, Piece, PieceState, WaitingPlace
from editions.person_limit import check_limit, has_limit, holder
from editions.selectors import availability
from editions.turn import check_turn
from editions.waiting_models import LONGEST_DESIGN, Ending
from editions.waiting_selectors import lines_to_tend

# Who has not confirmed an address by then is forgotten, and so is a place this long after it is over.
CONFIRM_WITHIN = timedelta(days=2)
KEEP_PEOPLE = timedelta(days=30)
# An offer that would run out sooner than this, because the edition closes, is not made.
SHORTEST_OFFER = timedelta(minutes=10)


class NothingToWaitFor(Problem):
    """The edition is not open, or a piece is simply there."""

    code = "nothing_to_wait_for"
    status = 409


class PlaceOver(Problem):
    """The place in line is over."""

    code = "place_over"
    status = 410


class InLineAlready(Problem):
    """The person has a place in this line; one is enough."""

    code = "in_line_already"
    status = 409


@dataclass(frozen=True)
class Newcomer:
    """Who asks for a place: where letters go, in which language, and the path of the studio with her design, if any.

    `holders`: the digests of her browser and account. They are looked at, not kept: the address is not hers yet.
    """

    email: str
    language: str
    design: str = ""
    holders: tuple[str, ...] = ()


@transaction.atomic
def ask_for_place(*, edition_id: int, newcomer: Newcomer, now: datetime) -> None:
    """Write to an address how to confirm a place, or where the place is that it has already.

    The answer is the same for every address: nobody learns from it who waits. Raises NothingToWaitFor, NotYourTurn or
    LimitReached.
    """
    edition = Edition.objects.select_related("lobby").get(pk=edition_id)
    address = newcomer.email.strip()
    design = newcomer.design if len(newcomer.design) <= LONGEST_DESIGN else ""
    # All at once, in the order in which everybody locks them.
    locks.lock_people(edition_id, {*newcomer.holders, holder("address", address)})
    _check_need(edition, now)
    check_turn(edition=edition, holders=newcomer.holders, now=now)
    check_limit(edition=edition, holders=newcomer.holders, now=now)
    known = WaitingPlace.objects.filter(edition=edition, email__iexact=address, over_at=None).order_by("ticket").first()
    place = known or WaitingPlace.objects.create(
        edition=edition, email=address, language=newcomer.language, design=design, asked_at=now
    )
    if known and known.ticket is None:
        known.design, known.language, known.asked_at = design, newcomer.language, now
        known.save(update_fields=["design", "language", "asked_at"])
    _tell(place, News.CONFIRM)


@transaction.atomic
def confirm_place(*, token: str, holders: Collection[str], now: datetime) -> WaitingPlace:
    """Put the owner of an address in line, behind everybody who is there; confirming again changes nothing.

    `holders` are the digests of the browser and the account that confirm. Raises PlaceOver, NothingToWaitFor,
    LimitReached, InLineAlready, or WaitingPlace.DoesNotExist.
    """
    place = WaitingPlace.objects.select_related("edition").get(token=token)
    mine = sorted({*holders, holder("address", place.email)})
    locks.lock_people(place.edition_id, mine)
    edition = locks.lock_edition(place.edition_id)
    place = locks.lock_place(token)
    if place.over_at is not None:
        raise PlaceOver(_("This place in line is over. You can join the line again."))
    if place.ticket is not None:
        return place
    _check_need(edition, now)
    check_limit(edition=edition, holders=mine, now=now)
    line = WaitingPlace.objects.filter(edition=edition)
    if line.in_force().of_person(mine).exists():
        raise InLineAlready(_("You are in this line already. One place each."))
    place.ticket = (line.aggregate(last=Max("ticket"))["last"] or 0) + 1
    place.joined_at, place.holders = max(now, place.asked_at), mine
    place.save(update_fields=["ticket", "joined_at", "holders"])
    return place


@transaction.atomic
def leave_place(*, token: str, now: datetime) -> WaitingPlace:
    """Give up a place, and a piece that is offered to it; leaving again changes nothing.

    Raises WaitingPlace.DoesNotExist.
    """
    place = locks.lock_place(token)
    if place.over_at is None:
        end_place(place=place, ending=Ending.LEFT, now=now)
    return place


def tend_lines(*, now: datetime) -> None:
    """Bring every line up to date in which there is something to do."""
    for edition_id in lines_to_tend(now, closing=now + SHORTEST_OFFER):
        tend_line(edition_id=edition_id, now=now)


@transaction.atomic
def tend_line(*, edition_id: int, now: datetime) -> None:
    """End the offers that ran out and offer each piece that can be held to the first in line, with a letter to each.

    Idempotent; whoever calls it at the same time waits for the places. A closed edition's line is over.
    """
    line = locks.lock_line(edition_id)
    edition = Edition.objects.get(pk=edition_id)
    is_closed = edition.closes_at is not None and edition.closes_at - SHORTEST_OFFER <= now
    for place in line:
        if place.offered_at is not None and not place.has_offer(now):
            _end(place, Ending.LAPSED, News.LAPSED, now)
        elif place.offered_at is None and is_closed:
            _end(place, Ending.CLOSED, News.CLOSED, now)
    waiting = [place for place in line if place.over_at is None and place.offered_at is None]
    pieces = locks.lock_all_available(edition_id, now, len(waiting)) if waiting else []
    for place in waiting:
        if not pieces:
            break
        if has_limit(edition=edition, holders=place.holders, now=now):
            _end(place, Ending.LIMIT, News.LIMIT, now)
        else:
            _offer(edition, place, pieces.pop(0), now)


@transaction.atomic
def forget_waiting_people(*, now: datetime) -> int:
    """Remove places that are long over, or were never confirmed, with everything that they know; count them."""
    over, unconfirmed = Q(over_at__lt=now - KEEP_PEOPLE), Q(ticket=None, asked_at__lt=now - CONFIRM_WITHIN)
    return WaitingPlace.objects.filter(over | unconfirmed).delete()[0]


def _check_need(edition: Edition, now: datetime) -> None:
    if not edition.is_open(now):
        raise NothingToWaitFor(_("This edition is not open at the moment."))
    if availability(edition, now).available:
        raise NothingToWaitFor(_("A piece is free at this moment: you can hold it without waiting."))


def _offer(edition: Edition, place: WaitingPlace, piece: Piece, now: datetime) -> None:
    """Keep a locked piece for a locked place, at the price of this moment."""
    ends_at = now + timedelta(hours=settings.WAITING_OFFER_HOURS)
    place.offered_at, place.offered_orders = now, edition.orders_placed
    place.offer_ends_at = min(ends_at, edition.closes_at) if edition.closes_at else ends_at
    place.save(update_fields=["offered_at", "offered_orders", "offer_ends_at"])
    piece.state, piece.hold, piece.held_until, piece.offered_to = PieceState.HELD, None, place.offer_ends_at, place
    piece.save(update_fields=["state", "hold", "held_until", "offered_to"])
    _tell(place, News.OFFER)


def _end(place: WaitingPlace, ending: Ending, news: News, now: datetime) -> None:
    end_place(place=place, ending=ending, now=now)
    _tell(place, news)


def _tell(place: WaitingPlace, news: News) -> None:
    outbox.enqueue(LINE_TOPIC, place_id=place.pk, news=news)
