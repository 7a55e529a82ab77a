"""A plan of the pricing lab is recorded whole, never changes, and one edition is announced with its card."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from editions.lab.question import Question, answer
from editions.models import Edition, PricePlan
from editions.plan_service import PlanDiffers, PlanTaken, announce_planned_edition, record_plan
from editions.pricing import PriceCard, card_from_json
from editions.selectors import plan_of
from editions.services import NewEdition
from tests import samples

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
QUESTION = Question(curve="exponential", worth=62_000, visitors_a_day=10.0, days=4.0, stock=8, steps=3, unit=1_000)

pytestmark = pytest.mark.django_db


def _plan() -> PricePlan:
    return record_plan(question=QUESTION, currency="KRW", author=samples.superuser(), now=NOW)


def _next_edition(first: Edition, size: int = 8, currency: str = "KRW", slug: str = "planned") -> NewEdition:
    return NewEdition(
        slug=slug,
        name_ko="계획한 판",
        name_en="Planned",
        version=first.version,
        size=size,
        currency=currency,
        card=PriceCard.fixed(1),
        announced_at=NOW,
        opens_at=NOW + timedelta(hours=24),
    )


def test_a_plan_keeps_the_question_the_answer_and_the_card() -> None:
    plan = PricePlan.objects.get(pk=_plan().pk)

    assert Question.from_json(plan.question) == QUESTION
    assert plan.answer == answer(QUESTION).as_json()
    assert plan.card == answer(QUESTION).card.as_json()
    assert (plan.currency, plan.revision, plan.created_at, plan.edition) == ("KRW", 1, NOW, None)


def test_an_edition_is_announced_with_the_plans_card() -> None:
    plan, first = _plan(), samples.open_edition(now=NOW)

    edition = announce_planned_edition(edition=_next_edition(first), plan_id=plan.pk)

    assert edition.card == card_from_json(plan.card)
    assert edition.pieces.count() == 8
    assert plan_of(edition) == plan
    assert plan_of(first) is None


def test_a_plan_serves_one_edition() -> None:
    plan, first = _plan(), samples.open_edition(now=NOW)
    announce_planned_edition(edition=_next_edition(first), plan_id=plan.pk)

    with pytest.raises(PlanTaken):
        announce_planned_edition(edition=_next_edition(first, slug="again"), plan_id=plan.pk)

    assert not Edition.objects.filter(slug="again").exists()


@pytest.mark.parametrize(("size", "currency"), [(9, "KRW"), (8, "USD")])
def test_a_plan_for_something_else_is_refused(size: int, currency: str) -> None:
    plan, first = _plan(), samples.open_edition(now=NOW)

    with pytest.raises(PlanDiffers):
        announce_planned_edition(edition=_next_edition(first, size, currency), plan_id=plan.pk)

    assert not Edition.objects.filter(slug="planned").exists()
    assert PricePlan.objects.get(pk=plan.pk).edition is None


@pytest.mark.parametrize("column", ["question", "answer", "card"])
def test_the_database_refuses_to_change_what_the_lab_answered(column: str) -> None:
    plan = _plan()

    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        PricePlan.objects.filter(pk=plan.pk).update(**{column: {}})

    assert PricePlan.objects.filter(pk=plan.pk, question=plan.question, answer=plan.answer, card=plan.card).exists()


def test_the_database_keeps_the_plan_of_an_announced_edition() -> None:
    plan, first = _plan(), samples.open_edition(now=NOW)
    announce_planned_edition(edition=_next_edition(first), plan_id=plan.pk)

    with pytest.raises(IntegrityError, match="kept as it was"), transaction.atomic():
        PricePlan.objects.filter(pk=plan.pk).delete()
    with pytest.raises(IntegrityError, match="kept as it was"), transaction.atomic():
        PricePlan.objects.filter(pk=plan.pk).update(edition=None)

    assert plan_of(Edition.objects.get(slug="planned")) == plan


def test_a_plan_that_nobody_used_may_go() -> None:
    _plan().delete()

    assert not PricePlan.objects.exists()
