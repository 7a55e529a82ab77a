"""How promises were kept, in words, in figures, and as coordinates of a chart of 360 × 200 units for the template.

A share of a batch is drawn with Wilson's 95 % interval (Wilson 1927): how far chance alone may have moved it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from babel.numbers import format_decimal, format_percent
from django.utils.translation import ngettext

from core import words
from factory_sim.contracts import PromiseRecord, PromisesDue
from factory_sim.selectors import plant_names, promise_record

FEWEST = 20
"""Of fewer promises no share is told: it would be chance."""
LEFT, RIGHT, TOP, BOTTOM = 44.0, 348.0, 10.0, 180.0
APART = 4.0
"""Half the distance between a batch's two marks."""
NORMAL_975 = 1.959964


@dataclass(frozen=True)
class Mark:
    """A share in the chart: where, and its interval from `low` to `high`."""

    x: float
    y: float
    low: float
    high: float


@dataclass(frozen=True)
class Row:
    """Promises that came due one after the other, up to a day."""

    upto: str
    of: int
    safe: str
    likely: str
    safe_mark: Mark
    likely_mark: Mark


@dataclass(frozen=True)
class Record:
    """How a plant's promises were kept. Without `rows` there were too few, and `text` says how many."""

    plant: str
    text: str
    safe: str
    likely: str
    stretched: str
    rows: tuple[Row, ...]


def promises_page(language: str, now: datetime) -> list[Record]:
    """Every plant's record."""
    return [
        _record(words.text_in(name, language), promise_record(plant_slug=slug, now=now), language)
        for slug, name in plant_names()
    ]


def interval(kept: int, of: int) -> tuple[float, float]:
    """Between what shares the true one lies, with 95 % confidence."""
    z2 = NORMAL_975**2
    middle = (kept + z2 / 2) / (of + z2)
    half = NORMAL_975 / (of + z2) * math.sqrt(kept * (of - kept) / of + z2 / 4)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def height(share: float) -> float:
    """Where a share lies in the chart."""
    return BOTTOM - share * (BOTTOM - TOP)


def _record(plant: str, record: PromiseRecord, language: str) -> Record:
    batches = _whole(record.batches)
    of = sum(batch.of for batch in batches)
    if of < FEWEST:
        return Record(plant, _too_few(of), "", "", "", ())
    text = ngettext("%(count)s promise has come due.", "The last %(count)s promises that came due.", of)
    safe, likely = (sum(getattr(batch, date) for batch in batches) for date in ("safe", "likely"))
    is_stretched = record.safe_stretch != 1
    return Record(
        plant=plant,
        text=text % {"count": format_decimal(of, locale=language)},
        safe=_percent(safe, of, language),
        likely=_percent(likely, of, language),
        stretched=format_decimal(record.safe_stretch, locale=language) if is_stretched else "",
        rows=tuple(_row(number, batch, len(batches), language) for number, batch in enumerate(batches)),
    )


def _too_few(of: int) -> str:
    text = ngettext(
        "Too few finished pieces yet: %(count)d promise has come due. From %(fewest)d on, the shares stand here.",
        "Too few finished pieces yet: %(count)d promises have come due. From %(fewest)d on, the shares stand here.",
        of,
    )
    return text % {"count": of, "fewest": FEWEST}


def _whole(batches: tuple[PromisesDue, ...]) -> list[PromisesDue]:
    """The batches, a last one that is too small put to the one before."""
    *earlier, last = batches or (None,)
    if last is None:
        return []
    if not earlier or last.of >= FEWEST:
        return [*earlier, last]
    before = earlier[-1]
    together = PromisesDue(last.upto, before.of + last.of, before.likely + last.likely, before.safe + last.safe)
    return [*earlier[:-1], together]


def _row(number: int, batch: PromisesDue, count: int, language: str) -> Row:
    x = LEFT + (number + 0.5) / count * (RIGHT - LEFT)
    return Row(
        upto=words.day(batch.upto, language),
        of=batch.of,
        safe=_percent(batch.safe, batch.of, language),
        likely=_percent(batch.likely, batch.of, language),
        safe_mark=_mark(x - APART, batch.safe, batch.of),
        likely_mark=_mark(x + APART, batch.likely, batch.of),
    )


def _mark(x: float, kept: int, of: int) -> Mark:
    low, high = interval(kept, of)
    return Mark(x, height(kept / of), height(low), height(high))


def _percent(kept: int, of: int, language: str) -> str:
    return format_percent(kept / of, locale=language)
