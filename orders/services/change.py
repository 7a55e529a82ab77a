"""A placed order's design is changed, as far as nothing of it is consumed yet, at the price that was paid."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from configurator.configuration import Configuration
from configurator.fixing import changed_parts, consumers_of
from configurator.selectors import definition_of
from configurator.validation import checked_configuration
from core.problems import Problem
from editions.pricing import Breakdown
from editions.selectors import price_at
from editions.stock_service import Design, swap_units
from factory_sim.contracts import Promise
from factory_sim.late_change import change_work, check_change, move_promise, moved_dates
from orders.models import Order, OrderRevision, OrderStatus
from orders.selectors import queue_for
from orders.services.pay import locked_order
from orders.services.place import ConsentMissing
from orders.services.produce import ordered_work
from orders.work_ahead import work_of

CHANGEABLE = (OrderStatus.IN_REVIEW, OrderStatus.APPROVED, OrderStatus.IN_PRODUCTION)


class OrderOver(Problem):
    """The order is not paid yet, is finished, or has come to another end."""

    code = "order_over"
    status = 409


class NothingChanged(Problem):
    """The design is the one that the order has."""

    code = "nothing_changed"
    status = 422


class PriceDiffers(Problem):
    """The changed design costs more or less than what was paid; `difference` is in minor units."""

    code = "price_differs"
    status = 409


class ChangedMeanwhile(Problem):
    """The order's design is not the one from which the change was made, or its date is later than the one shown."""

    code = "changed_meanwhile"
    status = 409


@dataclass(frozen=True)
class Proposal:
    """What a change would make of an order: nothing is written yet."""

    before: Configuration
    after: Configuration
    price: Breakdown
    promise: Promise


@dataclass(frozen=True)
class Consent:
    """What the holder saw and agreed to: the fingerprint of the design from which she changed it, the date, and that a
    piece that becomes personal cannot be returned.
    """

    seen: str
    safe_at: datetime
    accepts_no_return: bool = False


def propose_change(order: Order, data: Mapping[str, Any], now: datetime) -> Proposal:
    """What the design in `data` (`choices`, `engraving`, `font`) would make of an order; its picture stays.

    Raises OrderOver, NothingChanged, PriceDiffers, TooLate as it stands now, and the Problems of
    configurator.validation.
    """
    check_changeable(order)
    definition, before = definition_of(order.edition.version), order.configuration
    whole = {**data, "version": before.version, "artwork": before.as_json().get("artwork")}
    after = checked_configuration(definition, whole, expected_version=order.edition.version.key)
    if after == before:
        raise NothingChanged(_("This is the design that your order has."))
    if order.status == OrderStatus.IN_PRODUCTION:
        check_change(external_ref=order.reference, **_work(order, after))
    price = _price_with(order, after)
    if price.total != order.total:
        raise _differs(order, price.total - order.total)
    return Proposal(before, after, price, _promise_with(order, after, now))


def check_changeable(order: Order) -> None:
    """Raise OrderOver for an order of which nothing can be changed."""
    if order.status not in CHANGEABLE:
        sentence = _("Order %(reference)s is %(status)s: its design stays as it is.")
        raise OrderOver(sentence % {"reference": order, "status": order.get_status_display()})


@transaction.atomic
def change_design(*, order_id: int, data: Mapping[str, Any], consent: Consent, now: datetime) -> OrderRevision:
    """Change a placed order's design.

    The order is locked first, then its plant's clock, then units; with a piece in the plant the plant decides whether
    it is too late. Nothing is written when it raises ChangedMeanwhile, ConsentMissing, TooLate, ComponentSoldOut, or
    what `propose_change` raises.
    """
    order = locked_order(order_id)
    if order.fingerprint != consent.seen:
        raise ChangedMeanwhile(_("The design has been changed since this page was opened. This is how it is now."))
    proposal = propose_change(order, data, now)
    _check_consent(order, proposal, consent)
    definition, after = definition_of(order.edition.version), proposal.after
    if order.status == OrderStatus.IN_PRODUCTION:
        work = _work(order, after)
        change_work(external_ref=order.reference, **work, due_at=proposal.promise.safe_at, now=now)
    swap_units(edition=order.edition, hold=order.hold, design=Design(definition, after.choices), now=now)
    return _write(order, proposal, now)


def _work(order: Order, after: Configuration) -> dict[str, Any]:
    """What the plant is to make instead, and the operations that consume what is changed."""
    definition = definition_of(order.edition.version)
    consumers = consumers_of(definition)
    changed = changed_parts(order.configuration, after)
    return {
        "spec": ordered_work(order, after),
        "consumed": frozenset(chain.from_iterable(consumers[part] for part in changed)),
    }


def _write(order: Order, proposal: Proposal, now: datetime) -> OrderRevision:
    promise, after = proposal.promise, proposal.after
    revision = OrderRevision.objects.create(
        order=order,
        number=order.revisions.count() + 1,
        status=order.status,
        before=order.configuration_json,
        after=after.as_json(),
        breakdown=proposal.price.as_json(),
        safe_before=order.safe_at,
        safe_at=promise.safe_at,
        at=now,
    )
    order.configuration_json, order.fingerprint = after.as_json(), after.fingerprint
    order.choices_key = after.choices_key
    order.likely_at, order.safe_at = promise.likely_at, promise.safe_at
    if after.is_personal and order.personal_accepted_at is None:
        order.personal_accepted_at = now
    columns = ["configuration_json", "fingerprint", "choices_key", "likely_at", "safe_at", "personal_accepted_at"]
    order.save(update_fields=columns)
    move_promise(external_ref=order.reference, likely_at=promise.likely_at, safe_at=promise.safe_at)
    return revision


def _check_consent(order: Order, proposal: Proposal, consent: Consent) -> None:
    if timezone.localdate(proposal.promise.safe_at) > timezone.localdate(consent.safe_at):
        raise ChangedMeanwhile(_("The date has become a later one since it was shown. Please look at it once more."))
    if proposal.after.is_personal and order.personal_accepted_at is None and not consent.accepts_no_return:
        raise ConsentMissing(_("Please confirm this; the piece is made for you alone."), field="made_for_me")


def _price_with(order: Order, configuration: Configuration) -> Breakdown:
    """What the order would have cost with another design, at the counters that made its price.

    A component that it did not have counts as it stands now.
    """
    shipping = [line for line in (order.price.shipping,) if line]
    definition = definition_of(order.edition.version)
    return price_at(order.hold.counters, order.edition, definition, configuration, shipping)


def _promise_with(order: Order, after: Configuration, now: datetime) -> Promise:
    """The order's dates, moved by as much working time as one more piece today would be later with the other design.

    The same for designs that are the same work.
    """
    version, given = order.edition.version, Promise(order.likely_at, order.safe_at)
    works = [work_of(version.pk, each) for each in (order.configuration, after)]
    if works[0] == works[1]:
        return given
    with_old, with_new = queue_for(version, now).promises(works)
    return moved_dates(plant_slug=definition_of(version).plant, given=given, before=with_old, after=with_new)


def _differs(order: Order, difference: int) -> PriceDiffers:
    amount = order.edition.money(abs(difference)).format(get_language() or "en")
    if difference > 0:
        sentence = _(
            "This design costs %(amount)s more than what you paid. A change keeps the price: please choose something"
            " that costs the same, or write to us."
        )
    else:
        sentence = _(
            "This design costs %(amount)s less than what you paid. A change keeps the price: please choose something"
            " that costs the same, or write to us."
        )
    return PriceDiffers(sentence % {"amount": amount}, difference=difference)
