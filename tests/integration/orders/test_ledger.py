"""The ledger in the order's transaction, the database that guards it, and the command that checks it."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from payments import PaymentStatus

from accounts.models import User
from editions.ledger import GENESIS, digest, fingerprint
from editions.models import Edition, Hold, LedgerEntry, Piece
from editions.pricing import PriceCard, Step
from editions.services import PieceTaken, free_piece
from orders.models import Order, OrderStatus
from orders.services import pay
from orders.services.pay import settle_payment
from orders.services.review import reject_order
from tests import samples

pytestmark = pytest.mark.django_db

TABLE = "editions_ledgerentry"
STEEP = PriceCard((Step(1, 58_000), Step(2, 64_000), Step(3, 72_000)))


def told(edition: Edition) -> list[tuple[Any, ...]]:
    rows = edition.ledger.order_by("sequence")
    return list(rows.values_list("sequence", "kind", "piece", "orders_placed", "total", "takes_back"))


def verified(*arguments: str) -> str:
    out = io.StringIO()
    call_command("verify_ledger", *arguments, stdout=out, no_color=True)
    return out.getvalue()


def refusal(*arguments: str) -> str:
    with pytest.raises(CommandError) as refused:
        verified(*arguments)
    assert refused.value.returncode == 1
    return str(refused.value)


def authorised(order: Order) -> Order:
    order.payments.get().change_status(PaymentStatus.PREAUTH)
    return order


def run(statement: str, *values: Any) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return int(cursor.rowcount)


def open_the_ledger() -> None:
    """What somebody with every right in the database could do: the triggers and the checks are off."""
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run(f"ALTER TABLE {TABLE} DISABLE TRIGGER {TABLE}_append_only")
    for name in ("hashes", "announced_first", "shape", "sequence"):
        run(f"ALTER TABLE {TABLE} DROP CONSTRAINT editions_ledger_{name}")
    run("DROP INDEX editions_ledger_order_number")


@pytest.fixture
def sold(edition: Edition, now: datetime, reviewer: User) -> Edition:
    """Four entries and more: announced, two sales, one of them given back, and sold again."""
    first = samples.order_in_review(edition, now=now)
    samples.order_in_review(edition, now=now)
    reject_order(order_id=first.pk, actor=reviewer, now=now, reason="The name is a brand's.")
    samples.order_in_review(edition, now=now)
    edition.refresh_from_db()
    return edition


# --- What is entered, and when -----------------------------------------------------------------------


def test_an_edition_is_entered_with_its_card_when_it_is_announced(edition: Edition) -> None:
    entry = edition.ledger.get()

    assert (entry.sequence, entry.kind, entry.orders_placed, entry.total) == (1, "announced", 0, 0)
    assert entry.terms == {
        "format": 1,
        "edition": "first-firing",
        "version": "on-dam/1",
        "size": 10,
        "card": edition.price_card,
    }
    assert entry.card == fingerprint(edition.price_card)
    assert (entry.previous_hash, entry.hash) == (GENESIS, digest(GENESIS, entry.as_link().entry.canonical()))


def test_a_paid_order_is_entered_as_it_was_shown_and_charged(edition: Edition, now: datetime) -> None:
    order = samples.order_in_review(edition, now=now)

    entry = edition.ledger.get(sequence=2)

    assert (entry.kind, entry.piece, entry.orders_placed, entry.counters) == ("sale", 1, 0, {"orders_placed": 0})
    assert entry.total == order.total == order.hold.total == order.payments.get().total == 63_000
    assert entry.breakdown == order.breakdown == order.hold.breakdown
    assert entry.at == now.replace(second=0, microsecond=0)


def test_a_declined_order_gives_its_charge_back_and_the_piece_is_sold_anew(sold: Edition) -> None:
    assert told(sold) == [
        (1, "announced", None, 0, 0, None),
        (2, "sale", 1, 0, 63_000, None),
        (3, "sale", 2, 1, 63_000, None),
        (4, "return", 1, 2, -63_000, 2),
        (5, "sale", 1, 2, 63_000, None),
    ]


def test_an_order_pays_what_its_hold_froze_and_the_ledger_says_at_which_count(now: datetime) -> None:
    edition = samples.open_edition(now=now, card=STEEP)
    late = samples.unpaid_order(edition, now=now)
    for _ in range(2):
        samples.order_in_review(edition, now=now)

    settle_payment(order_id=authorised(late).pk, now=now)

    entry = edition.ledger.latest("sequence")
    assert (entry.orders_placed, entry.counters, entry.total) == (2, {"orders_placed": 0}, late.total)
    assert "4 entries, 3 orders" in verified()


def test_an_order_that_fails_is_not_entered(edition: Edition, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    order = authorised(samples.unpaid_order(edition, now=now))

    def no_letter(order: Order) -> None:
        raise RuntimeError("the outbox is full")

    monkeypatch.setattr(pay, "notify", no_letter)
    with samples.nothing_written(), pytest.raises(RuntimeError, match="full"):
        settle_payment(order_id=order.pk, now=now)
    assert edition.ledger.count() == 1

    # The control: what failed was the letter.
    monkeypatch.undo()
    settle_payment(order_id=order.pk, now=now)
    assert edition.ledger.count() == 2


def test_a_sale_whose_entry_fails_did_not_happen(edition: Edition, now: datetime) -> None:
    order = authorised(samples.unpaid_order(edition, now=now))
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run(f"ALTER TABLE {TABLE} ADD CONSTRAINT no_more CHECK (sequence < 2)")

    with samples.nothing_written(), pytest.raises(IntegrityError, match="no_more"), transaction.atomic():
        settle_payment(order_id=order.pk, now=now)


def test_a_piece_that_somebody_else_took_meanwhile_is_entered_once(now: datetime) -> None:
    edition = samples.open_edition(now=now, size=1)
    late = authorised(samples.unpaid_order(edition, now=now))
    samples.order_in_review(edition, now=now + timedelta(minutes=26))

    assert settle_payment(order_id=late.pk, now=now + timedelta(minutes=27)).status == OrderStatus.CANCELLED

    assert [row[1] for row in told(edition)] == ["announced", "sale"]
    assert "1 orders, 63000 KRW" in verified()


def test_a_piece_without_an_owner_cannot_be_given_back(edition: Edition, now: datetime) -> None:
    piece = Piece.objects.get(edition=edition, number=3)

    with samples.nothing_written(), pytest.raises(LedgerEntry.DoesNotExist):
        free_piece(piece_id=piece.pk, now=now)
    with pytest.raises(PieceTaken):
        settle_payment_of_taken_piece(edition, now)


def settle_payment_of_taken_piece(edition: Edition, now: datetime) -> None:
    from editions.services import sell_piece

    held = samples.held(edition, now=now)
    samples.order_in_review(edition, now=now + timedelta(minutes=26))
    sell_piece(hold=held, now=now)


def test_the_ledger_has_no_column_for_a_person() -> None:
    """Read this list before adding to it: whatever is entered is public for good."""
    assert [field.name for field in LedgerEntry._meta.get_fields()] == [
        "hash",
        "previous_hash",
        "edition",
        "sequence",
        "kind",
        "at",
        "card",
        "orders_placed",
        "currency",
        "total",
        "piece",
        "takes_back",
        "counters",
        "breakdown",
        "terms",
    ]


def test_what_a_customer_wrote_is_nowhere_in_it(edition: Edition, now: datetime) -> None:
    order = samples.order_in_review(edition, now=now)

    written = b"".join(entry.as_link().entry.canonical() for entry in edition.ledger.all()).decode()

    assert order.configuration.engraving == "지우"
    for secret in ("지우", order.email, order.note, order.reference, order.token, order.hold.token, order.fingerprint):
        assert secret not in written


# --- The database as the last line -------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [f"UPDATE {TABLE} SET at = now()", f"DELETE FROM {TABLE}", f"TRUNCATE {TABLE} CASCADE"],
)
def test_the_database_refuses_to_change_or_empty_the_ledger(sold: Edition, statement: str) -> None:
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run(f"ALTER TABLE {TABLE} ENABLE TRIGGER {TABLE}_never_emptied")

    with pytest.raises(IntegrityError, match=f"rows of {TABLE} are never changed or removed"):
        run(statement)
    assert sold.ledger.count() == 5

    # The control: without the triggers it would.
    run(f"ALTER TABLE {TABLE} DISABLE TRIGGER USER")
    run(statement)
    assert sold.ledger.count() == (5 if statement.startswith("UPDATE") else 0)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"sequence": 5}, "editions_ledger_sequence"),
    ({"orders_placed": 2}, "editions_ledger_order_number"),
    ({"sequence": 1}, "editions_ledger_announced_first"),
    ({"kind": "announced"}, "editions_ledger_announced_first"),
    ({"hash": "0" * 63 + "G"}, "editions_ledger_hashes"),
    ({"total": -1}, "editions_ledger_shape"),
    ({"piece": None}, "editions_ledger_shape"),
    ({"breakdown": None}, "editions_ledger_shape"),
    ({"terms": {}}, "editions_ledger_shape"),
    ({"kind": "return", "breakdown": None, "total": -1}, "editions_ledger_shape"),
    ({"kind": "gift"}, "editions_ledger_shape"),
]


def test_the_database_refuses_an_entry_of_the_wrong_shape(sold: Edition) -> None:
    last = sold.ledger.latest("sequence")
    columns = {field.attname: getattr(last, field.attname) for field in LedgerEntry._meta.concrete_fields}
    next_one = {**columns, "hash": "0" * 64, "previous_hash": last.hash, "sequence": 6, "orders_placed": 3}

    for change, reason in WRONG:
        with pytest.raises(IntegrityError, match=reason), transaction.atomic():
            LedgerEntry.objects.create(**{**next_one, **change})

    # The control.
    LedgerEntry.objects.create(**next_one)


# --- The command -------------------------------------------------------------------------------------


def test_an_untouched_ledger_passes(sold: Edition) -> None:
    head = sold.ledger.latest("sequence").hash

    assert verified() == verified("first-firing")
    assert verified() == (f"first-firing: 5 entries, 3 orders, 126000 KRW charged and kept. The last hash is {head}.\n")


def test_an_edition_that_does_not_exist_is_an_error(sold: Edition) -> None:
    assert refusal("no-such") == "There is no edition 'no-such'."


def test_a_flipped_byte_in_any_column_of_any_entry_is_found(sold: Edition, now: datetime) -> None:
    other = samples.open_edition(now=now, slug="second-firing")
    open_the_ledger()
    columns = [str(field.column) for field in LedgerEntry._meta.concrete_fields]

    for column, at in product(columns, [1, 2, 3, 4, 5]):
        with undone():
            change = f"UPDATE {TABLE} SET {column} = {flipped(column, other)} WHERE edition_id = %s AND sequence = %s"
            assert run(change, sold.pk, at) == 1
            assert refusal("first-firing").startswith(f"first-firing, entry {at}: "), column
            # The other one's chain is whole unless the entry was moved there.
            assert ("second-firing" in refusal()) == (column == "edition_id")
    # The control.
    assert "5 entries" in verified("first-firing")


@contextmanager
def undone() -> Iterator[None]:
    """What is written within did not happen."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def flipped(column: str, other: Edition) -> str:
    """SQL for another value of a column, as little apart as can be."""
    if column in ("hash", "previous_hash", "card"):
        return (
            f"overlay({column} placing translate(right({column}, 1), '0123456789abcdef', '123456789abcdef0') from 64)"
        )
    if column == "edition_id":
        return str(other.pk)
    if column in ("counters", "breakdown", "terms"):
        return f"coalesce({column}, '{{}}') || '{{\"x\": 1}}'"
    return {
        "sequence": "sequence + 1",
        "kind": "overlay(kind placing 'x' from 1)",
        "at": "at + interval '1 microsecond'",
        "currency": "'KRV'",
    }.get(column, f"coalesce({column}, 0) + 1")


@contextmanager
def rewriting() -> Iterator[None]:
    """Within, everything may be changed; afterwards every hash is calculated anew, as a forger would."""
    open_the_ledger()
    yield
    previous = GENESIS
    for entry in LedgerEntry.objects.order_by("sequence"):
        anew = digest(previous, entry.as_link().entry.canonical())
        LedgerEntry.objects.filter(pk=entry.pk).update(previous_hash=previous, hash=anew)
        previous = anew


def test_a_forger_who_writes_the_whole_chain_anew_must_forge_the_orders_too(sold: Edition) -> None:
    with rewriting():
        base = {"kind": "base", "key": "", "amount": 58_000}
        cheaper = {"step": 0, "lines": [base], "total": 58_000}
        sold.ledger.filter(sequence=5).update(breakdown=cheaper, total=58_000)

    assert refusal() == (
        "first-firing, entry 5: no order of piece 1 was charged 58000 at that price: the next one is 63000 for piece 1."
    )


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("DELETE FROM editions_ledgerentry WHERE sequence = 5", "entry 5: 3 orders were counted, and 2 are entered"),
        ("UPDATE editions_piece SET state = 'free' WHERE number = 2", "piece 2 is entered as sold, and has no owner"),
        ("UPDATE editions_edition SET slug = 'other'", "entry 1: the edition that was announced is not other as it"),
        ("UPDATE orders_order SET total = total + 1 WHERE status = 'rejected'", "entry 2: no order of piece 1 was"),
        ("UPDATE orders_order SET placed_at = NULL WHERE status = 'rejected'", "entry 5: no order of piece 1 was"),
        ("UPDATE orders_order SET status = 'approved' WHERE status = 'rejected'", "entry 4: no order of piece 1 over"),
        (
            "UPDATE orders_order SET status = 'rejected' WHERE reference LIKE '002-%'",
            "piece 2 was given back, and that is not entered",
        ),
        (
            "UPDATE editions_piece SET state = 'sold' WHERE number = 3",
            "piece 3 is owned, and its sale is not entered",
        ),
    ],
)
def test_what_was_changed_beside_the_ledger_is_found(sold: Edition, now: datetime, change: str, why: str) -> None:
    samples.held(sold, now=now)
    open_the_ledger()
    run("ALTER TABLE orders_order DROP CONSTRAINT IF EXISTS orders_one_order_per_piece")
    run("DROP INDEX IF EXISTS orders_one_order_per_piece")

    assert run(change) == 1

    assert why in refusal()


def test_an_order_that_was_never_entered_is_found(sold: Edition, now: datetime) -> None:
    unpaid = samples.unpaid_order(sold, now=now)
    assert "3 orders" in verified()

    Order.objects.filter(pk=unpaid.pk).update(placed_at=now, status=OrderStatus.IN_REVIEW)

    assert refusal() == "first-firing, an order of piece 3 is not entered."


def test_an_edition_without_a_ledger_is_found_and_the_others_are_told(sold: Edition, now: datetime) -> None:
    other = samples.open_edition(now=now, slug="second-firing")
    open_the_ledger()
    run(f"DELETE FROM {TABLE} WHERE edition_id = %s", other.pk)

    assert refusal() == "second-firing, entry 1: it is missing: the ledger is empty."
    assert "first-firing: 5 entries" in verified("first-firing")
    assert Hold.objects.count() == 3
