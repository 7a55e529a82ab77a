"""The price ledger: what an entry says, how entries hang together, and whether a ledger holds. Pure.

The form in which entries are written is published (docs/verifying-the-ledger.md) and stays: a different one would
need a new `FORMAT`, announced in the first entry of an edition's ledger.
"""

from editions.ledger.check import Fault, LedgerCheck, Tally
from editions.ledger.entry import FORMAT, GENESIS, Entry, Kind, Link, digest, fingerprint

__all__ = ["FORMAT", "GENESIS", "Entry", "Fault", "Kind", "LedgerCheck", "Link", "Tally", "digest", "fingerprint"]
