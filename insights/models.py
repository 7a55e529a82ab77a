"""One row per recorded act. Subjects are strings, never foreign keys: this app is below all others."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Act(models.TextChoices):
    """What can be recorded."""

    VIEW = "view", _("looked at")
    CHOOSE = "choose", _("chose an option")
    QUOTE = "quote", _("asked for a price")
    HOLD = "hold", _("held a piece")
    ORDER = "order", _("ordered")


class BehaviourEvent(models.Model):
    """A visitor, known by a monthly pseudonymous key only, did something to a subject."""

    act = models.CharField(_("act"), max_length=16, choices=Act)
    subject_type = models.CharField(_("subject type"), max_length=40)
    subject_id = models.CharField(_("subject"), max_length=80)
    visitor = models.CharField(_("visitor key"), max_length=24)
    details = models.JSONField(_("details"), default=dict)
    happened_at = models.DateTimeField(_("happened at"))

    class Meta:
        verbose_name = _("behaviour event")
        verbose_name_plural = _("behaviour events")
        indexes = [
            models.Index(name="insights_event_subject", fields=["subject_type", "subject_id", "act", "happened_at"])
        ]
        constraints = [
            models.CheckConstraint(name="insights_event_known_act", condition=models.Q(act__in=Act.values)),
            models.CheckConstraint(name="insights_event_has_visitor", condition=~models.Q(visitor="")),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.subject_type} {self.subject_id}"
