"""Whether a ledger holds: every hash, every price, every count, from the first entry to the last."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from editions.ledger.entry import FORMAT, GENESIS, Entry, Kind, Link, digest, fingerprint
from editions.pricing import SHIPPING, Breakdown, Card, Zone, card_from_json, price, zones_from_json


class Fault(Exception):
    """The first thing that is wrong. `sequence` is the entry's, None when it is wrong with the ledger as a whole."""

    def __init__(self, sequence: int | None, why: str) -> None:
        super().__init__(f"entry {sequence}: {why}" if sequence else why)
        self.sequence = sequence
        self.why = why


@dataclass
class Tally:
    """What the entries so far add up to; as large as the edition has sold pieces, however many entries there are."""

    entries: int = 0
    orders: int = 0
    net: int = 0
    """What was charged and not given back, in minor units."""
    head: str = GENESIS
    edition: str = ""
    version: str = ""
    currency: str = ""
    card: Any = None
    announced: int = 0
    """The highest number of a piece."""
    shipping: list[Any] = field(default_factory=list)
    size: int = 0
    """How many pieces were announced and not withdrawn."""
    withdrawn: set[int] = field(default_factory=set)
    sold: dict[int, tuple[int, int]] = field(default_factory=dict)
    """By the number of each piece that has an owner: sequence and total of its sale."""


class LedgerCheck:
    """Reads a ledger entry by entry; `add` raises Fault at the first one that is not as it must be."""

    def __init__(self) -> None:
        self.tally = Tally()
        self._card: Card | None = None
        self._zones: tuple[Zone, ...] = ()
        self._fingerprint = ""
        self._by_kind: Mapping[str, Callable[[Entry], None]] = {
            Kind.ANNOUNCED: self._add_announcement,
            Kind.SALE: self._add_sale,
            Kind.RETURN: self._add_return,
            Kind.WITHDRAWAL: self._add_withdrawal,
        }

    def add(self, link: Link) -> None:
        """Take the next entry."""
        entry, expected = link.entry, self.tally.entries + 1
        if entry.sequence != expected:
            raise Fault(expected, f"it is missing; entry {entry.sequence} stands in its place")
        if link.previous != self.tally.head:
            raise Fault(expected, "it does not follow from the entry before it")
        try:
            if link.hash != digest(link.previous, entry.canonical()):
                raise Fault(expected, "its hash is not that of what it says")
            self._by_kind[entry.kind](entry)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise Fault(expected, f"it is not written as entries are ({error!r})") from error
        self.tally.entries, self.tally.head = expected, link.hash

    def _add_announcement(self, entry: Entry) -> None:
        terms = entry.terms or {}
        _require(entry, entry.sequence == 1, "an edition is announced once, and first")
        _require(entry, terms["format"] == FORMAT, f"its format is not {FORMAT}")
        _require(entry, fingerprint(terms["card"]) == entry.card, "the fingerprint is not that of its price card")
        _require(entry, entry.total == 0 and entry.orders_placed == 0, "nothing can be ordered before it")
        self._card, self._fingerprint = card_from_json(terms["card"]), entry.card
        tally = self.tally
        tally.shipping = terms.get("shipping", [])
        self._zones = zones_from_json(tally.shipping)
        tally.edition, tally.version, tally.card = terms["edition"], terms["version"], terms["card"]
        tally.announced = tally.size = terms["size"]
        tally.currency = entry.currency

    def _add_sale(self, entry: Entry) -> None:
        self._check_terms(entry)
        piece = entry.piece or 0
        _require(entry, 1 <= piece <= self.tally.announced, f"there is no piece {piece}")
        _require(entry, piece not in self.tally.withdrawn, f"piece {piece} was withdrawn before")
        _require(entry, piece not in self.tally.sold, f"piece {piece} had an owner already")
        breakdown, counters = entry.breakdown or {}, entry.counters or {}
        before = counters["orders_placed"]
        _require(entry, 0 <= before <= entry.orders_placed, f"its price counts {before} orders, which is too many")
        _require(entry, self._is_shipped_as_announced(breakdown), "its shipping is not that of an announced zone")
        due = self._price(counters, breakdown)
        _require(entry, due == breakdown and entry.total == due["total"], f"its price is {due['total']} by the card")
        self.tally.sold[piece] = (entry.sequence, entry.total)
        self.tally.orders += 1
        self.tally.net += entry.total

    def _add_return(self, entry: Entry) -> None:
        self._check_terms(entry)
        piece = entry.piece or 0
        _require(entry, piece in self.tally.sold, f"piece {piece} had no owner")
        sequence, total = self.tally.sold.pop(piece)
        _require(entry, entry.takes_back == sequence, f"piece {piece} was sold in entry {sequence}")
        _require(entry, entry.total == -total, f"{total} was charged for piece {piece}")
        self.tally.net += entry.total

    def _add_withdrawal(self, entry: Entry) -> None:
        self._check_terms(entry)
        terms, tally = entry.terms or {}, self.tally
        numbers = set(terms["withdrawn"])
        _require(entry, entry.total == 0, "nothing is charged for what is withdrawn")
        _require(entry, 0 < len(numbers) == len(terms["withdrawn"]), "it names each piece once, and one at least")
        _require(entry, all(1 <= number <= tally.announced for number in numbers), "it withdraws what there is not")
        _require(entry, not numbers & tally.withdrawn, "it withdraws what was withdrawn before")
        _require(entry, not numbers & tally.sold.keys(), "it withdraws what has an owner")
        tally.withdrawn |= numbers
        tally.size -= len(numbers)
        _require(entry, terms["size"] == tally.size, f"{tally.size} pieces are left after it")

    def _check_terms(self, entry: Entry) -> None:
        _require(entry, self._card is not None, "the announcement is missing before it")
        _require(entry, entry.card == self._fingerprint, "its price card is not the one that was announced")
        _require(entry, entry.currency == self.tally.currency, "its currency is not the one that was announced")
        _require(entry, entry.orders_placed == self.tally.orders, f"{self.tally.orders} orders were placed before it")

    def _is_shipped_as_announced(self, breakdown: Mapping[str, Any]) -> bool:
        """One zone's amount where there are zones; no line of that kind where shipping was in the price."""
        paid = [(line["key"], line["amount"]) for line in breakdown["lines"] if line["kind"] == SHIPPING]
        if not self._zones:
            return not paid
        return len(paid) == 1 and paid[0] in {(zone.id, zone.amount) for zone in self._zones}

    def _price(self, counters: Mapping[str, Any], breakdown: Mapping[str, Any]) -> dict[str, Any]:
        """What the published card asks for at these counters, with the design's own lines as they stand."""
        if self._card is None:
            raise ValueError("there is no card")
        own = Breakdown.from_json(breakdown).own_lines
        left, units = counters.get("components_left", {}), counters.get("components_taken", {})
        return price(self._card, counters["orders_placed"], own, left, units).as_json()


def _require(entry: Entry, condition: bool, why: str) -> None:
    if not condition:
        raise Fault(entry.sequence, why)
