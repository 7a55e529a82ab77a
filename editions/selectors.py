"""Reads of editions: every claim on a page is a query here."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import Count, F, Max, Q, QuerySet, Value
from django.db.models.functions import Abs

from configurator.configuration import Configuration
from configurator.definition import ProductDefinition
from configurator.models import ProductVersion
from editions.contracts import Availability, Scarce, public_availability
from editions.models import Component, ComponentUnit, Edition, Hold, Piece, PieceState, PricePlan
from editions.pricing import Breakdown, Line, price
from editions.waiting_models import somebody_waits, waiting_count

NEAREST = 5


def open_editions(now: datetime) -> QuerySet[Edition]:
    """The editions that are open, the newest first; none that is archived."""
    running = Q(archived_at=None) & (Q(closes_at=None) | Q(closes_at__gt=now))
    return Edition.objects.filter(running, opens_at__lte=now).select_related("version__product").order_by("-opens_at")


def edition_selling(version: ProductVersion, now: datetime, preferred: str = "") -> Edition | None:
    """The open edition that sells a version, else the newest version of the same product; None when none does.

    Among several of one version the one whose slug is `preferred` comes first, then the one that opened last.
    """
    found = open_editions(now).filter(version__product=version.product_id)
    return max(
        found,
        key=lambda each: (each.version_id == version.pk, each.version.number, each.slug == preferred, each.opens_at),
        default=None,
    )


def public_editions(now: datetime) -> QuerySet[Edition]:
    """Every edition whose price card is published, with what a page needs."""
    return Edition.objects.filter(announced_at__lte=now).select_related("version__product", "lobby")


def availability(edition: Edition, now: datetime) -> Availability:
    """The pieces of an edition by what can be done with them at a time, in one query."""
    free = Q(state=PieceState.FREE) | Q(state=PieceState.HELD, held_until__lte=now)
    counts = Piece.objects.filter(edition=edition).aggregate(
        size=Count("pk", filter=~Q(state=PieceState.WITHDRAWN)),
        free=Count("pk", filter=free),
        held=Count("pk", filter=Q(state=PieceState.HELD, held_until__gt=now)),
        sold=Count("pk", filter=Q(state=PieceState.SOLD)),
        waiting=Max(waiting_count(edition.pk), default=0),
    )
    return public_availability(**counts)


def current_price(
    edition: Edition, definition: ProductDefinition, configuration: Configuration, shipping: Sequence[Line] = ()
) -> Breakdown:
    """What the next order of a design costs, with the line of its shipping where there are zones.

    Nothing but counters, of orders and of units, the design and a published amount go in.
    """
    scarce = scarce_components(edition, definition.units(configuration.choices))
    return price_with(edition, scarce, [*extras(definition, configuration), *shipping])


def price_with(
    edition: Edition, scarce: Sequence[Scarce], own: Sequence[Line], orders_placed: int | None = None
) -> Breakdown:
    """The card's price at the components' counters and a counter of orders, with a design's own lines.

    The counter of orders is the edition's, unless an earlier one was promised.
    """
    left, placed = {each.slug: each.never_ordered for each in scarce}, orders_placed
    units = {each.slug: each.units for each in scarce}
    return price(edition.card, edition.orders_placed if placed is None else placed, own, left, units)


def scarce_components(edition: Edition, units: Mapping[str, int]) -> list[Scarce]:
    """Those of the components that a design uses of which the edition has only so many, by id.

    An edition's own stock goes before one that editions share. A component without any stock is not scarce.
    """
    if not units:
        return []
    rows = Component.objects.filter(Q(edition=edition) | Q(edition=None), slug__in=units)
    own_last = {row.slug: row for row in sorted(rows, key=lambda row: row.edition_id is not None)}
    found = [Scarce(row.pk, row.slug, row.never_ordered, units[row.slug]) for row in own_last.values()]
    return sorted(found, key=lambda each: each.component_id)


def unit_amounts(edition: Edition, definition: ProductDefinition) -> dict[str, int]:
    """What the next unit of each component with a ladder adds now; no query where the card has no ladder."""
    ladders = edition.card.components
    if not ladders:
        return {}
    used = {each.id: 1 for each in definition.components}
    left = {each.slug: each.never_ordered for each in scarce_components(edition, used)}
    return {each.component: each.amount_at(left[each.component]) for each in ladders if each.component in left}


def unit_availability(component_id: int, now: datetime) -> Availability:
    """The units of a component by what can be done with them at a time."""
    available = Q(state=PieceState.FREE) | Q(state=PieceState.HELD, held_until__lte=now)
    counts = ComponentUnit.objects.filter(component_id=component_id).aggregate(
        size=Count("pk"),
        available=Count("pk", filter=available),
        held=Count("pk", filter=Q(state=PieceState.HELD, held_until__gt=now)),
        sold=Count("pk", filter=Q(state=PieceState.SOLD)),
    )
    return Availability(**counts)


def nearest_free_numbers(edition: Edition, number: int, now: datetime) -> list[int]:
    """The five numbers nearest to one that the public can hold, the nearest first."""
    public = Piece.objects.available(now).filter(~somebody_waits("edition_id"), edition=edition)
    free = public.annotate(far=Abs(F("number") - Value(number)))
    return list(free.order_by("far", "number").values_list("number", flat=True)[:NEAREST])


def extras(definition: ProductDefinition, configuration: Configuration) -> list[Line]:
    """What a design adds to the card's price: paid options, the engraving and the print."""
    lines = [
        Line(
            "option",
            f"{group.id}/{configuration.choices[group.id]}",
            group.option(configuration.choices[group.id]).price,
        )
        for group in definition.groups
        if group.id in configuration.choices
    ]
    if configuration.engraving:
        lines.append(Line("engraving", definition.engraving.id, definition.engraving.price))
    if configuration.artwork and definition.artwork:
        lines.append(Line("artwork", definition.artwork.id, definition.artwork.price))
    return lines


def hold_with_token(token: str) -> Hold:
    """A hold by its secret name; raises Hold.DoesNotExist."""
    return Hold.objects.select_related("piece__edition__version__product").get(token=token)


def seconds_left(hold: Hold, now: datetime) -> int:
    """How long a hold still keeps its piece; 0 when it does not."""
    piece = Piece.objects.get(pk=hold.piece_id)
    if piece.state != PieceState.HELD or piece.hold_id != hold.pk or piece.held_until is None:
        return 0
    return max(0, int((piece.held_until - now).total_seconds()))


def plan_of(edition: Edition) -> PricePlan | None:
    """The lab's question and answer from which an edition's card was published; None when it was written by hand."""
    return PricePlan.objects.filter(edition=edition).select_related("author").first()
