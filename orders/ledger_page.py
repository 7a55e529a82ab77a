"""What the public page of a price ledger shows: every price that was paid, and what came back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator

from core.money import Money
from editions.ledger import Kind
from editions.ledger_selectors import entries_of_orders
from editions.models import Edition
from editions.pricing import Breakdown

ON_A_PAGE = 50


@dataclass(frozen=True)
class StepShown:
    """A step of the card: which orders pay it, and how much."""

    first: int
    last: int
    price: Money


@dataclass(frozen=True)
class RowShown:
    """A sale, a return or a withdrawal. `order`, `step` and `shipping` (with its zone) are a sale's, the last only
    where there are zones; `is_undone` says that its charge was given back.

    A withdrawal has the `withdrawn` numbers and the `size` that is left, and no piece.
    """

    piece: int | None
    total: Money
    at: datetime
    order: int | None = None
    step: StepShown | None = None
    is_undone: bool = False
    withdrawn: str = ""
    size: int = 0
    shipping: Money | None = None
    zone: str = ""


@dataclass(frozen=True)
class LedgerPage:
    """One page of a ledger."""

    page: Page[Any]
    rows: list[RowShown]
    by_piece: bool


def ledger_page(edition: Edition, *, number: str, by_piece: bool, language: str) -> LedgerPage:
    """The page of that number; the first for what is no number, the last for one that is too high."""
    page = Paginator(entries_of_orders(edition, by_piece=by_piece), ON_A_PAGE).get_page(number)
    return LedgerPage(page=page, rows=[_row(edition, entry, language) for entry in page], by_piece=by_piece)


def _row(edition: Edition, entry: Any, language: str) -> RowShown:
    total = Money.from_minor(entry.total, entry.currency)
    if entry.kind == Kind.RETURN.value:
        return RowShown(piece=entry.piece, total=total, at=entry.at)
    if entry.kind == Kind.WITHDRAWAL.value:
        numbers = ", ".join(map(str, entry.terms["withdrawn"]))
        return RowShown(piece=None, total=total, at=entry.at, withdrawn=numbers, size=entry.terms["size"])
    line = Breakdown.from_json(entry.breakdown).shipping
    return RowShown(
        piece=entry.piece,
        total=total,
        at=entry.at,
        order=entry.orders_placed + 1,
        step=_step(edition, entry.breakdown["step"]),
        is_undone=entry.is_undone,
        shipping=Money.from_minor(line.amount, entry.currency) if line else None,
        zone=next((zone.name(language) for zone in edition.zones if line and zone.id == line.key), ""),
    )


def _step(edition: Edition, index: int) -> StepShown:
    card = edition.card
    return StepShown(
        first=card.steps[index].from_order,
        last=card.last_order_of(index, edition.size),
        price=edition.money(card.steps[index].amount),
    )
