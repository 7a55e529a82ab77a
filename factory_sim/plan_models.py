"""What the worker planned for a plant: in which order its pieces go, and what every plan was worth."""

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from factory_sim.models import Plant


class PlanTrigger(models.TextChoices):
    """What calls for a new plan."""

    ARRIVAL = "arrival", _("a new piece")
    MACHINE = "machine", _("a machine went down or came up")
    SENT_BACK = "sent_back", _("a piece that was sent back")
    COMMAND = "command", _("a command or a late change")


class PlantPlan(models.Model):
    """How far the last look for a plan had seen the logs; the row is the lock under which one process at a time plans.

    The plan itself stands in `ProductionOrder.urgency`.
    """

    plant: "models.OneToOneField[Plant, Plant]" = models.OneToOneField(
        "factory_sim.Plant", on_delete=models.CASCADE, related_name="plan", verbose_name=_("plant")
    )
    last_event = models.BigIntegerField(_("last event seen"), default=0)
    last_of_machines = models.BigIntegerField(_("last entry of the machines' log seen"), default=0)

    class Meta:
        verbose_name = _("plan of a plant")
        verbose_name_plural = _("plans of plants")

    def __str__(self) -> str:
        return str(self.plant_id)


class PlanRecord(models.Model):
    """A plan that is better than the order was: why, and what it promised to change. Rows stay as they are (a trigger).

    Before and after are what the engine expects of the open pieces at mean times with the order that was and with the
    new one: `cost` in minutes, how many pieces come `late`. `worsened` counts the promises that come over an hour later
    than before and late. A plan that would break a promise for no breakdown is not `followed`: the order stays.
    """

    plant: "models.ForeignKey[Plant, Plant]" = models.ForeignKey(
        "factory_sim.Plant", on_delete=models.PROTECT, related_name="plans", verbose_name=_("plant")
    )
    at = models.DateTimeField(_("real time"))
    minute = models.FloatField(_("working minute"))
    trigger = models.CharField(_("why"), max_length=10, choices=PlanTrigger)
    pieces = models.PositiveIntegerField(_("pieces"))
    cost_before = models.FloatField(_("cost before"))
    cost_after = models.FloatField(_("cost after"))
    late_before = models.PositiveIntegerField(_("late before"))
    late_after = models.PositiveIntegerField(_("late after"))
    worsened = models.PositiveIntegerField(_("promises worse by over an hour"))
    followed = models.BooleanField(_("followed"))

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")

    def __str__(self) -> str:
        return f"{self.plant_id} {self.trigger} {self.at}"
