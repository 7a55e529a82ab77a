"""Recording behaviour: with consent only, and only in a form that names nobody."""

from datetime import datetime

import pytest
from django.db import IntegrityError, transaction

from accounts.consent import Consent
from insights.models import Act, BehaviourEvent
from insights.services import record
from tests import samples

pytestmark = pytest.mark.django_db

AGREED = Consent(granted=True, visitor="0123456789abcdef01234567")


def test_an_act_of_somebody_who_agreed_is_recorded(now: datetime) -> None:
    recorded = record(
        Act.CHOOSE,
        subject_type="edition",
        subject_id="first-firing",
        consent=AGREED,
        now=now,
        details={"group": "glaze", "option": "indigo"},
    )

    event = BehaviourEvent.objects.get()
    assert recorded is True
    assert (event.act, event.subject_type, event.subject_id) == ("choose", "edition", "first-firing")
    assert (event.visitor, event.happened_at) == (AGREED.visitor, now)
    assert event.details == {"group": "glaze", "option": "indigo"}


def test_an_act_has_no_details_unless_it_is_given_some(now: datetime) -> None:
    record(Act.VIEW, subject_type="edition", subject_id="first-firing", consent=AGREED, now=now)

    assert BehaviourEvent.objects.get().details == {}


@pytest.mark.parametrize("granted", [None, False])
def test_without_consent_nothing_is_written(now: datetime, granted: bool | None) -> None:
    with samples.nothing_written():
        recorded = record(
            Act.ORDER, subject_type="edition", subject_id="first-firing", consent=Consent(granted=granted), now=now
        )

    assert recorded is False


@pytest.mark.parametrize(
    ("column", "value", "constraint"),
    [("act", "stare", "insights_event_known_act"), ("visitor", "", "insights_event_has_visitor")],
)
def test_the_database_takes_no_unknown_act_and_no_event_without_a_key(
    now: datetime, column: str, value: str, constraint: str
) -> None:
    columns = {"act": "view", "subject_type": "edition", "subject_id": "x", "visitor": "k", "happened_at": now}
    BehaviourEvent.objects.create(**columns)

    with samples.nothing_written(), pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        BehaviourEvent.objects.create(**{**columns, column: value})


def test_an_event_has_no_column_for_a_person() -> None:
    columns = {field.name for field in BehaviourEvent._meta.get_fields()}

    assert columns == {"id", "act", "subject_type", "subject_id", "visitor", "details", "happened_at"}
