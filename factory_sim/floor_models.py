"""What people do to a plant from the floor page, with who and when. Rows are never changed or removed (a trigger)."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models import User
    from factory_sim.models import Plant, ProductionOrder


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


class Command(models.TextChoices):
    """What staff may tell a job, after OPC 10031-4; its Store is `services.produce`."""

    REVOKE = "revoke", _("Revoke its start")
    START = "start", _("Allow its start")
    PAUSE = "pause", _("Pause")
    RESUME = "resume", _("Resume")
    ABORT = "abort", _("Abort")
    PUT_FIRST = "put_first", _("Put it first")
    IN_TURN = "in_turn", _("Let it take its turn")


class JobCommand(models.Model):
    """Who gave the command that a piece's event `seq` tells of, and why; no actor for whoever had ordered it."""

    order: "models.ForeignKey[ProductionOrder, ProductionOrder]" = models.ForeignKey(
        "factory_sim.ProductionOrder",
        on_delete=models.PROTECT,
        related_name="commands",
        verbose_name=_("production order"),
    )
    seq = models.PositiveIntegerField(_("event"))
    command = models.CharField(_("command"), max_length=10, choices=Command)
    from_status = models.CharField(_("from status"), max_length=20)
    to_status = models.CharField(_("to status"), max_length=20)
    reason = models.TextField(_("reason"), blank=True)
    actor: "models.ForeignKey[User | None, User | None]" = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("who")
    )
    at = models.DateTimeField(_("real time"))

    class Meta:
        verbose_name = _("command to a job")
        verbose_name_plural = _("commands to jobs")
        constraints = [models.UniqueConstraint(name="factory_command_once", fields=["order", "seq"])]

    def __str__(self) -> str:
        return f"{self.order_id} {self.seq} {self.command}"


class WorkChange(models.Model):
    """What a piece was to become, and what it becomes since its event `seq`; no actor for whoever had ordered it."""

    order: "models.ForeignKey[ProductionOrder, ProductionOrder]" = models.ForeignKey(
        "factory_sim.ProductionOrder",
        on_delete=models.PROTECT,
        related_name="changes",
        verbose_name=_("production order"),
    )
    seq = models.PositiveIntegerField(_("event"))
    from_spec = models.JSONField(_("work specification before"))
    to_spec = models.JSONField(_("work specification after"))
    actor: "models.ForeignKey[User | None, User | None]" = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("who")
    )
    at = models.DateTimeField(_("real time"))

    class Meta:
        verbose_name = _("change of work")
        verbose_name_plural = _("changes of work")
        constraints = [models.UniqueConstraint(name="factory_change_once", fields=["order", "seq"])]

    def __str__(self) -> str:
        return f"{self.order_id} {self.seq}"
