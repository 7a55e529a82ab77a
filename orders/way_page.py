"""The way of a piece in the reader's language: its drawing, where each part is and why, and how its promise stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core import words
from factory_sim.contracts import Cause, Text, Whereabouts
from orders.stages import Stage
from orders.way_drawing import NAME_LETTER, STATION_LETTER, Line, Mark, Tile, drawing_of

CERTAIN, UNLIKELY = 0.95, 0.05
LATE = 0.5
"""Below this chance to keep its promise, a piece is late."""


@dataclass(frozen=True)
class TileShown:
    """A tile with its texts as they have room."""

    tile: Tile
    state: str
    name: str
    station: str


@dataclass(frozen=True)
class WayShown:
    """The drawing as the template draws it."""

    height: float
    tiles: tuple[TileShown, ...]
    lines: tuple[tuple[Line, bool], ...]
    marks: tuple[Mark, ...]


def present_way(stages: Sequence[Stage], stations: dict[str, Text], language: str) -> WayShown:
    """The drawing after what has happened; a line is walked when both its ends have begun."""
    drawing = drawing_of([stage.operation for stage in stages])
    states = {stage.operation.id: stage.state for stage in stages}
    begun = {operation for operation, state in states.items() if state not in ("coming", "again")}
    return WayShown(
        height=drawing.height,
        tiles=tuple(_tile(each, states, stations, language) for each in drawing.tiles),
        lines=tuple((line, line.origin in begun and line.target in begun) for line in drawing.lines),
        marks=tuple(drawing.marks(list(states.values()))),
    )


def _tile(tile: Tile, states: dict[str, str], stations: dict[str, Text], language: str) -> TileShown:
    name = words.text_in(tile.operation.name, language)
    station = words.text_in(stations.get(tile.operation.station, {}), language)
    state = states[tile.operation.id]
    return TileShown(tile, state, tile.fitted(name, NAME_LETTER), tile.fitted(station, STATION_LETTER))


SENTENCES = {
    Cause.WORK: gettext_lazy("At %(station)s since %(time)s."),
    Cause.SETUP: gettext_lazy("Everything is made ready for it at %(station)s, until %(time)s."),
    Cause.DOWN: gettext_lazy("Standing still at %(station)s since %(time)s: the machine is being repaired."),
    Cause.BLOCKED: gettext_lazy("Waiting at %(station)s: a piece that has no room to go on yet is standing there."),
    Cause.NO_ROOM: gettext_lazy("Waiting until there is room at %(station)s."),
    Cause.WAITING: gettext_lazy("Waiting at %(station)s."),
    Cause.ON_THE_WAY: gettext_lazy("On its way to %(station)s."),
    Cause.PARTS: gettext_lazy("Done, and waiting for another part: %(parts)s."),
    Cause.HELD: gettext_lazy("The workshop has paused the work on it."),
    Cause.SENT_BACK: gettext_lazy("The inspection on %(time)s was not satisfied: %(note)s"),
    Cause.SCRAPPED: gettext_lazy("The workshop could not use it on %(time)s: it is made again, with the same number."),
}
"""Those that do not count pieces."""


def why_sentence(where: Whereabouts, language: str) -> str:
    """Where a part is and why, in one sentence."""
    time = where.until_at or where.since_at
    sentence = SENTENCES.get(where.cause) or _counting(where)
    return sentence % {
        "station": words.text_in(where.station_name, language),
        "time": words.minute(time, language) if time else "",
        "note": words.text_in(where.note, language),
        "parts": ", ".join(words.text_in(each, language) for each in where.waits_for),
        "count": where.pieces,
    }


def _counting(where: Whereabouts) -> str:
    if not where.pieces:
        return _("Next at %(station)s.")
    if where.cause == Cause.BATCH:
        return ngettext(
            "Waiting at %(station)s for %(count)d more piece, to go in together; at the latest until %(time)s.",
            "Waiting at %(station)s for %(count)d more pieces, to go in together; at the latest until %(time)s.",
            where.pieces,
        )
    return ngettext(
        "Waiting at %(station)s: %(count)d piece comes before it.",
        "Waiting at %(station)s: %(count)d pieces come before it.",
        where.pieces,
    )


def chance_sentence(chance: float) -> str:
    """The chance to keep the promise, in tenths."""
    if chance >= CERTAIN:
        return _("As it looks now, it will be ready by the promised day.")
    if chance <= UNLIKELY:
        return _("As it looks now, it will not be ready by the promised day.")
    tenths = min(max(round(10 * chance), 1), 9)
    return _("As it looks now, it is ready by the promised day in %(tenths)d of 10 cases.") % {"tenths": tenths}


def end_of_day(moment: datetime) -> datetime:
    """A promise names a day: it is kept until that is over, in the shop's time zone."""
    return timezone.localtime(moment).replace(hour=23, minute=59, second=59, microsecond=0)


def present_where(found: Sequence[Whereabouts], language: str) -> list[dict[str, Any]]:
    """Name of the operation and sentence of each part."""
    return [
        {"name": words.text_in(each.operation_name, language), "sentence": why_sentence(each, language)}
        for each in found
    ]
