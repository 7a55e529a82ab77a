"""Letters to the customer: one when the order is placed, and one for each way in which it ends."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from core import outbox
from orders.models import Order, OrderStatus

NOTIFY_TOPIC = "orders.notify"


def notify(order: Order) -> None:
    """Tell the customer, after the commit, where the order stands now."""
    outbox.enqueue(NOTIFY_TOPIC, order_id=order.pk, status=order.status)


def send_letter(*, order_id: int, status: str) -> None:
    """Send the letter about a status, in the customer's language, with the address of the order's page."""
    order = Order.objects.select_related("edition", "piece").get(pk=order_id)
    with override(order.language):
        event = order.events.filter(to_status=status).order_by("-pk").first()
        context = {
            "order": order,
            "status": status,
            "reason": event.reason if event else "",
            "edition": order.edition.name(order.language),
            "address": f"{'https' if settings.HTTPS else 'http'}://{settings.SITE_HOST}{order.get_absolute_url()}",
        }
        body = render_to_string("letters/order.txt", context)
        EmailMessage(subject=_subject(order, OrderStatus(status)), body=body, to=[order.email]).send()


def _subject(order: Order, status: OrderStatus) -> str:
    subjects = {
        OrderStatus.IN_REVIEW: _("Your order of piece No. %(number)d"),
        OrderStatus.REJECTED: _("Your design for piece No. %(number)d was declined"),
        OrderStatus.CANCELLED: _("Your order of piece No. %(number)d was cancelled"),
        OrderStatus.FINISHED: _("Your piece No. %(number)d is finished"),
    }
    return subjects[status] % {"number": order.piece.number}
