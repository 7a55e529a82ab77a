"""What the workshop's pages show of the order behind a job."""

from typing import Any

from django import template
from django.utils.translation import get_language

from configurator.selectors import definition_of
from orders import selectors
from orders.models import Order
from orders.present import present_photos

register = template.Library()


@register.simple_tag
def pictures_of_job(external_ref: str) -> list[dict[str, Any]]:
    """The ordered piece from every side; nothing for a job that is of no order of this shop."""
    try:
        order = selectors.orders().get(reference=external_ref)
    except Order.DoesNotExist:
        return []
    definition = definition_of(order.edition.version)
    return present_photos(definition, order.configuration, get_language() or "en", order.piece.engraved_number)
