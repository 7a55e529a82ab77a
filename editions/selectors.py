"""Reads of editions: every claim on a page is a query here."""

from datetime import datetime

from django.db.models import Count, Q, QuerySet

from configurator.configuration import Configuration
from configurator.definition import ProductDefinition
from configurator.models import ProductVersion
from editions.contracts import Availability
from editions.models import Edition, Hold, Piece, PieceState, PricePlan
from editions.pricing import Breakdown, Line, price


def open_editions(now: datetime) -> QuerySet[Edition]:
    """The editions that are open, the newest first."""
    running = Q(closes_at=None) | Q(closes_at__gt=now)
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
    return Edition.objects.filter(announced_at__lte=now).select_related("version__product")


def availability(edition: Edition, now: datetime) -> Availability:
    """The pieces of an edition by what can be done with them at a time, in one query."""
    available = Q(state=PieceState.FREE) | Q(state=PieceState.HELD, held_until__lte=now)
    counts = Piece.objects.filter(edition=edition).aggregate(
        available=Count("pk", filter=available),
        held=Count("pk", filter=Q(state=PieceState.HELD, held_until__gt=now)),
        sold=Count("pk", filter=Q(state=PieceState.SOLD)),
    )
    return Availability(size=edition.size, **counts)


def current_price(edition: Edition, definition: ProductDefinition, configuration: Configuration) -> Breakdown:
    """What the next order of a design costs. Nothing but the edition's counter and the design goes in."""
    return price(edition.card, edition.orders_placed, extras(definition, configuration))


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
