"""Until when each part of an ordered design can be changed, as the order's page says it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from configurator.fixing import ENGRAVING, fixed_by
from configurator.selectors import definition_of
from factory_sim.contracts import Beginning
from factory_sim.late_change import beginnings
from orders.models import Order, OrderStatus

NEAR_MINUTES = 180
ORDER = "order"
"""What stands beside the parts: the order as a whole, which any operation fixes."""


@dataclass(frozen=True)
class PartUntil:
    """A group, the personal text, or the order: fixed since an operation began, or open, where known until a moment at
    least. Moments are factory time.
    """

    id: str
    name: str
    fixed_since: datetime | None = None
    operation: str = ""
    open_until: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.fixed_since is None


@dataclass(frozen=True)
class UntilRow:
    """Parts that are alike, by name, or the order; `minutes` are left of `open_until` where they are few, none at any
    moment now.
    """

    names: tuple[str, ...]
    part: PartUntil
    minutes: int | None


@dataclass(frozen=True)
class Until:
    """All of them; none where the plant does not have the piece."""

    rows: tuple[UntilRow, ...] = ()

    @property
    def has_begun(self) -> bool:
        """Whether any operation has: then the order cannot be cancelled."""
        return any(not row.part.is_open for row in self.rows)

    @property
    def is_all_fixed(self) -> bool:
        return self.has_begun and not any(row.part.is_open for row in self.rows)


def parts_until(order: Order, now: datetime, language: str) -> tuple[PartUntil, ...]:
    """Every group that the design has or could have, and its text, in the maker's order.

    Before the piece is in the plant all are open; none are when its order is over.
    """
    begun: Mapping[str, Beginning] = {}
    if order.status == OrderStatus.IN_PRODUCTION:
        begun = beginnings(external_ref=order.reference, now=now)
    return _parts(order, begun, language)


def until_rows(order: Order, shown_at: datetime, now: datetime, language: str) -> Until:
    """The same for reading, with the order: what is fixed first, then what will be, the first to be first; parts that
    are alike together.
    """
    if order.status != OrderStatus.IN_PRODUCTION:
        return Until()
    begun = beginnings(external_ref=order.reference, now=now)
    alike: dict[tuple[object, ...], list[PartUntil]] = {}
    for part in _parts(order, begun, language):
        if part.id in order.configuration.choices or part.id == ENGRAVING:
            alike.setdefault((part.fixed_since, part.operation, part.open_until), []).append(part)
    whole = _part(ORDER, _("Cancelling the order"), begun.values(), _operations(order, language))
    rows = [
        UntilRow(tuple(each.name for each in parts), parts[0], _minutes(parts[0], shown_at))
        for parts in ([whole], *alike.values())
    ]
    return Until(tuple(sorted(rows, key=_moment)))


def has_begun(order: Order, now: datetime) -> bool:
    """Whether any operation on the piece has begun: then the order cannot be cancelled."""
    return any(each.began_at for each in beginnings(external_ref=order.reference, now=now).values())


def _moment(row: UntilRow) -> tuple[bool, bool, float]:
    moment = row.part.fixed_since or row.part.open_until
    return row.part.is_open, moment is None, moment.timestamp() if moment else 0.0


def _minutes(part: PartUntil, shown_at: datetime) -> int | None:
    left = None if part.open_until is None else max(int((part.open_until - shown_at).total_seconds() // 60), 0)
    return left if left is not None and left <= NEAR_MINUTES else None


def _parts(order: Order, begun: Mapping[str, Beginning], language: str) -> tuple[PartUntil, ...]:
    definition = definition_of(order.edition.version)
    names = {group.id: group.name.of(language) for group in definition.groups if not group.retired}
    names[ENGRAVING] = definition.engraving.name.of(language)
    fixed, operations = fixed_by(definition, begun), _operations(order, language)
    return tuple(_part(part, name, [begun[each] for each in fixed[part]], operations) for part, name in names.items())


def _operations(order: Order, language: str) -> Mapping[str, str]:
    return {row.id: row.name.of(language) for row in definition_of(order.edition.version).operations}


def _part(part: str, name: str, known: Collection[Beginning], operations: Mapping[str, str]) -> PartUntil:
    """A part that the `known` operations of the route fix; `operations` are the names of all."""
    began = [(each.began_at, each.operation) for each in known if each.began_at]
    if began:
        since, operation = min(began)
        return PartUntil(part, name, since, operations[operation])
    coming = [each.not_before for each in known if each.not_before]
    return PartUntil(part, name, open_until=min(coming, default=None))
