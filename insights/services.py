"""Recording behaviour."""

from datetime import datetime
from typing import Any

from accounts.consent import Consent
from insights.models import Act, BehaviourEvent


def record(
    act: Act,
    *,
    subject_type: str,
    subject_id: str,
    consent: Consent,
    now: datetime,
    details: dict[str, Any] | None = None,
) -> bool:
    """Record an act of a visitor who consented; without consent nothing is written. Says whether it was."""
    if not consent.granted:
        return False
    BehaviourEvent.objects.create(
        act=act,
        subject_type=subject_type,
        subject_id=subject_id,
        visitor=consent.visitor,
        details=details or {},
        happened_at=now,
    )
    return True
