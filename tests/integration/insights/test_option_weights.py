"""What people liked: who counts, how much, and for how long."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.consent import Consent
from insights.models import Act
from insights.selectors import option_weights
from insights.services import record

pytestmark = pytest.mark.django_db


def act(kind: Act, visitor: str, when: datetime, subject: str = "first-firing", **details: Any) -> None:
    consent = Consent(granted=True, visitor=visitor)
    record(kind, subject_type="edition", subject_id=subject, consent=consent, now=when, details=details)


def test_nobody_has_shown_anything_yet(now: datetime) -> None:
    assert option_weights("first-firing", now) == {}


def test_a_visitor_counts_once_and_an_order_five_times(now: datetime) -> None:
    for _ in range(3):
        act(Act.CHOOSE, "a", now, group="lid", option="walnut")
    act(Act.CHOOSE, "b", now, group="lid", option="walnut")
    act(Act.ORDER, "a", now, choices={"lid": "bamboo", "glaze": "indigo"}, total=1)

    weights = {("lid", "walnut"): 2, ("lid", "bamboo"): 5, ("glaze", "indigo"): 5}
    assert option_weights("first-firing", now) == weights


def test_other_editions_other_acts_old_acts_and_orders_without_choices_do_not_count(now: datetime) -> None:
    act(Act.CHOOSE, "a", now, "second-firing", group="lid", option="walnut")
    act(Act.VIEW, "a", now, choices={"lid": "walnut"})
    act(Act.CHOOSE, "a", now - timedelta(days=180), group="lid", option="walnut")
    act(Act.CHOOSE, "a", now + timedelta(minutes=1), group="lid", option="walnut")
    act(Act.ORDER, "a", now, fingerprint="f", total=1)

    assert option_weights("first-firing", now) == {}
