"""The plant, its clock, production orders and their append-only event log."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from factory_sim.contracts import Kind, MachineKind, Phase
from factory_sim.floor_models import Act, ClockAct, Command, JobCommand, WorkChange
from factory_sim.plan_models import PlanRecord, PlantPlan, PlanTrigger
from factory_sim.promise_models import GivenPromise, QueuePublication
from factory_sim.report_models import PlantConnection, Reading, WorkReport
from factory_sim.standing import UNPLANNED

__all__ = [
    "Act",
    "ClockAct",
    "Command",
    "GivenPromise",
    "JobCommand",
    "PlanRecord",
    "PlanTrigger",
    "PlantConnection",
    "PlantPlan",
    "QueuePublication",
    "Reading",
    "WorkChange",
    "WorkReport",
]

PHASES = [
    (Phase.COMING.value, _("on its way to the plant")),
    (Phase.QUEUED.value, _("in a queue")),
    (Phase.WORKING.value, _("being worked on")),
    (Phase.DONE.value, _("made")),
]
KINDS = [
    (Kind.RELEASED.value, _("entered the plant")),
    (Kind.QUEUED.value, _("joined a queue")),
    (Kind.STARTED.value, _("work started")),
    (Kind.FINISHED.value, _("work ended")),
    (Kind.PASSED.value, _("passed the inspection")),
    (Kind.FAILED.value, _("failed the inspection")),
    (Kind.SCRAPPED.value, _("scrapped, to be made again")),
    (Kind.COMPLETED.value, _("completed")),
    (Kind.REVOKED.value, _("not allowed to start any more")),
    (Kind.ALLOWED.value, _("allowed to start again")),
    (Kind.PAUSED.value, _("paused")),
    (Kind.RESUMED.value, _("resumed")),
    (Kind.ABORTED.value, _("aborted")),
    (Kind.CHANGED.value, _("changed by the customer")),
    (Kind.PUT_FIRST.value, _("put first")),
    (Kind.IN_TURN.value, _("takes its turn again")),
]
MACHINE_KINDS = [
    (MachineKind.DOWN.value, _("broke down")),
    (MachineKind.UP.value, _("is up again")),
    (MachineKind.BLOCKED.value, _("is blocked by a piece that has no room to go on to")),
    (MachineKind.UNBLOCKED.value, _("is free again")),
]


class Plant(models.Model):
    """A plant; its definition comes from `catalogue/plants/` and is checked by factory_sim.plant."""

    slug = models.SlugField(_("short name"), unique=True)
    definition = models.JSONField(_("definition"))

    class Meta:
        verbose_name = _("plant")
        verbose_name_plural = _("plants")

    def __str__(self) -> str:
        return self.slug


class FactoryClock(models.Model):
    """Factory time of a plant: factory_anchor + (now - real_anchor) · speed, and standing still while paused.

    `horizon` is the working minute up to which everything that happened is in the event log; the row is
    also the lock under which one process at a time moves the plant on. `machines` is how they stand then.
    """

    plant = models.OneToOneField(Plant, on_delete=models.CASCADE, related_name="clock", verbose_name=_("plant"))
    real_anchor = models.DateTimeField(_("real time of the anchor"))
    factory_anchor = models.DateTimeField(_("factory time of the anchor"))
    speed = models.FloatField(_("speed"), default=1.0)
    paused = models.BooleanField(_("paused"), default=False)
    horizon = models.FloatField(_("working minutes done"))
    revision = models.PositiveBigIntegerField(_("revision"), default=0)
    machines = models.JSONField(_("machines"), default=list, blank=True)

    class Meta:
        verbose_name = _("factory clock")
        verbose_name_plural = _("factory clocks")
        constraints = [models.CheckConstraint(name="factory_clock_speed", condition=models.Q(speed__gt=0))]
        permissions = [("set_clock", _("Can set the clocks of the plants"))]

    def __str__(self) -> str:
        return f"{self.plant.slug} × {self.speed:g}"


class JobStatus(models.TextChoices):
    """States of a production order after OPC 10031-4 (ISA-95 job control)."""

    NOT_ALLOWED_TO_START = "NotAllowedToStart", _("not allowed to start")
    ALLOWED_TO_START = "AllowedToStart", _("waiting for its first operation")
    RUNNING = "Running", _("being made")
    INTERRUPTED = "Interrupted", _("paused")
    ENDED = "Ended", _("made")
    ABORTED = "Aborted", _("stopped")


class ProductionOrder(models.Model):
    """One piece to be made, by `due_at` (factory time) where that was promised.

    Queues are served by `urgency`, the lowest first: the piece's place in the plan. The staff may put a piece first.
    The columns after `due_at` are the engine's saved state, a projection of the log. `phase`, `position`, `since`,
    `machine` and `ends_at` are of the first operation that is not done; `standing` has all of them, `remade` how often
    each had been started when the piece was scrapped last.
    """

    plant = models.ForeignKey(Plant, on_delete=models.PROTECT, related_name="orders", verbose_name=_("plant"))
    external_ref = models.CharField(_("reference"), max_length=80, unique=True)
    seed = models.BigIntegerField(_("seed"))
    work_spec = models.JSONField(_("work specification"))
    urgency = models.PositiveIntegerField(_("place in the plan"), default=UNPLANNED)
    is_first = models.BooleanField(_("put first by the staff"), default=False)
    due_at = models.DateTimeField(_("promised for"), null=True)
    status = models.CharField(_("status"), max_length=20, choices=JobStatus, default=JobStatus.ALLOWED_TO_START)
    released_at = models.FloatField(_("released at working minute"))
    phase = models.CharField(_("phase"), max_length=10, default=Phase.COMING, choices=PHASES)
    position = models.PositiveSmallIntegerField(_("operation"), default=0)
    visits = models.JSONField(_("starts per operation"), default=dict)
    since = models.FloatField(_("since working minute"), default=0)
    machine = models.PositiveSmallIntegerField(_("machine"), default=0)
    ends_at = models.FloatField(_("ends at working minute"), default=0)
    next_seq = models.PositiveIntegerField(_("next event"), default=1)
    standing = models.JSONField(_("standing of its operations"), default=list, blank=True)
    remade = models.JSONField(_("starts before it was scrapped"), default=dict, blank=True)

    class Meta:
        verbose_name = _("production order")
        verbose_name_plural = _("production orders")
        permissions = [
            ("command_job", _("Can pause, resume, revoke and abort jobs, and put them first")),
            ("report_work", _("Can report work at the stations")),
        ]
        indexes = [
            models.Index(name="factory_order_open", fields=["plant", "id"], condition=~models.Q(phase=Phase.DONE))
        ]

    def __str__(self) -> str:
        return self.external_ref


class ProductionEvent(models.Model):
    """Something that happened to a piece. Rows are never changed or removed (a trigger sees to it)."""

    order = models.ForeignKey(
        ProductionOrder, on_delete=models.PROTECT, related_name="events", verbose_name=_("production order")
    )
    seq = models.PositiveIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=12, choices=KINDS)
    minute = models.FloatField(_("working minute"))
    at = models.DateTimeField(_("factory time"))
    operation = models.CharField(_("operation"), max_length=40, blank=True)
    station = models.CharField(_("station"), max_length=40, blank=True)
    machine = models.PositiveSmallIntegerField(_("machine"), default=0)
    fault = models.CharField(_("fault"), max_length=40, blank=True)
    setup = models.FloatField(_("minutes of set-up"), default=0)

    class Meta:
        verbose_name = _("production event")
        verbose_name_plural = _("production events")
        constraints = [models.UniqueConstraint(name="factory_event_once", fields=["order", "seq"])]
        indexes = [models.Index(name="factory_event_at", fields=["at"])]

    def __str__(self) -> str:
        return f"{self.order_id} {self.seq} {self.kind}"


class MachineLogEntry(models.Model):
    """Something that happened to a machine, besides work. Rows are never changed or removed (a trigger sees to it)."""

    plant = models.ForeignKey(Plant, on_delete=models.PROTECT, related_name="machine_log", verbose_name=_("plant"))
    station = models.CharField(_("station"), max_length=40)
    machine = models.PositiveSmallIntegerField(_("machine"))
    kind = models.CharField(_("kind"), max_length=12, choices=MACHINE_KINDS)
    minute = models.FloatField(_("working minute"))
    at = models.DateTimeField(_("factory time"))
    external_ref = models.CharField(_("piece"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("entry of the machines' log")
        verbose_name_plural = _("machines' log")
        constraints = [
            models.UniqueConstraint(
                name="factory_machine_event_once",
                fields=["plant", "station", "machine", "minute", "kind", "external_ref"],
            )
        ]
        indexes = [models.Index(name="factory_machine_log", fields=["plant", "minute"])]

    def __str__(self) -> str:
        return f"{self.station} {self.machine} {self.kind}"


class MaterialLot(models.Model):
    """A delivery of one material, of which `used` has gone into pieces; when it is used up, a new one is opened."""

    plant = models.ForeignKey(Plant, on_delete=models.PROTECT, related_name="lots", verbose_name=_("plant"))
    material = models.CharField(_("material"), max_length=40)
    unit = models.CharField(_("unit"), max_length=20)
    number = models.PositiveIntegerField(_("number"))
    size = models.FloatField(_("quantity"))
    used = models.FloatField(_("used"), default=0)
    opened_at = models.DateTimeField(_("opened at (factory time)"))

    class Meta:
        verbose_name = _("lot of material")
        verbose_name_plural = _("lots of material")
        constraints = [
            models.UniqueConstraint(name="factory_lot_once", fields=["plant", "material", "number"]),
            models.CheckConstraint(
                name="factory_lot_not_overdrawn", condition=models.Q(used__gte=0, used__lte=models.F("size"))
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """What stands on the delivery, such as `glaze-0007`."""
        return f"{self.material}-{self.number:04d}"


class MaterialUse(models.Model):
    """Some of a lot that went into a piece when its event `seq` started an operation. Rows never change (a trigger)."""

    order = models.ForeignKey(
        ProductionOrder, on_delete=models.PROTECT, related_name="uses", verbose_name=_("production order")
    )
    seq = models.PositiveIntegerField(_("event"))
    lot = models.ForeignKey(MaterialLot, on_delete=models.PROTECT, related_name="uses", verbose_name=_("lot"))
    quantity = models.FloatField(_("quantity"))

    class Meta:
        verbose_name = _("material used")
        verbose_name_plural = _("materials used")
        constraints = [models.UniqueConstraint(name="factory_use_once", fields=["order", "seq", "lot"])]

    def __str__(self) -> str:
        return f"{self.order_id} {self.seq} {self.lot_id}"
