"""Recording what the pricing lab answered, and announcing an edition with the card that it found."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.problems import Problem
from editions.lab.question import Question, answer
from editions.models import Edition, PricePlan
from editions.pricing import card_from_json
from editions.services import NewEdition, announce_edition

REVISION = 1


class PlanTaken(Problem):
    """Another edition was announced with this plan."""

    code = "plan_taken"
    status = 409


class PlanDiffers(Problem):
    """The plan was made for another number of pieces or another currency."""

    code = "plan_differs"
    status = 409


def record_plan(*, question: Question, currency: str, author: User, now: datetime) -> PricePlan:
    """Ask the lab and keep question, answer and card. The calculation takes seconds and holds no lock."""
    found = answer(question)
    return PricePlan.objects.create(
        question=question.as_json(),
        answer=found.as_json(),
        card=found.card.as_json(),
        currency=currency,
        revision=REVISION,
        author=author,
        created_at=now,
    )


@transaction.atomic
def announce_planned_edition(*, edition: NewEdition, plan_id: int) -> Edition:
    """Announce an edition with a plan's card, whatever card came with it, and tie the plan to it.

    Raises PlanTaken for a plan of another edition, PlanDiffers where size or currency are not what was planned.
    """
    plan = PricePlan.objects.select_for_update().get(pk=plan_id)
    if plan.edition_id is not None:
        raise PlanTaken(_("Another edition was announced with this plan."))
    if (plan.question["stock"], plan.currency) != (edition.size, edition.currency):
        raise PlanDiffers(_("The plan was made for another number of pieces or another currency."))
    announced = announce_edition(replace(edition, card=card_from_json(plan.card)))
    plan.edition = announced
    plan.save(update_fields=["edition"])
    return announced
