"""Filters for amounts, days and bilingual texts in the page's language."""

from collections.abc import Mapping
from datetime import datetime

from django import template
from django.utils.translation import get_language

from core import words
from core.money import Money

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


def _language() -> str:
    return get_language() or "en"
