"""Orders, their events and payments. An order freezes design, price and promise."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from payments import PaymentStatus, PurchasedItem
from payments.models import BasePayment

from configurator.configuration import Configuration
from core.money import Money
from core.transitions import TransitionTable
from editions.models import Edition, Hold, Piece, new_token
from editions.pricing import Breakdown


class OrderStatus(models.TextChoices):
    """Where an order stands."""

    AWAITING_PAYMENT = "awaiting_payment", _("awaiting payment")
    IN_REVIEW = "in_review", _("in review")
    APPROVED = "approved", _("approved")
    IN_PRODUCTION = "in_production", _("being made")
    FINISHED = "finished", _("finished")
    REJECTED = "rejected", _("declined")
    CANCELLED = "cancelled", _("cancelled")


ORDER_TRANSITIONS: TransitionTable = {
    OrderStatus.AWAITING_PAYMENT: frozenset({OrderStatus.IN_REVIEW, OrderStatus.CANCELLED}),
    OrderStatus.IN_REVIEW: frozenset({OrderStatus.APPROVED, OrderStatus.REJECTED, OrderStatus.CANCELLED}),
    OrderStatus.APPROVED: frozenset({OrderStatus.IN_PRODUCTION, OrderStatus.CANCELLED}),
    OrderStatus.IN_PRODUCTION: frozenset({OrderStatus.FINISHED, OrderStatus.CANCELLED}),
}

WITHOUT_A_PIECE = (OrderStatus.AWAITING_PAYMENT, OrderStatus.REJECTED, OrderStatus.CANCELLED)


class Order(models.Model):  # type: ignore[django-manager-missing]
    """One piece for one person. Its page is found by an unguessable token."""

    token = models.CharField(_("token"), max_length=40, unique=True, default=new_token, editable=False)
    reference = models.CharField(_("reference"), max_length=20, unique=True)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+", verbose_name=_("edition"))
    piece = models.ForeignKey(Piece, on_delete=models.PROTECT, related_name="+", verbose_name=_("piece"))
    hold = models.OneToOneField(Hold, on_delete=models.PROTECT, related_name="+", verbose_name=_("hold"))
    customer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="orders",
        verbose_name=_("customer"),
    )
    email = models.EmailField(_("e-mail address"))
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    note = models.TextField(_("note of the customer"), blank=True, max_length=500)
    configuration_json = models.JSONField(_("configuration"))
    fingerprint = models.CharField(_("fingerprint"), max_length=64)
    choices_key = models.CharField(_("key of the choices"), max_length=64, db_index=True)
    breakdown = models.JSONField(_("price breakdown"))
    total = models.PositiveBigIntegerField(_("total in minor units"))
    currency = models.CharField(_("currency"), max_length=3)
    destination = models.CharField(_("destination"), max_length=2, blank=True, default="")
    likely_at = models.DateTimeField(_("likely ready"))
    safe_at = models.DateTimeField(_("ready 9 times out of 10"))
    status = models.CharField(
        _("status"), max_length=20, choices=OrderStatus, default=OrderStatus.AWAITING_PAYMENT, db_index=True
    )
    created_at = models.DateTimeField(_("created at"))
    placed_at = models.DateTimeField(_("placed at"), null=True, blank=True)
    # Evidence: who orders a personal piece was told before, and agreed (E-Commerce Act of Korea, art. 17 (2) 6).
    personal_accepted_at = models.DateTimeField(_("agreed that it cannot be returned"), null=True, blank=True)

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        permissions = [("review_order", _("Can approve and decline orders"))]
        indexes = [
            models.Index(name="orders_to_come", fields=["placed_at"], condition=Q(status__in=("in_review", "approved")))
        ]
        constraints = [
            models.UniqueConstraint(
                name="orders_one_order_per_piece", fields=["piece"], condition=~Q(status__in=WITHOUT_A_PIECE)
            )
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("orders:order", kwargs={"token": self.token})

    @property
    def configuration(self) -> Configuration:
        return Configuration.from_json(self.configuration_json)

    @property
    def price(self) -> Breakdown:
        return Breakdown.from_json(self.breakdown)

    @property
    def money(self) -> Money:
        return Money.from_minor(self.total, self.currency)


class OrderEvent(models.Model):
    """A status change: who, when, why. Rows are never changed or removed (a trigger sees to it)."""

    subject = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="events", verbose_name=_("order"))
    from_status = models.CharField(_("from"), max_length=20, choices=OrderStatus)
    to_status = models.CharField(_("to"), max_length=20, choices=OrderStatus)
    reason = models.TextField(_("reason"), blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("order event")
        verbose_name_plural = _("order events")

    def __str__(self) -> str:
        return f"{self.subject_id}: {self.from_status} → {self.to_status}"


class OrderRevision(models.Model):
    """A change of an order's design by its holder: the design before and after, while the order stood at `status`.

    `breakdown` says the same total line by line for the new design; the order's own stays what was charged. Rows are
    never changed or removed (a trigger sees to it).
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="revisions", verbose_name=_("order"))
    number = models.PositiveSmallIntegerField(_("number"))
    status = models.CharField(_("status"), max_length=20, choices=OrderStatus)
    before = models.JSONField(_("configuration before"))
    after = models.JSONField(_("configuration after"))
    breakdown = models.JSONField(_("price breakdown"))
    safe_before = models.DateTimeField(_("promised before"))
    safe_at = models.DateTimeField(_("ready 9 times out of 10"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("change of an order")
        verbose_name_plural = _("changes of orders")
        constraints = [models.UniqueConstraint(name="orders_revision_once", fields=["order", "number"])]

    def __str__(self) -> str:
        return f"{self.order_id} {self.number}"

    @property
    def has_new_text(self) -> bool:
        """Whether other words are cut, or the same in another typeface."""
        return any(self.before.get(name) != self.after.get(name) for name in ("engraving", "font"))


class Payment(BasePayment):
    """A payment of django-payments; the amount is the order's total."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments", verbose_name=_("order"))
    total = models.DecimalField(_("total"), max_digits=14, decimal_places=2)
    captured_amount = models.DecimalField(_("captured"), max_digits=14, decimal_places=2, default=0)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            models.UniqueConstraint(
                name="orders_paid_once", fields=["order"], condition=Q(status=PaymentStatus.CONFIRMED)
            )
        ]

    def get_success_url(self) -> str:
        return reverse("orders:payment_done", kwargs={"token": self.order.token})

    def get_failure_url(self) -> str:
        return reverse("orders:payment_done", kwargs={"token": self.order.token})

    def get_purchased_items(self) -> Iterable[Any]:
        """The piece, and its shipping beside it; together the total."""
        line = self.order.price.shipping
        shipping = self.order.edition.money(line.amount if line else 0).amount
        yield PurchasedItem(
            name=str(self.order.piece),
            sku=self.order.fingerprint[:16],
            quantity=1,
            price=self.total - shipping,
            currency=self.currency,
        )
        if line:
            yield PurchasedItem(
                name=_("Shipping"), sku=f"shipping-{line.key}", quantity=1, price=shipping, currency=self.currency
            )
