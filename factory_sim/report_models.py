"""What a plant reported of its pieces, and where it is told what to make."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models import User
    from factory_sim.models import Plant, ProductionOrder


class WorkReport(models.Model):
    """A report that was taken: who or what said it, and which events of the piece followed from it.

    A report that comes again is known by its `key`; `digest` is of what it says. `happened_at` is the time that it
    gives. Without an actor it came from the plant's own system. Rows are never changed or removed (a trigger).
    """

    plant: "models.ForeignKey[Plant, Plant]" = models.ForeignKey(
        "factory_sim.Plant", on_delete=models.PROTECT, related_name="reports", verbose_name=_("plant")
    )
    key = models.CharField(_("key"), max_length=120)
    digest = models.CharField(_("digest"), max_length=64)
    order: "models.ForeignKey[ProductionOrder, ProductionOrder]" = models.ForeignKey(
        "factory_sim.ProductionOrder",
        on_delete=models.PROTECT,
        related_name="reports",
        verbose_name=_("production order"),
    )
    kind = models.CharField(_("what"), max_length=12)
    operation = models.CharField(_("operation"), max_length=40, blank=True)
    fault = models.CharField(_("fault"), max_length=40, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    first_seq = models.PositiveIntegerField(_("first event"))
    last_seq = models.PositiveIntegerField(_("last event"))
    status = models.CharField(_("status after it"), max_length=20)
    actor: "models.ForeignKey[User | None, User | None]" = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("who")
    )
    happened_at = models.DateTimeField(_("happened at (real time)"))
    received_at = models.DateTimeField(_("received at (real time)"))

    class Meta:
        verbose_name = _("report of work")
        verbose_name_plural = _("reports of work")
        constraints = [models.UniqueConstraint(name="factory_report_once", fields=["plant", "key"])]

    def __str__(self) -> str:
        return f"{self.order_id} {self.first_seq} {self.kind}"


class Reading(models.Model):
    """What a sensor read in the operation that a piece's event `seq` ended, with the limits of then.

    `points` are its course, shares of the operation's time with values; `colour` is the one it was compared with. Rows
    are never changed or removed (a trigger).
    """

    order: "models.ForeignKey[ProductionOrder, ProductionOrder]" = models.ForeignKey(
        "factory_sim.ProductionOrder",
        on_delete=models.PROTECT,
        related_name="readings",
        verbose_name=_("production order"),
    )
    seq = models.PositiveIntegerField(_("event"))
    sensor = models.CharField(_("sensor"), max_length=40)
    name = models.JSONField(_("name"))
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    value = models.FloatField(_("value"))
    low = models.FloatField(_("lower limit"), null=True)
    high = models.FloatField(_("upper limit"), null=True)
    points = models.JSONField(_("course"), default=list, blank=True)
    colour = models.CharField(_("ordered colour"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("reading of a sensor")
        verbose_name_plural = _("readings of sensors")
        constraints = [models.UniqueConstraint(name="factory_reading_once", fields=["order", "seq", "sensor"])]

    def __str__(self) -> str:
        return f"{self.sensor} {self.value:g} {self.unit}"


class PlantConnection(models.Model):
    """Where a plant that reports is sent its job orders; the secret of its signatures stands in the settings."""

    plant: "models.OneToOneField[Plant, Plant]" = models.OneToOneField(
        "factory_sim.Plant", on_delete=models.CASCADE, related_name="connection", verbose_name=_("plant")
    )
    address = models.CharField(
        _("address"), max_length=300, help_text=_("Job orders are sent there; as in docs/plant-interface.md.")
    )

    class Meta:
        verbose_name = _("connection to a plant")
        verbose_name_plural = _("connections to plants")

    def __str__(self) -> str:
        return f"{self.plant_id} {self.address}"
