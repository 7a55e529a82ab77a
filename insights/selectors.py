"""Reads of behaviour."""

from collections import Counter
from datetime import datetime, timedelta

from django.db.models import Count

from insights.models import Act, BehaviourEvent

REMEMBERED = timedelta(days=180)
ORDER_COUNTS = 5
MOST_ORDERS = 1000


def option_weights(subject_id: str, now: datetime) -> dict[tuple[str, str], int]:
    """How much people liked each option of an edition, by group and option; empty while nobody has shown it.

    Every visitor who chose it counts once, however often she did; every order with it counts five times. Only
    visitors who consented are in here, and only the last 180 days.
    """
    acts = BehaviourEvent.objects.filter(
        subject_type="edition", subject_id=subject_id, happened_at__gt=now - REMEMBERED, happened_at__lte=now
    )
    chosen = (
        acts.filter(act=Act.CHOOSE)
        .values_list("details__group", "details__option")
        .annotate(Count("visitor", distinct=True))
    )
    weights = Counter({(str(group), str(option)): visitors for group, option, visitors in chosen})
    orders = (
        acts.filter(act=Act.ORDER, details__has_key="choices")
        .order_by("-pk")
        .values_list("details__choices", flat=True)
    )
    for choices in orders[:MOST_ORDERS]:
        weights.update(dict.fromkeys(choices.items(), ORDER_COUNTS))
    return dict(weights)
