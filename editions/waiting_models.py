"""The waiting list of an edition of which everything is held or sold: who stands in line, and what each was offered."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Lower
from django.utils.translation import gettext_lazy as _

from editions.tokens import new_token

if TYPE_CHECKING:
    from editions.models import Edition

LONGEST_DESIGN = 2_000


class Ending(models.TextChoices):
    """How a place in line ended."""

    LEFT = "left", _("left the line")
    TAKEN = "taken", _("took the piece")
    LAPSED = "lapsed", _("let the offer run out")
    LIMIT = "limit", _("has as many pieces as one may have")
    CLOSED = "closed", _("the edition closed")


class WaitingPlaceQuerySet(models.QuerySet["WaitingPlace"]):
    def in_force(self) -> "WaitingPlaceQuerySet":
        """Places of people who stand in line, or to whom a piece is offered."""
        return self.filter(ticket__isnull=False, over_at=None)

    def waiting(self) -> "WaitingPlaceQuerySet":
        """Places to which nothing is offered yet, the first in line first."""
        return self.in_force().filter(offered_at=None).order_by("edition_id", "ticket")

    def of_person(self, holders: list[str]) -> "WaitingPlaceQuerySet":
        return self.filter(holders__has_any_keys=holders)


class WaitingPlace(models.Model):
    """A person's place in the line for an edition's next piece. Known by a secret token, which only her letters have.

    Nobody stands in line before she has confirmed her address: then she draws the next `ticket` of the edition, and
    tickets are the order. `offered_orders` is the counter of orders at which the price of an offer is frozen.
    """

    edition: "models.ForeignKey[Edition, Edition]" = models.ForeignKey(
        "editions.Edition", on_delete=models.PROTECT, related_name="waiting_places", verbose_name=_("edition")
    )
    token = models.CharField(_("token"), max_length=40, unique=True, default=new_token, editable=False)
    email = models.EmailField(_("e-mail address"))
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    # Digests; see editions.person_limit. Only what is verified: the address, and who confirmed it.
    holders = models.JSONField(_("kept for"), default=list, editable=False)
    # The path of the studio with the design that she had made, or empty.
    design = models.CharField(_("design"), max_length=LONGEST_DESIGN, blank=True)
    asked_at = models.DateTimeField(_("asked at"))
    ticket = models.PositiveIntegerField(_("ticket"), null=True)
    joined_at = models.DateTimeField(_("in line since"), null=True)
    offered_at = models.DateTimeField(_("offered at"), null=True)
    offer_ends_at = models.DateTimeField(_("offer ends at"), null=True)
    offered_orders = models.PositiveIntegerField(_("orders placed at the offer"), null=True)
    over_at = models.DateTimeField(_("over at"), null=True)
    ending = models.CharField(_("ending"), max_length=10, choices=Ending, blank=True)

    objects = WaitingPlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("place in a waiting list")
        verbose_name_plural = _("waiting lists")
        constraints = [
            models.UniqueConstraint(name="editions_waiting_ticket", fields=["edition", "ticket"]),
            models.UniqueConstraint(
                "edition",
                Lower("email"),
                name="editions_waiting_one_place_each",
                condition=Q(ticket__isnull=False, over_at=None),
            ),
            models.CheckConstraint(
                name="editions_waiting_joined",
                condition=Q(ticket=None, joined_at=None) | Q(ticket__gte=1, joined_at__gte=F("asked_at")),
            ),
            models.CheckConstraint(
                name="editions_waiting_offered",
                condition=Q(offered_at=None, offer_ends_at=None, offered_orders=None)
                | Q(ticket__isnull=False, offer_ends_at__gt=F("offered_at"), offered_orders__isnull=False),
            ),
            models.CheckConstraint(
                name="editions_waiting_over",
                condition=Q(over_at=None, ending="") | (Q(over_at__isnull=False) & ~Q(ending="")),
            ),
        ]
        indexes = [
            # Every hold asks whether anybody waits.
            models.Index(
                name="editions_waiting_in_line",
                fields=["edition", "ticket"],
                condition=Q(ticket__isnull=False, offered_at=None, over_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.edition_id}/{self.ticket or '–'}"

    def has_offer(self, now: datetime) -> bool:
        """Whether a piece is kept for her at a time."""
        return self.over_at is None and self.offer_ends_at is not None and now < self.offer_ends_at


def somebody_waits(edition: str) -> Exists:
    """Whether anybody waits in line for the edition that `edition` names in the outer query."""
    return Exists(WaitingPlace.objects.waiting().order_by().filter(edition_id=OuterRef(edition)))


def waiting_count(edition: "int | OuterRef") -> Coalesce:
    """How many people wait in line for an edition, within another statement, so that all figures are of one moment."""
    waiting = WaitingPlace.objects.waiting().order_by().filter(edition_id=edition).values("edition_id")
    return Coalesce(Subquery(waiting.annotate(count=Count("pk")).values("count")), Value(0))
