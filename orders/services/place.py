"""From a held piece to an order that awaits its payment."""

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from configurator.configuration import Configuration
from core.metrics import counted
from core.problems import Problem
from editions.locks import lock_piece
from editions.models import Hold
from editions.person_limit import add_holders, check_limit, holder
from editions.services import HoldExpired, keep_locked
from editions.shipping import check_destination
from orders.models import Order, Payment

REFERENCE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class AlreadyOrdered(Problem):
    """This hold has become an order before: the form was sent twice."""

    code = "already_ordered"
    status = 409

    def __init__(self, order: Order) -> None:
        super().__init__(_("This piece is ordered already; nothing was ordered twice."), order=order.token)
        self.order = order


class ConsentMissing(Problem):
    """A personal piece is ordered by somebody who has not agreed that it cannot be returned."""

    code = "consent_missing"
    status = 422


@dataclass(frozen=True)
class Buyer:
    """Who orders: a guest with an address, or a customer with an account.

    `accepts_no_return`: she was told that a personal piece cannot be returned, and agreed to it by an act of her own.
    `destination`: the country to which she believes it goes, if she says one.
    """

    email: str
    language: str
    note: str = ""
    account: User | None = None
    accepts_no_return: bool = False
    destination: str = ""

    @property
    def holders(self) -> tuple[str, ...]:
        """By what she is known where an edition has a limit per person."""
        return (holder("address", self.email), *account_holders(self.account))


def account_holders(account: User | None) -> tuple[str, ...]:
    """The digests of an account and of its verified addresses."""
    if account is None:
        return ()
    verified = EmailAddress.objects.filter(user=account, verified=True).values_list("email", flat=True)
    return (holder("account", str(account.pk)), *(holder("address", each) for each in verified))


@counted("order")
@transaction.atomic
def place_order(*, hold_token: str, buyer: Buyer, now: datetime) -> Order:
    """Make an order, with its payment, from a hold.

    Nothing is written when it raises HoldExpired, AlreadyOrdered, DestinationChanged, ConsentMissing or LimitReached.
    """
    try:
        hold = Hold.objects.select_related("piece__edition").get(token=hold_token)
    except Hold.DoesNotExist as error:
        raise HoldExpired(_("This hold does not exist any more. Please choose a piece again.")) from error
    limited = hold.piece.edition.per_person is not None
    holders = sorted({*hold.holders, *buyer.holders}) if limited else []
    if limited and not Order.objects.filter(hold=hold).exists():
        check_limit(edition=hold.piece.edition, holders=holders, now=now, beside=hold)
    # The piece's row is the lock under which the same form, sent twice, becomes one order.
    piece = lock_piece(hold.piece_id)
    if Order.objects.filter(hold=hold).exists():
        raise AlreadyOrdered(Order.objects.filter(hold=hold)[0])
    check_destination(edition=hold.piece.edition, quoted=hold.destination, said=buyer.destination)
    personal = Configuration.from_json(hold.configuration).is_personal
    if personal and not buyer.accepts_no_return:
        raise ConsentMissing(_("Please confirm this; the piece is made for you alone."), field="made_for_me")
    keep_locked(piece=piece, hold=hold, now=now)
    if limited:
        add_holders(hold=hold, holders=holders)
    edition = hold.piece.edition
    order = Order.objects.create(
        reference=_reference(hold.piece.number),
        edition=edition,
        piece=hold.piece,
        hold=hold,
        customer=buyer.account,
        email=buyer.email,
        language=buyer.language,
        note=buyer.note,
        configuration_json=hold.configuration,
        fingerprint=hold.fingerprint,
        choices_key=Configuration.from_json(hold.configuration).choices_key,
        breakdown=hold.breakdown,
        total=hold.total,
        currency=edition.currency,
        destination=hold.destination,
        likely_at=hold.likely_at,
        safe_at=hold.safe_at,
        created_at=now,
        personal_accepted_at=now if personal else None,
    )
    new_payment(order)
    return order


def new_payment(order: Order) -> Payment:
    """A payment over the order's total, waiting for its provider."""
    payment: Payment = Payment.objects.create(
        order=order,
        # The library's own would be looked for among all payments first.
        token=str(uuid.uuid4()),
        variant=settings.PAYMENT_VARIANT,
        total=order.money.amount,
        currency=order.currency,
        description=str(order.piece),
        billing_email=order.email,
    )
    return payment


def _reference(number: int) -> str:
    """What people say on the phone: the piece's number and five letters."""
    return f"{number:03d}-{''.join(secrets.choice(REFERENCE_ALPHABET) for _each in range(5))}"
