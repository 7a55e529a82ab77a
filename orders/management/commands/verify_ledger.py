"""`manage.py verify_ledger [edition]`: calculates every price that was ever charged anew, and every hash."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.money import Money
from editions.ledger import Fault, Tally
from editions.models import Edition
from orders.ledger_audit import audit_ledger


class Command(BaseCommand):
    help = (
        "Checks the price ledger of one edition, or of all: every hash, every price by the published card, sequence, "
        "pieces, and that it adds up to what orders were charged. Names the first entry that is wrong; exit status 1."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("edition", nargs="?", help="the edition's short name, as in its address")

    def handle(self, *args: Any, edition: str | None, **options: Any) -> None:
        found = Edition.objects.order_by("pk").values_list("pk", "slug")
        chosen = found.filter(slug=edition) if edition else found
        if edition and not chosen:
            raise CommandError(f"There is no edition {edition!r}.")
        faults = []
        for key, slug in chosen:
            try:
                self._praise(slug, audit_ledger(key))
            except Fault as fault:
                faults.append(f"{slug}, {fault}.")
        if faults:
            raise CommandError("\n".join(faults))

    def _praise(self, slug: str, tally: Tally) -> None:
        net = Money.from_minor(tally.net, tally.currency)
        self.stdout.write(
            f"{slug}: {tally.entries} entries, {tally.orders} orders, {net.amount} {net.currency} charged and kept. "
            f"The last hash is {tally.head}.",
            self.style.SUCCESS,
        )
