"""Letters to the customer: one when the order is placed, and one for each way in which it ends."""

import logging
from email.mime.image import MIMEImage

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from configurator.picture_address import Subject
from configurator.picture_service import PictureIsGone, picture_file
from configurator.selectors import definition_of
from configurator.studio import description
from core import outbox
from orders.models import Order, OrderStatus
from orders.price_lines import price_lines
from orders.shipping_words import delivery_of, tax_text

NOTIFY_TOPIC = "orders.notify"
PICTURE_SIZE = 400
PICTURE_NAME = "piece"

log = logging.getLogger("dure.orders")


class Letter(EmailMultiAlternatives):
    """A letter whose attachments are what its HTML shows (RFC 2387)."""

    mixed_subtype = "related"


def notify(order: Order) -> None:
    """Tell the customer, after the commit, where the order stands now."""
    outbox.enqueue(NOTIFY_TOPIC, order_id=order.pk, status=order.status)


def send_letter(*, order_id: int, status: str) -> None:
    """Send the letter about a status, in the customer's language, with the address of the order's page.

    The picture of the piece travels inside the letter: nothing of it is fetched from anywhere when it is read.
    """
    order = Order.objects.select_related("edition__version__product", "piece__edition").get(pk=order_id)
    with override(order.language):
        event = order.events.filter(to_status=status).order_by("-pk").first()
        context = {
            "order": order,
            "status": status,
            "reason": event.reason if event else "",
            "given_back": was_charged(order),
            "receipt": receipt_of(order),
            "edition": order.edition.name(order.language),
            "address": f"{'https' if settings.HTTPS else 'http'}://{settings.SITE_HOST}{order.get_absolute_url()}",
        }
        body = render_to_string("letters/order.txt", context)
        letter = Letter(_subject(order, OrderStatus(status)), body, to=[order.email])
        _illustrate(letter, order)
        letter.send()


def was_charged(order: Order) -> bool:
    """Whether money was taken before the order ended: what is approved is paid."""
    return order.events.filter(to_status=OrderStatus.APPROVED).exists()


def receipt_of(order: Order) -> list[str]:
    """What the order costs, line by line, and the total with its tax last."""
    language = order.language
    rows = price_lines(order.price, order.edition, language, order.destination)
    delivery = delivery_of(order.price, order.edition, order.destination)
    tax = tax_text(order.money, order.edition, delivery, language)
    total = _("Total: %(total)s (%(tax)s)") % {"total": order.money.format(language), "tax": tax}
    return [*(f"{name}: {amount.format(language)}" for name, amount in rows), total]


def _illustrate(letter: Letter, order: Order) -> None:
    """The same words in HTML, with the picture of the piece; words alone when what is printed on it is gone."""
    definition = definition_of(order.edition.version)
    view, number = definition.views[0].id, order.piece.engraved_number
    try:
        content = picture_file(Subject(order.configuration, number), view, PICTURE_SIZE, "jpeg")
    except PictureIsGone:
        log.warning("The picture printed on order %s is gone: its letter goes without a picture.", order)
        return
    context = {
        "language": order.language,
        "subject": letter.subject,
        "body": letter.body,
        "alt": description(definition, order.configuration, order.language),
        "picture": PICTURE_NAME,
    }
    letter.attach_alternative(render_to_string("letters/order.html", context), "text/html")
    picture = MIMEImage(content, "jpeg")
    picture.add_header("Content-ID", f"<{PICTURE_NAME}>")
    picture.add_header("Content-Disposition", "inline", filename="piece.jpeg")
    letter.attach(picture)


def _subject(order: Order, status: OrderStatus) -> str:
    subjects = {
        OrderStatus.IN_REVIEW: _("Your order of piece No. %(number)d"),
        OrderStatus.REJECTED: _("Your design for piece No. %(number)d was declined"),
        OrderStatus.CANCELLED: _("Your order of piece No. %(number)d was cancelled"),
        OrderStatus.FINISHED: _("Your piece No. %(number)d is finished"),
    }
    return subjects[status] % {"number": order.piece.number}
