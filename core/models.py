"""The outbox: work that must happen after a transaction, whatever the broker does. And answers that may be asked for
again."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OutboxQuerySet(models.QuerySet["OutboxMessage"]):
    def open(self) -> "OutboxQuerySet":
        """Messages that are neither done nor parked."""
        return self.filter(processed_at=None, parked_at=None)

    def parked(self) -> "OutboxQuerySet":
        return self.exclude(parked_at=None)


class OutboxMessage(models.Model):
    """One piece of work, written in the transaction that causes it. See core.outbox."""

    topic = models.CharField(_("topic"), max_length=80)
    payload = models.JSONField(_("payload"), default=dict)
    request_id = models.CharField(_("request id"), max_length=36, blank=True)
    created_at = models.DateTimeField(_("created at"))
    due_at = models.DateTimeField(_("due at"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    last_error = models.TextField(_("last error"), blank=True)
    processed_at = models.DateTimeField(_("done at"), null=True, blank=True)
    parked_at = models.DateTimeField(_("parked at"), null=True, blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("outbox message")
        verbose_name_plural = _("outbox messages")
        indexes = [
            models.Index(
                name="core_outbox_due", fields=["due_at"], condition=models.Q(processed_at=None, parked_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.topic} #{self.pk}"


class KeptAnswer(models.Model):
    """A request that creates something, by its idempotency key, and what was answered. See core.idempotency."""

    key = models.CharField(_("key"), max_length=64, primary_key=True)
    fingerprint = models.CharField(_("fingerprint of the request"), max_length=64)
    claim = models.UUIDField(_("claim"))
    claimed_at = models.DateTimeField(_("begun at"), db_index=True)
    status = models.PositiveSmallIntegerField(_("status"), null=True)
    body = models.TextField(_("answer"), blank=True)

    class Meta:
        verbose_name = _("kept answer")
        verbose_name_plural = _("kept answers")

    def __str__(self) -> str:
        return self.key[:8]
