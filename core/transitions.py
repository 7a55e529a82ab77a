"""Status changes through one table per model: a locked row, a checked step and an event row."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models

TransitionTable = Mapping[str, frozenset[str]]


class UnableToChangeStatus(Exception):
    """The table has no such step. Carries the status that was found and the one that was wanted."""

    def __init__(self, found: str, wanted: str) -> None:
        super().__init__(f"{found} cannot become {wanted}")
        self.found = found
        self.wanted = wanted


@dataclass(frozen=True)
class Step:
    """Who changes a status, to what, when and why."""

    to: str
    now: datetime
    reason: str = ""
    actor: Any = None


def change_status(subject: models.Model, table: TransitionTable, step: Step, **columns: Any) -> bool:
    """Change `subject.status` as the table allows and write its event row, in the caller's transaction.

    Returns False, and writes nothing, when the subject has the wanted status already: every step is
    idempotent. Raises UnableToChangeStatus when the table has no such step. The model's event rows hang
    on it as `events` with the columns from_status, to_status, reason, actor and at.
    """
    rows = type(subject)._default_manager.filter(pk=subject.pk)
    found: str = rows.select_for_update().values_list("status", flat=True).get()
    changes = found != step.to
    if changes:
        if step.to not in table.get(found, frozenset()):
            raise UnableToChangeStatus(found, step.to)
        rows.update(status=step.to, **columns)
        events: Any = subject.events  # type: ignore[attr-defined]
        events.create(from_status=found, to_status=step.to, reason=step.reason, actor=step.actor, at=step.now)
    subject.refresh_from_db()
    return changes
