"""The making of a piece from its event log, event by event, on the drawing of its way: what the replay plays."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from core import words
from factory_sim.contracts import Kind, Making, Progress, Text
from orders.models import Order
from orders.so_far import picture_so_far
from orders.stages import current_after, finished_in, stages_of
from orders.way_page import present_way

SENTENCES = {
    Kind.RELEASED: gettext_lazy("It came to the workshop."),
    Kind.QUEUED: gettext_lazy("%(operation)s: waiting at %(station)s."),
    Kind.STARTED: gettext_lazy("%(operation)s: at %(station)s."),
    Kind.FINISHED: gettext_lazy("%(operation)s: done."),
    Kind.PASSED: gettext_lazy("It passed the inspection."),
    Kind.FAILED: gettext_lazy("The inspection was not satisfied: %(note)s"),
    Kind.SCRAPPED: gettext_lazy("%(note)s It is made again, with the same number."),
    Kind.COMPLETED: gettext_lazy("It is finished."),
    Kind.REVOKED: gettext_lazy("The workshop paused the work on it."),
    Kind.PAUSED: gettext_lazy("The workshop paused the work on it."),
    Kind.ALLOWED: gettext_lazy("The work on it went on."),
    Kind.RESUMED: gettext_lazy("The work on it went on."),
    Kind.ABORTED: gettext_lazy("The workshop stopped making it."),
    Kind.CHANGED: gettext_lazy("The design was changed."),
    Kind.PUT_FIRST: gettext_lazy("The workshop put it first."),
    Kind.IN_TURN: gettext_lazy("It takes its turn again."),
}
SCRAPPED_BY_HAND = gettext_lazy("The workshop could not use it. It is made again, with the same number.")


def replay_of(found: Order, made: Making, stations: dict[str, Text], language: str) -> list[dict[str, Any]]:
    """A frame after each event: its time and sentence, the state of each stop, of each line, the marks, the picture."""
    frames: list[dict[str, Any]] = []
    pictures: dict[frozenset[str], str] = {}
    for number in range(1, len(made.progress) + 1):
        done = frozenset(finished_in(made.operations, made.progress[:number]))
        # A picture's address is long, and signed: once for all events between which nothing was done to the piece.
        if done not in pictures:
            pictures[done] = picture_so_far(found, done, language)["url"]
        frames.append(_frame(made, number, stations, language) | {"picture": pictures[done]})
    return frames


def _frame(made: Making, number: int, stations: dict[str, Text], language: str) -> dict[str, Any]:
    progress = made.progress[:number]
    steps = stages_of(made.operations, progress, current_after(made.operations, progress))
    way = present_way(steps, stations, language)
    return {
        "time": words.minute(progress[-1].at, language),
        "sentence": _sentence(progress[-1], language),
        "states": [each.state for each in way.tiles],
        "walked": [walked for _, walked in way.lines],
        "marks": [{"stop": each.operation, "x": each.x, "y": each.y, "branch": each.is_branch} for each in way.marks],
    }


def _sentence(event: Progress, language: str) -> str:
    """An operation that a change of the design has taken out of the route is named by its station."""
    station = words.text_in(event.station_name, language)
    is_by_hand = event.kind == Kind.SCRAPPED and not event.note
    sentence = SCRAPPED_BY_HAND if is_by_hand else SENTENCES[Kind(event.kind)]
    return sentence % {
        "operation": words.text_in(event.operation_name, language) or station,
        "station": station,
        "note": words.text_in(event.note, language),
    }
