"""Letters to people in a waiting list: how to confirm a place, a piece that is offered, and how a place ended."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from editions.contracts import News
from editions.models import WaitingPlace


def send_waiting_letter(*, place_id: int, news: str, now: datetime) -> None:
    """Send what there is to tell, in her language, with the address of her place and the way out of the line.

    What is not true any more is not sent: an offer that is over, or a place that is forgotten.
    """
    place = WaitingPlace.objects.select_related("edition", "offered_piece").filter(pk=place_id).first()
    if place is None or (news == News.OFFER and not place.has_offer(now)) or (news == News.CONFIRM and place.over_at):
        return
    with override(place.language):
        letter = _letter(place, News(news))
        letter.send()


def _letter(place: WaitingPlace, news: News) -> EmailMultiAlternatives:
    edition = place.edition
    context: dict[str, Any] = {
        "place": place,
        "news": "again" if news == News.CONFIRM and place.ticket else news.value,
        "edition": edition.name(place.language),
        "address": _absolute(reverse("orders:waiting_place", args=[place.token])),
        "line": _absolute(reverse("orders:waiting", args=[edition.slug])),
        "language": place.language,
    }
    if place.offered_orders is not None:
        context["price"] = edition.money(edition.card.amount_at(place.offered_orders)).format(place.language)
    context["subject"] = _subject(context["news"], context["edition"])
    context["body"] = render_to_string("letters/waiting.txt", context)
    leave = _absolute(reverse("orders:leave_line", args=[place.token]))
    # RFC 8058: the mail program leaves the line by one click of its own button.
    headers = {"List-Unsubscribe": f"<{leave}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    letter = EmailMultiAlternatives(context["subject"], context["body"], to=[place.email], headers=headers)
    letter.attach_alternative(render_to_string("letters/waiting.html", context), "text/html")
    return letter


def _subject(news: str, edition: str) -> str:
    subjects = {
        "confirm": _("Confirm your place in line for %(edition)s"),
        "again": _("Your place in line for %(edition)s"),
        "offer": _("A piece of %(edition)s is kept for you"),
        "lapsed": _("The piece of %(edition)s is not kept for you any more"),
        "limit": _("Your place in line for %(edition)s is over"),
        "closed": _("%(edition)s has closed"),
    }
    return subjects[news] % {"edition": edition}


def _absolute(path: str) -> str:
    return f"{'https' if settings.HTTPS else 'http'}://{settings.SITE_HOST}{path}"
