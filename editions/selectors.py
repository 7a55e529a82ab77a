"""Reads of editions: every claim on a page is a query here."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Value
from django.db.models.functions import Abs

from configurator.configuration import Configuration
from configurator.definition import ProductDefinition
from configurator.models import ProductVersion
from core.statements import Rows, Statement
from editions.contracts import Availability, OptionPrices, Scarce, public_availability
from editions.models import Component, ComponentUnit, Edition, Hold, Piece, PieceState, PricePlan
from editions.pricing import Breakdown, Line, price
from editions.pricing.next_order import NO_COMPONENTS
from editions.waiting_models import somebody_waits, waiting_count

NEAREST = 5


def open_editions(now: datetime) -> QuerySet[Edition]:
    """The editions that are open, the newest first; none that is archived."""
    running = Q(archived_at=None) & (Q(closes_at=None) | Q(closes_at__gt=now))
    return with_version(Edition.objects.filter(running, opens_at__lte=now)).order_by("-opens_at")


def announced_editions(now: datetime) -> QuerySet[Edition]:
    """The editions whose price card is published and that are still to open, the next one first."""
    return with_version(Edition.objects.filter(announced_at__lte=now, opens_at__gt=now)).order_by("opens_at")


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
    return with_version(announced(now))


def announced(now: datetime) -> QuerySet[Edition]:
    """The same with no more than a hold needs."""
    return Edition.objects.filter(announced_at__lte=now).select_related("lobby")


def with_version(editions: QuerySet[Edition]) -> QuerySet[Edition]:
    """With the product's version, but for its definition: a process reads that once, and it is long."""
    return editions.select_related("version__product").defer("version__definition")


def availability(edition: Edition, now: datetime) -> Availability:
    """The pieces of an edition by what can be done with them at a time, in one query."""
    (row,) = _pieces(edition=edition.pk, now=now)
    return public_availability(**dict(zip(("size", "free", "held", "sold", "waiting"), row, strict=True)))


def _counted(edition: int, now: datetime) -> Rows:
    free = Q(pieces__state=PieceState.FREE) | Q(pieces__state=PieceState.HELD, pieces__held_until__lte=now)
    held = Q(pieces__state=PieceState.HELD, pieces__held_until__gt=now)
    pieces = Edition.objects.filter(pk=edition).annotate(
        made=Count("pieces", filter=~Q(pieces__state=PieceState.WITHDRAWN)),
        free=Count("pieces", filter=free),
        held=Count("pieces", filter=held),
        sold=Count("pieces", filter=Q(pieces__state=PieceState.SOLD)),
        waiting=waiting_count(edition),
    )
    return pieces.values_list("made", "free", "held", "sold", "waiting")


_pieces = Statement(_counted, edition=int, now=datetime)


def current_price(
    edition: Edition, definition: ProductDefinition, configuration: Configuration, shipping: Sequence[Line] = ()
) -> Breakdown:
    """What the next order of a design costs, with the line of its shipping where there are zones.

    Nothing but counters, of orders and of units, the design and a published amount go in.
    """
    return price_at({}, edition, definition, configuration, shipping)


def price_at(
    counters: Mapping[str, Any],
    edition: Edition,
    definition: ProductDefinition,
    configuration: Configuration,
    shipping: Sequence[Line] = (),
) -> Breakdown:
    """The same at the counters that a hold keeps; what they do not name counts as it stands now."""
    left = counters.get("components_left", {})
    scarce = [
        replace(each, never_ordered=left.get(each.slug, each.never_ordered))
        for each in scarce_components(edition, definition.units(configuration.choices))
    ]
    own = [*extras(definition, configuration), *shipping]
    return price_with(edition, scarce, own, counters.get("orders_placed"))


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


def option_prices(
    edition: Edition,
    definition: ProductDefinition,
    counters: Mapping[str, Any] = NO_COMPONENTS,
    own: Mapping[str, int] = NO_COMPONENTS,
) -> OptionPrices:
    """What each option adds, with the next units of its components, and those of which too few are not sold.

    One query where the product has components, none elsewhere. Units that are only held may come back: they count, and
    so do an order's `own` while it is changed. `counters` as for `price_at`.
    """
    if not definition.components:
        return OptionPrices(definition.prices)
    stocks = Component.objects.filter(Q(edition=edition) | Q(edition=None)).order_by(F("edition").asc(nulls_first=True))
    unsold = Count("units", filter=~Q(units__state=PieceState.SOLD))
    # Of two of one name the edition's own comes last.
    found = {row.slug: row for row in stocks.annotate(unsold=unsold)}
    ladders = {each.component: each for each in edition.card.components}
    left = counters.get("components_left", {})
    amounts, gone = dict(definition.prices), set()
    for choice, components in definition.scarce_options.items():
        for slug, row, count in ((slug, found[slug], count) for slug, count in components.items() if slug in found):
            if row.unsold + own.get(slug, 0) < count:
                gone.add(choice)
            if slug in ladders:
                added = count * ladders[slug].amount_at(left.get(slug, row.never_ordered))
                amounts[choice] = amounts.get(choice, 0) + added
    return OptionPrices(amounts, frozenset(gone))


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
    """A hold by its secret name, with what a page needs; raises Hold.DoesNotExist."""
    holds = Hold.objects.select_related("piece__edition__version__product")
    return holds.defer("piece__edition__version__definition").get(token=token)


def seconds_left(hold: Hold, now: datetime) -> int:
    """How long a hold still keeps its piece; 0 when it does not."""
    piece = Piece.objects.get(pk=hold.piece_id)
    if piece.state != PieceState.HELD or piece.hold_id != hold.pk or piece.held_until is None:
        return 0
    return max(0, int((piece.held_until - now).total_seconds()))


def plan_of(edition: Edition) -> PricePlan | None:
    """The lab's question and answer from which an edition's card was published; None when it was written by hand."""
    return PricePlan.objects.filter(edition=edition).select_related("author").first()
