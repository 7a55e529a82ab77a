"""What was there before the ledger: the counters of holds, and the announcement of every edition."""

from django.db import migrations

from editions.ledger import FORMAT, GENESIS, Entry, Kind, digest, fingerprint


def write_down(apps, schema_editor):
    for edition in apps.get_model("editions", "Edition").objects.select_related("version__product").order_by("pk"):
        count_holds(apps.get_model("editions", "Hold"), edition)
        announce(apps.get_model("editions", "LedgerEntry"), edition)


def count_holds(holds, edition):
    """A hold did not say how many orders had been placed; the fewest that give its price take their place."""
    for index, step in enumerate(edition.price_card):
        counters = {"orders_placed": step["from_order"] - 1}
        holds.objects.filter(piece__edition=edition, breakdown__step=index).update(counters=counters)


def announce(entries, edition):
    terms = {
        "format": FORMAT,
        "edition": edition.slug,
        "version": f"{edition.version.product.slug}/{edition.version.number}",
        "size": edition.size,
        "card": edition.price_card,
    }
    entry = Entry(
        sequence=1,
        kind=Kind.ANNOUNCED.value,
        at=edition.announced_at.replace(second=0, microsecond=0),
        card=fingerprint(edition.price_card),
        orders_placed=0,
        currency=edition.currency,
        total=0,
        terms=terms,
    )
    entries.objects.create(
        edition=edition, previous_hash=GENESIS, hash=digest(GENESIS, entry.canonical()), **vars(entry)
    )


class Migration(migrations.Migration):
    dependencies = [("configurator", "0001_initial"), ("editions", "0004_ledger")]

    # Backwards the table goes with everything in it.
    operations = [migrations.RunPython(write_down, migrations.RunPython.noop)]
