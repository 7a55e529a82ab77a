"""So many open streams per client address: keys in the cache that a stream renews while it lives.

Those of a server that died are free again a little later.
"""

from django.core.cache import cache
from django.http import HttpResponse
from django.utils.translation import gettext as _

SLOT_SECONDS = 15


def free_slot(kind: str, address: str, most: int) -> str | None:
    """Take one of an address's `most` slots for a kind of stream; None when all are taken."""
    slots = (f"{kind}:{address}:{number}" for number in range(most))
    return next((slot for slot in slots if cache.add(slot, 1, SLOT_SECONDS)), None)


def renew(slot: str) -> None:
    """Keep a slot for another while; to be done more often than every SLOT_SECONDS."""
    cache.set(slot, 1, SLOT_SECONDS)


def too_many() -> HttpResponse:
    """The answer to a stream beyond the limit; a page then asks now and then instead."""
    sentence = _("Too many requests came from your connection. Please wait a moment and try again.")
    response = HttpResponse(sentence, status=429, content_type="text/plain; charset=utf-8")
    response["Retry-After"] = str(SLOT_SECONDS)
    return response
