"""The public price ledger of an edition: a page for people, and the file that anyone can check."""

from collections.abc import AsyncIterator
from hashlib import sha256

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.messages import get_messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.templatetags.static import static
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.views.decorators.http import condition, require_safe

from core.clock import now
from core.http import limited
from core.words import minute
from editions.ledger_selectors import ledger_head, ledger_lines
from editions.models import Edition, LedgerEntry
from editions.selectors import public_editions
from factory_sim.selectors import known_factory_time
from orders.ledger_page import ledger_page
from orders.throttles import LedgerThrottle

BY_PIECE = "piece"


def _page_tag(request: HttpRequest, slug: str) -> str | None:
    """Changes with the latest entry, and with whatever else of the page may differ; None while there is a message."""
    if len(get_messages(request)):
        return None
    language = get_language() or "en"
    clock = known_factory_time(plant_slug=settings.PLANT, now=now())
    parts = (
        _head(_edition(slug)).hash,
        request.build_absolute_uri(),
        language,
        str(request.user.pk),
        str(settings.CSRF_COOKIE_NAME in request.COOKIES),
        minute(clock.at, language) + str(clock.speed) if clock and clock.speed != 1 else "",
        static("css/dure.css"),
    )
    digest = sha256("\n".join(parts).encode()).hexdigest()
    return f'"{digest}"'


def _file_tag(request: HttpRequest, slug: str) -> str:
    return f'"{_head(_edition(slug)).hash}"'


@require_safe
@limited(LedgerThrottle, methods=("GET",))
@condition(etag_func=_page_tag)
def ledger(request: HttpRequest, slug: str) -> HttpResponse:
    """Every price that was paid in an edition, in order or by piece, and how to check it."""
    edition = _edition(slug)
    shown = ledger_page(
        edition,
        number=request.GET.get("page", ""),
        by_piece=request.GET.get("by", "") == BY_PIECE,
        language=get_language() or "en",
    )
    context = {"edition": edition, "shown": shown, "head": _head(edition)}
    response = render(request, "ledger/ledger.html", context)
    patch_cache_control(response, private=True, no_cache=True)
    return response


@require_safe
@limited(LedgerThrottle, methods=("GET",))
@condition(etag_func=_file_tag)
def ledger_file(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """The whole ledger, a line per entry: exactly the bytes that are hashed. Read some thousand lines at a time."""
    edition = _edition(slug)
    response = StreamingHttpResponse(
        _lines(edition.pk, upto=_head(edition).sequence), content_type="application/x-ndjson; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{edition.slug}-ledger.jsonl"'
    patch_cache_control(response, public=True, no_cache=True)
    return response


async def _lines(edition_id: int, *, upto: int) -> AsyncIterator[bytes]:
    sequence = 0
    while sequence < upto:
        sequence, lines = await sync_to_async(ledger_lines)(edition_id, after=sequence, upto=upto)
        yield lines


def _edition(slug: str) -> Edition:
    return get_object_or_404(public_editions(now()), slug=slug)


def _head(edition: Edition) -> LedgerEntry:
    head = ledger_head(edition)
    if head is None:
        raise Http404
    return head
