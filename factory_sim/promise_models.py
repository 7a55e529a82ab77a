"""What the worker publishes of a plant's queue, and the promises that were given."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from factory_sim.models import Plant


NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class QueuePublication(models.Model):
    """The state behind everything that is promised, as the worker last computed it.

    `content` is a tail's bytes, `plant_shape` the machines and opening hours that it was computed for, `seen` what the
    worker had seen of the plant and of the orders that wait. Whoever ordered after `counted_until` may not be in it.
    """

    plant: "models.OneToOneField[Plant, Plant]" = models.OneToOneField(
        "factory_sim.Plant", on_delete=models.CASCADE, related_name="publication", verbose_name=_("plant")
    )
    version = models.UUIDField(_("version"), default=uuid4)
    published_at = models.DateTimeField(_("published at"), default=NEVER)
    counted_until = models.DateTimeField(_("counts orders until"), default=NEVER)
    seen = models.CharField(max_length=80, blank=True)
    plant_shape = models.TextField(blank=True)
    content = models.BinaryField(default=bytes)
    likely_stretch = models.FloatField(_("factor of the likely date"), default=1.0)
    safe_stretch = models.FloatField(_("factor of the safe date"), default=1.0)
    learned_from = models.PositiveIntegerField(_("promises that it was learned from"), default=0)

    class Meta:
        verbose_name = _("published queue")
        verbose_name_plural = _("published queues")

    def __str__(self) -> str:
        return f"{self.plant_id} {self.published_at}"


class GivenPromise(models.Model):
    """The dates that were promised with an order, and when its piece was ready, in factory time.

    The stretches say by what the simulation's time to each date was multiplied.
    """

    plant: "models.ForeignKey[Plant, Plant]" = models.ForeignKey(
        "factory_sim.Plant", on_delete=models.PROTECT, related_name="promises", verbose_name=_("plant")
    )
    external_ref = models.CharField(_("reference"), max_length=80, unique=True)
    given_at = models.DateTimeField(_("promised at (factory time)"))
    likely_at = models.DateTimeField(_("likely ready"))
    safe_at = models.DateTimeField(_("ready 9 times out of 10"))
    likely_stretch = models.FloatField(_("factor of the likely date"))
    safe_stretch = models.FloatField(_("factor of the safe date"))
    ready_at = models.DateTimeField(_("ready at (factory time)"), null=True)

    class Meta:
        verbose_name = _("promise")
        verbose_name_plural = _("promises")
        indexes = [models.Index(name="factory_promise_due", fields=["plant", "safe_at"])]

    def __str__(self) -> str:
        return self.external_ref
