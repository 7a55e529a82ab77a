"""What people do to a plant from the floor page, with who and when. Rows are never changed or removed (a trigger)."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models import User
    from factory_sim.models import Plant


class Act(models.TextChoices):
    """What can be done to a clock."""

    RUN = "run", _("ran it")
    PAUSE = "pause", _("paused it")
    JUMP = "jump", _("put it forward")


class ClockAct(models.Model):
    """Somebody set a plant's clock to `shown`: `speed` is that of a run, `minutes` the working time of a jump."""

    plant: "models.ForeignKey[Plant, Plant]" = models.ForeignKey(
        "factory_sim.Plant", on_delete=models.PROTECT, related_name="clock_acts", verbose_name=_("plant")
    )
    act = models.CharField(_("what was done"), max_length=10, choices=Act)
    speed = models.FloatField(_("speed"), null=True)
    minutes = models.FloatField(_("working minutes"), null=True)
    actor: "models.ForeignKey[User, User]" = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("who")
    )
    at = models.DateTimeField(_("real time"))
    shown = models.DateTimeField(_("factory time"))

    class Meta:
        verbose_name = _("setting of a clock")
        verbose_name_plural = _("settings of clocks")

    def __str__(self) -> str:
        return f"{self.plant_id} {self.act}"
