"""How editions stand at a moment: one statement, so that all figures belong together, for as many as are watched."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, OuterRef, Q
from django.db.models.functions import JSONObject

from editions.contracts import Standing, public_availability
from editions.models import Component, Edition, PieceState
from editions.waiting_models import waiting_count

PIECES = ("size", "free", "held", "sold", "waiting")


def standings(edition_ids: Collection[int], now: datetime) -> dict[int, Standing]:
    """The editions' standings by id, at a time; what is counted as left is what `selectors.availability` counts."""
    held, until = Q(pieces__state=PieceState.HELD), Q(pieces__held_until__gt=now)
    components = Component.objects.filter(Q(edition=OuterRef("pk")) | Q(edition=None)).order_by("slug")
    unit = JSONObject(slug="slug", left=F("stock") - F("units_ordered"), own="edition_id")
    rows = Edition.objects.filter(pk__in=edition_ids).annotate(
        free=Count("pieces", filter=Q(pieces__state=PieceState.FREE) | (held & ~until)),
        held=Count("pieces", filter=held & until),
        sold=Count("pieces", filter=Q(pieces__state=PieceState.SOLD)),
        waiting=waiting_count(OuterRef("pk")),
        units=ArraySubquery(components.values_list(unit)),
    )
    fields = ("pk", *PIECES, "orders_placed", "units")
    return {row["pk"]: _standing(row) for row in rows.values(*fields)}


def standing_of(edition: Edition, now: datetime) -> Standing:
    """One edition's standing; raises KeyError when the edition is gone."""
    return standings([edition.pk], now)[edition.pk]


def _standing(row: dict[str, Any]) -> Standing:
    # An edition's own stock goes before one that editions share.
    units = sorted(row["units"], key=lambda unit: unit["own"] is not None)
    return Standing(
        left=public_availability(**{name: row[name] for name in PIECES}),
        orders_placed=row["orders_placed"],
        units_left=tuple(sorted({unit["slug"]: unit["left"] for unit in units}.items())),
    )
