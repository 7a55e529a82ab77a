"""Amounts, days and bilingual texts in the page's language; the stylesheet."""

from collections.abc import Mapping
from datetime import datetime

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from core import words
from core.money import Money
from core.stylesheet import FILE, MARK, stylesheet

register = template.Library()


@register.filter
def money(amount: Money) -> str:
    return amount.format(_language())


@register.filter
def day(moment: datetime) -> str:
    return words.day(moment, _language())


@register.filter
def minute(moment: datetime) -> str:
    return words.minute(moment, _language())


@register.filter
def text(texts: Mapping[str, str]) -> str:
    return words.text_in(texts, _language())


@register.simple_tag(takes_context=True, name="stylesheet")
def stylesheet_tag(context: template.RequestContext, inside: bool) -> SafeString:
    """The stylesheet inside the page, or a link to it."""
    if not inside:
        return format_html('<link rel="stylesheet" href="{}">', static(FILE))
    setattr(context["request"], MARK, True)
    # Our own file, as it was built.
    return mark_safe(f"<style>{stylesheet().text}</style>")  # noqa: S308


def _language() -> str:
    return get_language() or "en"
