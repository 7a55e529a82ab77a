"""Texts that the screening held back: customers ask, staff decide, and whoever left an address is told."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from configurator.definition import ProductDefinition
from configurator.models import APPEAL_TRANSITIONS, AppealStatus, Product, ScreeningAppeal
from configurator.screening import normal_form, read_lists, screen
from configurator.selectors import appeals_about, decisions_about
from configurator.validation import checked_font, cuttable_engraving
from core import outbox
from core.problems import Problem
from core.transitions import Step, change_status

PERMISSION = "configurator.decide_appeal"
DECIDED_TOPIC = "configurator.appeal_decided"
LONGEST_PAGE = 2000


class NothingToAsk(Problem):
    """The text is cut without asking."""

    code = "nothing_to_ask"
    status = 409


class TextDeclined(Problem):
    """Staff have declined this text before."""

    code = "text_declined"
    status = 409


class ReasonMissing(Problem):
    """A text is declined with a reason that the customer can read."""

    code = "reason_missing"
    status = 422


@dataclass(frozen=True)
class Asker:
    """Where the answer goes: an address, perhaps empty, a language, and the page of the design (a path, or empty)."""

    email: str
    language: str
    page: str = ""


@transaction.atomic
def ask_for_text(
    *, definition: ProductDefinition, text: str, font: str, asker: Asker, now: datetime
) -> ScreeningAppeal:
    """Ask staff for a text that the screening holds back. Asking again while they have not decided adds nothing.

    Raises NothingToAsk, TextDeclined, and what keeps the text from being cut whatever it says.
    """
    cut = cuttable_engraving(definition, text, checked_font(definition, font))
    verdict = screen(cut, read_lists())
    product = Product.objects.select_for_update().get(slug=definition.slug)
    decisions = decisions_about(definition.slug, cut)
    if verdict is None or AppealStatus.ALLOWED in decisions:
        raise NothingToAsk(_("This text is cut as it is: there is nothing to ask."), field="engraving")
    if AppealStatus.DECLINED in decisions:
        raise TextDeclined(_("The maker has looked at this text and declined it."), field="engraving")
    appeal, _created = ScreeningAppeal.objects.get_or_create(
        product=product,
        normal_form=normal_form(cut),
        email=asker.email,
        status=AppealStatus.OPEN,
        defaults={
            "text": cut,
            "policy": verdict.policy,
            "fragment": verdict.fragment,
            "language": asker.language,
            "page": asker.page if len(asker.page) <= LONGEST_PAGE else "",
            "asked_at": now,
        },
    )
    return appeal


@transaction.atomic
def allow_text(*, appeal_id: int, actor: User, now: datetime, reason: str = "") -> bool:
    """Allow a text, for everybody who asked and for its product from now on; say whether this call did it.

    Raises PermissionDenied.
    """
    return _decide(appeal_id, Step(AppealStatus.ALLOWED, now, reason.strip(), actor))


@transaction.atomic
def decline_text(*, appeal_id: int, actor: User, now: datetime, reason: str) -> bool:
    """Decline a text, for everybody who asked; say whether this call did it. Raises PermissionDenied, ReasonMissing."""
    if not reason.strip():
        raise ReasonMissing(_("Please give a reason; the customer will read it."))
    return _decide(appeal_id, Step(AppealStatus.DECLINED, now, reason.strip(), actor))


def _decide(appeal_id: int, step: Step) -> bool:
    if not step.actor.is_active or not step.actor.has_perm(PERMISSION):
        raise PermissionDenied(_("You may not decide about texts."))
    asked = ScreeningAppeal.objects.select_related("product").get(pk=appeal_id)
    # The product's row is the lock under which texts are asked for and decided.
    Product.objects.select_for_update().get(pk=asked.product_id)
    columns = {"decided_at": step.now, "decided_by": step.actor, "reason": step.reason}
    changed = False
    for appeal in appeals_about(asked.product.slug, asked.text).order_by("pk"):
        if change_status(appeal, APPEAL_TRANSITIONS, step, **columns):
            changed = True
            if appeal.email:
                outbox.enqueue(DECIDED_TOPIC, appeal_id=appeal.pk, status=appeal.status)
    return changed


def send_letter(*, appeal_id: int, status: str) -> None:
    """Tell whoever asked what was decided, in her language."""
    appeal = ScreeningAppeal.objects.get(pk=appeal_id)
    scheme = "https" if settings.HTTPS else "http"
    with override(appeal.language):
        context = {
            "appeal": appeal,
            "allowed": status == AppealStatus.ALLOWED,
            "address": f"{scheme}://{settings.SITE_HOST}{appeal.page or '/'}",
        }
        subject = _("Your text is cut as it is") if context["allowed"] else _("Your text is not cut")
        body = render_to_string("letters/appeal.txt", context)
        EmailMessage(subject=subject, body=body, to=[appeal.email]).send()
