"""The lobby of an opening day, and those who came to it in time.

Triggers see to it that what was published never changes: the commitment and the terms, then the hash of the list, then
the seed, which must be the one that was committed to, and everybody's place.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from editions.draw import Terms, admitted_at

if TYPE_CHECKING:
    from editions.models import Edition

FASTEST = 6_000


class Lobby(models.Model):
    """Who comes between `opens_at` and `closes_at` is drawn by lot, and let in `pace` a minute once the edition opens.

    `nonce` and the server's secret key together are the seed, so that the database alone does not know it.
    """

    edition: "models.OneToOneField[Edition, Edition]" = models.OneToOneField(
        "editions.Edition", on_delete=models.PROTECT, related_name="lobby", verbose_name=_("edition")
    )
    opens_at = models.DateTimeField(_("lobby opens at"))
    closes_at = models.DateTimeField(_("lobby closes at"))
    pace = models.PositiveIntegerField(
        _("people let in each minute"), validators=[MinValueValidator(1), MaxValueValidator(FASTEST)]
    )
    published_at = models.DateTimeField(_("commitment published at"), editable=False)
    nonce = models.CharField(max_length=64, editable=False)
    seed_hash = models.CharField(_("commitment"), max_length=64, editable=False)
    sealed_at = models.DateTimeField(_("list closed at"), null=True, editable=False)
    size = models.PositiveIntegerField(_("entries"), null=True, editable=False)
    list_hash = models.CharField(_("hash of the list"), max_length=64, blank=True, editable=False)
    drawn_at = models.DateTimeField(_("drawn at"), null=True, editable=False)
    seed = models.CharField(_("seed"), max_length=64, blank=True, editable=False)
    called_off_at = models.DateTimeField(_("called off at"), null=True, editable=False)

    class Meta:
        verbose_name = _("lobby")
        verbose_name_plural = _("lobbies")
        constraints = [
            models.CheckConstraint(
                name="editions_lobby_times", condition=Q(published_at__lte=F("opens_at"), opens_at__lt=F("closes_at"))
            ),
            models.CheckConstraint(name="editions_lobby_pace", condition=Q(pace__gte=1, pace__lte=FASTEST)),
            models.CheckConstraint(
                name="editions_lobby_sealed",
                condition=Q(sealed_at=None, size=None, list_hash="")
                | Q(sealed_at__gte=F("closes_at"), size__gte=0, list_hash__regex="^[0-9a-f]{64}$"),
            ),
            models.CheckConstraint(
                name="editions_lobby_drawn",
                condition=Q(drawn_at=None, seed="")
                | Q(sealed_at__isnull=False, drawn_at__gt=F("sealed_at"), seed__regex="^[0-9a-f]{64}$"),
            ),
        ]

    def __str__(self) -> str:
        return f"{_('lobby')} {self.edition_id}"

    @property
    def terms(self) -> Terms:
        return Terms(self.edition.slug, self.opens_at, self.closes_at, self.pace, self.seed_hash)

    def takes_entries(self, now: datetime) -> bool:
        return self.opens_at <= now < self.closes_at and self.sealed_at is None and self.called_off_at is None

    @property
    def starts_at(self) -> datetime | None:
        """The turn of the first place, when the edition is open and the draw is done; None until it is."""
        return max(self.edition.opens_at, self.drawn_at) if self.drawn_at else None

    def turn_of(self, place: int | None) -> datetime | None:
        """When a place may choose, or everybody who has none; None until the draw is done."""
        if self.starts_at is None or self.size is None:
            return None
        return admitted_at(place or self.size + 1, start=self.starts_at, pace=self.pace)

    def is_over(self, now: datetime) -> bool:
        """Whether everybody may choose, as far as the lobby is concerned."""
        end = self.turn_of(None)
        return self.called_off_at is not None or (end is not None and end <= now)


class LobbyEntry(models.Model):
    """Somebody who came in time. `entry` is public and says nothing; the times and digests are not public."""

    lobby = models.ForeignKey(Lobby, on_delete=models.PROTECT, related_name="entries", verbose_name=_("lobby"))
    entry = models.CharField(_("entry"), max_length=32, unique=True)
    came_at = models.DateTimeField(_("came at"))
    place = models.PositiveIntegerField(_("place in line"), null=True)

    class Meta:
        verbose_name = _("lobby entry")
        verbose_name_plural = _("lobby entries")
        constraints = [
            models.UniqueConstraint(name="editions_lobby_place", fields=["lobby", "place"]),
            models.CheckConstraint(name="editions_lobby_entry", condition=Q(entry__regex="^[0-9a-f]{32}$")),
            models.CheckConstraint(name="editions_lobby_place_counted", condition=Q(place=None) | Q(place__gte=1)),
        ]

    def __str__(self) -> str:
        return self.entry


class LobbyHolder(models.Model):
    """A digest by which somebody in a lobby is known (`editions.person_limit`): one entry each."""

    lobby = models.ForeignKey(Lobby, on_delete=models.PROTECT, related_name="+", db_index=False)
    entry = models.ForeignKey(LobbyEntry, on_delete=models.CASCADE, related_name="holders")
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(name="editions_lobby_one_entry_each", fields=["lobby", "digest"])]

    def __str__(self) -> str:
        return self.digest
