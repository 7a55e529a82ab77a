"""Editions, their numbered pieces and holds.

A piece's row says who has it: `hold` and `held_until` while it is held, `state` SOLD for good. A hold that
has expired needs no clean-up: every query compares `held_until` with the time.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from configurator.models import ProductVersion
from core.money import Money
from editions.ledger import Entry, Kind, Link
from editions.lobby_models import Lobby, LobbyEntry, LobbyHolder
from editions.pricing import Breakdown, Card, Zone, card_from_json, zones_from_json
from editions.tokens import new_token
from editions.waiting_models import WaitingPlace

__all__ = ["Lobby", "LobbyEntry", "LobbyHolder", "WaitingPlace", "new_token"]

HOLD_MINUTES = 10


class Edition(models.Model):
    """A limited number of pieces of one product version, sold by a published price card.

    `size` shrinks when pieces are withdrawn; their numbers still go up to `announced_size`.
    """

    slug = models.SlugField(_("short name"), unique=True)
    name_ko = models.CharField(_("name in Korean"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80)
    version = models.ForeignKey(
        ProductVersion, on_delete=models.PROTECT, related_name="+", verbose_name=_("product version")
    )
    size = models.PositiveIntegerField(_("size"), validators=[MinValueValidator(1)])
    announced_size = models.PositiveIntegerField(_("announced size"), editable=False)
    currency = models.CharField(_("currency"), max_length=3, default="KRW")
    price_card = models.JSONField(_("price card"))
    shipping = models.JSONField(_("shipping zones"), default=list, blank=True)
    announced_at = models.DateTimeField(_("price card published at"))
    opens_at = models.DateTimeField(_("opens at"))
    closes_at = models.DateTimeField(_("closes at"), null=True, blank=True)
    orders_placed = models.PositiveIntegerField(_("orders placed"), default=0, editable=False)
    per_person = models.PositiveSmallIntegerField(
        _("pieces per person"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    archived_at = models.DateTimeField(_("archived at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        permissions = [
            ("withdraw_pieces", _("Can withdraw pieces")),
            ("archive_edition", _("Can archive editions")),
        ]
        constraints = [
            models.CheckConstraint(
                name="editions_announced_a_day_ahead",
                condition=Q(opens_at__gte=F("announced_at") + models.Value("24 hours", models.DurationField())),
                violation_error_message=_("The price card must be public for 24 hours before the edition opens."),
            ),
            models.CheckConstraint(
                name="editions_close_after_opening", condition=Q(closes_at=None) | Q(closes_at__gt=F("opens_at"))
            ),
            models.CheckConstraint(name="editions_per_person", condition=Q(per_person=None) | Q(per_person__gte=1)),
        ]

    def __str__(self) -> str:
        return self.name_en

    def name(self, language: str) -> str:
        return self.name_ko if language == "ko" else self.name_en

    @property
    def card(self) -> Card:
        return card_from_json(self.price_card)

    @property
    def zones(self) -> tuple[Zone, ...]:
        """Where it goes, the maker's own zone first; none where shipping to anywhere is in the price."""
        return zones_from_json(self.shipping)

    def money(self, minor: int) -> Money:
        return Money.from_minor(minor, self.currency)

    def is_open(self, now: datetime) -> bool:
        closed = self.archived_at is not None or (self.closes_at is not None and self.closes_at <= now)
        return self.opens_at <= now and not closed


class PieceState(models.TextChoices):
    """What has become of a piece, or of a component's unit. Whether a HELD one is still held depends on the time."""

    FREE = "free", _("free")
    HELD = "held", _("held")
    SOLD = "sold", _("sold")
    WITHDRAWN = "withdrawn", _("withdrawn")


class PieceQuerySet(models.QuerySet["Piece"]):
    def available(self, now: datetime) -> "PieceQuerySet":
        """Pieces that can be held at a time: free, or held by a hold that has expired."""
        return self.filter(Q(state=PieceState.FREE) | Q(state=PieceState.HELD, held_until__lte=now))


class Piece(models.Model):
    """One numbered piece of an edition."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="pieces", verbose_name=_("edition"))
    number = models.PositiveIntegerField(_("number"), validators=[MinValueValidator(1)])
    state = models.CharField(_("state"), max_length=10, choices=PieceState, default=PieceState.FREE)
    hold = models.OneToOneField(
        "Hold", on_delete=models.PROTECT, null=True, blank=True, related_name="current_piece", verbose_name=_("hold")
    )
    held_until = models.DateTimeField(_("held until"), null=True, blank=True)
    # Held without a hold: whoever is offered it has not chosen a design yet.
    offered_to = models.OneToOneField(
        WaitingPlace,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="offered_piece",
        verbose_name=_("offered to"),
    )

    objects = PieceQuerySet.as_manager()

    class Meta:
        verbose_name = _("piece")
        verbose_name_plural = _("pieces")
        constraints = [
            models.UniqueConstraint(name="editions_piece_number", fields=["edition", "number"]),
            models.CheckConstraint(
                name="editions_piece_held_by_someone",
                condition=~Q(state=PieceState.HELD)
                | Q(hold__isnull=False, held_until__isnull=False)
                | Q(offered_to__isnull=False, held_until__isnull=False),
            ),
            models.CheckConstraint(
                name="editions_piece_offered",
                condition=Q(offered_to=None) | Q(state=PieceState.HELD, hold=None),
            ),
            models.CheckConstraint(
                name="editions_piece_sold_to_someone", condition=~Q(state=PieceState.SOLD) | Q(hold__isnull=False)
            ),
        ]
        indexes = [
            models.Index(
                name="editions_piece_takeable",
                fields=["edition", "number"],
                condition=Q(state__in=[PieceState.FREE, PieceState.HELD]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.edition.slug}/{self.number:03d}"

    @property
    def engraved_number(self) -> str:
        """The number as it is engraved, of as many digits as the edition needs: 017/100.

        It counts the announced pieces: it does not change on a piece that somebody has when others are withdrawn.
        """
        announced = self.edition.announced_size
        return f"{self.number:0{len(str(announced))}d}/{announced}"


class Hold(models.Model):
    """A piece, a design and a price, kept for ten minutes, or as long as an offer lasts. Known by a secret token."""

    token = models.CharField(_("token"), max_length=40, unique=True, default=new_token, editable=False)
    piece = models.ForeignKey(Piece, on_delete=models.PROTECT, related_name="holds", verbose_name=_("piece"))
    configuration = models.JSONField(_("configuration"))
    fingerprint = models.CharField(_("fingerprint"), max_length=64)
    counters = models.JSONField(_("counters that made the price"))
    breakdown = models.JSONField(_("price breakdown"))
    # Digests under which its owner is known where a limit per person counts; see editions.person_limit.
    holders = models.JSONField(_("held for"), default=list, editable=False)
    destination = models.CharField(_("destination"), max_length=2, blank=True, default="")
    total = models.PositiveBigIntegerField(_("total in minor units"))
    likely_at = models.DateTimeField(_("likely ready"))
    safe_at = models.DateTimeField(_("ready 9 times out of 10"))
    created_at = models.DateTimeField(_("held at"))
    expires_at = models.DateTimeField(_("expires at"))

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")

    def __str__(self) -> str:
        return f"hold {self.pk}"

    @property
    def price(self) -> Breakdown:
        return Breakdown.from_json(self.breakdown)

    @property
    def was_offered(self) -> bool:
        """Whether it took a piece that was offered in a waiting list, and so lasts for longer than ten minutes."""
        return self.expires_at - self.created_at > timedelta(minutes=HOLD_MINUTES)

    @property
    def units(self) -> dict[str, int]:
        """How many units of each scarce component it took with its piece; empty where none is scarce."""
        return dict(self.counters.get("components_taken", {}))


class Component(models.Model):
    """The finite stock of a component that options use: one edition's own, or shared by those that have none.

    `slug` is the component's in the product's definition. `units_ordered` counts the units that were ever ordered, and
    never falls: a unit that comes back was ordered all the same.
    """

    slug = models.SlugField(_("short name"), max_length=40)
    name_ko = models.CharField(_("name in Korean"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80)
    edition = models.ForeignKey(
        Edition,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="own_components",
        verbose_name=_("edition"),
    )
    stock = models.PositiveIntegerField(_("units"), validators=[MinValueValidator(1)])
    units_ordered = models.PositiveIntegerField(_("units ordered"), default=0, editable=False)

    class Meta:
        verbose_name = _("component")
        verbose_name_plural = _("components")
        constraints = [
            models.UniqueConstraint(name="editions_component_own", fields=["edition", "slug"]),
            models.UniqueConstraint(name="editions_component_shared", fields=["slug"], condition=Q(edition=None)),
            models.CheckConstraint(
                name="editions_component_not_beyond_stock", condition=Q(stock__gte=1, units_ordered__lte=F("stock"))
            ),
        ]

    def __str__(self) -> str:
        return self.slug

    def name(self, language: str) -> str:
        return self.name_ko if language == "ko" else self.name_en

    @property
    def never_ordered(self) -> int:
        """The counter that its price is made from."""
        return self.stock - self.units_ordered


class UnitQuerySet(models.QuerySet["ComponentUnit"]):
    def available(self, now: datetime) -> "UnitQuerySet":
        """Units that can be held at a time: free, or held by a hold that has expired."""
        return self.filter(Q(state=PieceState.FREE) | Q(state=PieceState.HELD, held_until__lte=now))


class ComponentUnit(models.Model):
    """One unit of a scarce component. It is held, sold and freed with the piece that it goes into."""

    component = models.ForeignKey(
        Component, on_delete=models.PROTECT, related_name="units", verbose_name=_("component"), db_index=False
    )
    state = models.CharField(_("state"), max_length=10, choices=PieceState, default=PieceState.FREE)
    hold = models.ForeignKey(
        Hold, on_delete=models.PROTECT, null=True, blank=True, related_name="held_units", verbose_name=_("hold")
    )
    held_until = models.DateTimeField(_("held until"), null=True, blank=True)
    was_ordered = models.BooleanField(_("was ordered"), default=False, editable=False)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit of a component")
        verbose_name_plural = _("units of components")
        constraints = [
            models.CheckConstraint(
                name="editions_unit_held_by_someone",
                condition=~Q(state=PieceState.HELD) | Q(hold__isnull=False, held_until__isnull=False),
            ),
            models.CheckConstraint(
                name="editions_unit_sold_to_someone",
                condition=~Q(state=PieceState.SOLD) | Q(hold__isnull=False, was_ordered=True),
            ),
        ]
        indexes = [
            models.Index(
                name="editions_unit_takeable",
                fields=["component", "id"],
                condition=Q(state__in=[PieceState.FREE, PieceState.HELD]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.component_id}/{self.pk}"


class PricePlan(models.Model):
    """What the pricing lab was asked and what it answered, kept with the card that was published from it.

    `revision` names the code that calculated, so that the same question can be answered the same way again.
    """

    question = models.JSONField(_("question"))
    answer = models.JSONField(_("expected outcomes"))
    card = models.JSONField(_("price card"))
    currency = models.CharField(_("currency"), max_length=3)
    revision = models.PositiveSmallIntegerField(_("revision of the lab"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("author")
    )
    created_at = models.DateTimeField(_("recorded at"))
    edition = models.OneToOneField(
        Edition, on_delete=models.PROTECT, null=True, blank=True, related_name="plan", verbose_name=_("edition")
    )

    class Meta:
        verbose_name = _("price plan")
        verbose_name_plural = _("price plans")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"price plan {self.pk}"


KINDS = (
    (Kind.ANNOUNCED.value, _("announced")),
    (Kind.SALE.value, _("sale")),
    (Kind.RETURN.value, _("return")),
    (Kind.WITHDRAWAL.value, _("withdrawal")),
)


class LedgerEntry(models.Model):
    """A row of an edition's price ledger. Rows are only ever added: triggers see to it, and the hashes would tell.

    Every column is part of what the hash covers, or is the hash; see `editions.ledger.Entry` for what each one says.
    """

    hash = models.CharField(_("hash"), max_length=64, primary_key=True)
    previous_hash = models.CharField(_("previous hash"), max_length=64)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="ledger", verbose_name=_("edition"))
    sequence = models.PositiveIntegerField(_("sequence"))
    kind = models.CharField(_("kind"), max_length=10, choices=KINDS)
    at = models.DateTimeField(_("at"))
    card = models.CharField(_("fingerprint of the price card"), max_length=64)
    orders_placed = models.PositiveIntegerField(_("orders placed before"))
    currency = models.CharField(_("currency"), max_length=3)
    total = models.BigIntegerField(_("total in minor units"))
    piece = models.PositiveIntegerField(_("piece number"), null=True)
    takes_back = models.PositiveIntegerField(_("sale that is taken back"), null=True)
    counters = models.JSONField(_("counters that made the price"), null=True)
    breakdown = models.JSONField(_("price breakdown"), null=True)
    terms = models.JSONField(_("terms"), null=True)

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        constraints = [
            models.UniqueConstraint(name="editions_ledger_sequence", fields=["edition", "sequence"]),
            models.UniqueConstraint(
                name="editions_ledger_order_number",
                fields=["edition", "orders_placed"],
                condition=Q(kind=Kind.SALE.value),
            ),
            models.CheckConstraint(
                name="editions_ledger_hashes",
                condition=Q(hash__regex="^[0-9a-f]{64}$", previous_hash__regex="^[0-9a-f]{64}$"),
            ),
            models.CheckConstraint(
                name="editions_ledger_announced_first",
                condition=Q(kind=Kind.ANNOUNCED.value, sequence=1) | Q(~Q(kind=Kind.ANNOUNCED.value), sequence__gt=1),
            ),
            models.CheckConstraint(
                name="editions_ledger_shape",
                condition=Q(kind=Kind.ANNOUNCED.value, terms__isnull=False, piece=None, breakdown__isnull=True, total=0)
                | Q(
                    kind=Kind.SALE.value,
                    terms__isnull=True,
                    piece__isnull=False,
                    takes_back=None,
                    counters__isnull=False,
                    breakdown__isnull=False,
                    total__gte=0,
                )
                | Q(
                    kind=Kind.RETURN.value,
                    terms__isnull=True,
                    piece__isnull=False,
                    takes_back__isnull=False,
                    breakdown__isnull=True,
                    total__lte=0,
                )
                | Q(
                    kind=Kind.WITHDRAWAL.value,
                    terms__isnull=False,
                    piece=None,
                    takes_back=None,
                    counters__isnull=True,
                    breakdown__isnull=True,
                    total=0,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id}/{self.sequence}"

    def as_link(self) -> Link:
        """The row as the pure core reads it."""
        entry = Entry(**{name: getattr(self, name) for name in Entry.__dataclass_fields__})
        return Link(entry=entry, previous=self.previous_hash, hash=self.hash)
