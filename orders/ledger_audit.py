"""Whether an edition's ledger says what its orders were charged."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import zip_longest
from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet, Sum, TextField
from django.db.models.functions import Cast

from editions.ledger import Fault, Kind, Tally
from editions.ledger_selectors import AT_A_TIME, checked_tally
from editions.models import Edition
from orders.models import Order
from orders.selectors import OVER


@contextmanager
def one_moment() -> Iterator[None]:
    """All reads within see the database as it is at the first; within a transaction, as that sees it."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def audit_ledger(edition_id: int) -> Tally:
    """Check an edition's ledger from its first entry, then entry by entry against the orders; raises Fault.

    Orders may be placed meanwhile. Takes as much memory as the edition has sold pieces need.
    """
    with one_moment():
        edition = Edition.objects.select_related("version__product").get(pk=edition_id)
        tally = checked_tally(edition)
        placed = Order.objects.filter(edition=edition, placed_at__isnull=False)
        _compare_sales(edition, placed)
        _compare_returns(edition, placed.filter(status__in=OVER))
        charged = placed.exclude(status__in=OVER).aggregate(total=Sum("total"))["total"] or 0
        if charged != tally.net:
            raise Fault(None, f"the ledger adds up to {tally.net}, and the orders to {charged}")
    return tally


def _compare_sales(edition: Edition, placed: QuerySet[Order]) -> None:
    """Every sale is an order of that piece with that price, and the other way round."""
    # PostgreSQL writes equal JSON alike: as text it is compared without being read.
    price = Cast("breakdown", TextField())
    entered = edition.ledger.filter(kind=Kind.SALE.value).order_by("piece", "sequence")
    sales = entered.values_list("piece", "currency", "total", price, "sequence")
    charges = _by_piece(placed).values_list("piece__number", "currency", "total", price)
    with side_by_side(sales, charges) as pairs:
        for sale, charge in pairs:
            if sale is None:
                raise Fault(None, f"an order of piece {charge[0]} is not entered")
            if sale[:-1] != charge:
                told = "there is none" if charge is None else f"the next one is {charge[2]} for piece {charge[0]}"
                raise Fault(sale[-1], f"no order of piece {sale[0]} was charged {sale[2]} at that price: {told}")


def _compare_returns(edition: Edition, over: QuerySet[Order]) -> None:
    """Every return is an order that did not come about, and the other way round."""
    entered = edition.ledger.filter(kind=Kind.RETURN.value).order_by("piece", "sequence")
    returns = entered.values_list("piece", "total", "sequence")
    given_back = _by_piece(over).annotate(back=-F("total")).values_list("piece__number", "back")
    with side_by_side(returns, given_back) as pairs:
        for entry, order in pairs:
            if entry is None:
                raise Fault(None, f"piece {order[0]} was given back, and that is not entered")
            if entry[:-1] != order:
                raise Fault(entry[-1], f"no order of piece {entry[0]} over {-entry[1]} is over")


def _by_piece(orders: QuerySet[Order]) -> QuerySet[Order]:
    """A piece is ordered again only after it came back, so that its orders come as its entries do."""
    return orders.order_by("piece__number", "placed_at", "pk")


@contextmanager
def side_by_side(entered: Any, ordered: Any) -> Iterator[Iterator[tuple[Any, Any]]]:
    """The rows of two queries in pairs, a few at a time; None beyond the shorter one's end."""
    with closing(entered.iterator(AT_A_TIME)) as left, closing(ordered.iterator(AT_A_TIME)) as right:
        yield zip_longest(left, right)
