"""Days and countries as people of a language write them."""

from collections.abc import Mapping
from datetime import datetime

from babel import Locale
from babel.dates import format_skeleton
from django.utils import timezone


def day(moment: datetime, language: str) -> str:
    """A day in the shop's time zone: `Tue, Dec 8` or `12월 8일 (화)`."""
    return format_skeleton("MMMEd", timezone.localtime(moment), locale=language)


def minute(moment: datetime, language: str) -> str:
    """A day and a time in the shop's time zone: `Tue, Dec 8, 14:05` or `12월 8일 (화) 14:05`."""
    between = " " if language == "ko" else ", "
    return f"{day(moment, language)}{between}{timezone.localtime(moment):%H:%M}"


def text_in(texts: Mapping[str, str], language: str) -> str:
    """One of several translations; English where a language is missing."""
    return texts.get(language) or texts.get("en", "")


def country_name(code: str, language: str) -> str:
    """The name of an ISO 3166-1 alpha-2 country; its code where it has none."""
    return str(Locale.parse(language).territories.get(code, code))
