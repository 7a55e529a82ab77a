"""The orders that were placed, and given back, before there was a ledger, in the order in which that happened."""

from django.db import migrations

from editions.ledger import Entry, Kind, digest

OVER = ("rejected", "cancelled")


def write_down(apps, schema_editor):
    entries, orders = apps.get_model("editions", "LedgerEntry"), apps.get_model("orders", "Order")
    for announced in entries.objects.filter(sequence=1).select_related("edition").order_by("edition_id"):
        if not entries.objects.filter(edition=announced.edition, sequence__gt=1).exists():
            write_edition(entries, orders, announced)


def write_edition(entries, orders, announced):
    sold, placed, last = {}, 0, announced
    for at, is_return, order in happenings(orders, announced.edition):
        told = {"takes_back": sold[order.pk], "total": -order.total} if is_return else sale(order)
        entry = Entry(
            sequence=last.sequence + 1,
            kind=(Kind.RETURN if is_return else Kind.SALE).value,
            at=at.replace(second=0, microsecond=0),
            card=announced.card,
            orders_placed=placed,
            currency=announced.currency,
            piece=order.piece.number,
            **told,
        )
        last = entries.objects.create(
            edition=announced.edition,
            previous_hash=last.hash,
            hash=digest(last.hash, entry.canonical()),
            **vars(entry),
        )
        if not is_return:
            sold[order.pk], placed = entry.sequence, placed + 1


def happenings(orders, edition):
    """(when, whether it is a return, order); a sale comes before the return of the same order."""
    found = []
    for order in orders.objects.filter(edition=edition, placed_at__isnull=False).select_related("piece", "hold"):
        found.append((order.placed_at, False, order))
        if order.status in OVER:
            over = order.events.filter(to_status=order.status).latest("pk")
            found.append((over.at, True, order))
    return sorted(found, key=lambda each: (each[0], each[2].pk, each[1]))


def sale(order):
    return {"total": order.total, "counters": order.hold.counters, "breakdown": order.breakdown}


class Migration(migrations.Migration):
    dependencies = [("editions", "0005_announced_before"), ("orders", "0007_reviewers_decide_texts")]

    operations = [migrations.RunPython(write_down, migrations.RunPython.noop)]
