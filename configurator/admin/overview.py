"""The draft's first page: everything that is in it, in order, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from configurator.admin.addresses import draft_address, place_address
from configurator.admin.forms import RevisionForm
from configurator.admin.pages import DraftPage
from configurator.admin.words import FIELD_LABELS, SIDES, Words
from configurator.drafting import part
from configurator.drafting.content import Content, ids
from configurator.services import edit_draft
from core.clock import now
from core.problems import Problem


@dataclass(frozen=True)
class PartRow:
    """A row of a list in the draft, as the overview shows it."""

    id: str
    name: str
    address: str
    note: str = ""
    swatch: str = ""
    price: int = 0
    retired: bool = False
    is_removable: bool = True


@dataclass(frozen=True)
class GroupRow:
    """A group with its options."""

    row: PartRow
    place: str
    options: tuple[PartRow, ...]


class OverviewPage(DraftPage):
    template = "admin/configurator/draft/overview.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        content = self.draft.content
        before = self.newest.definition if self.newest else {}
        return self.page(
            groups=group_rows(self.draft.pk, content, before, self.words),
            rules=part_rows(self.draft.pk, content, "rules", self.words),
            presets=part_rows(self.draft.pk, content, "presets", self.words),
            start=[self._start(group, content) for group in ids(content.get("groups"))],
            counts={kind: len(content.get(kind, ())) for kind in ("views", "operations", "materials")},
            report=self.report,
        )

    def _start(self, group: str, content: Content) -> str:
        option = content.get("preset", {}).get(group)
        return f"{self.words.place(f'groups.{group}')}: {self.words.option(group, option) if option else '—'}"


class RowForm(RevisionForm):
    """What is to be done with one row of a list."""

    place = forms.CharField(max_length=200)
    row = forms.CharField(max_length=40)
    action = forms.ChoiceField(choices=[(name, name) for name in ("up", "down", "remove")])


class RowAction(DraftPage):
    """Moves a row of a list up or down, or removes it; then the overview again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        form = RowForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("That is not to be had here."))
            return redirect(draft_address(self.draft.pk, "edit"))
        wanted = form.cleaned_data
        try:
            edit_draft(
                draft_id=self.draft.pk,
                changes=self._changes(wanted["place"], wanted["row"], wanted["action"]),
                expected_revision=wanted["revision"],
                actor=self.actor,
                now=now(),
            )
        except Problem as problem:
            messages.error(request, problem.detail)
        return redirect(draft_address(self.draft.pk, "edit") + f"#{wanted['place']}.{wanted['row']}")

    def _changes(self, place: str, row: str, action: str) -> dict[str, Any]:
        if action == "remove":
            return {f"{place}.{row}": None}
        rows = part(self.draft.content, place)
        order = ids(rows) if isinstance(rows, list) else []
        if row not in order:
            return {f"{place}@order": [row]}  # refused by the service, which knows why
        position = order.index(row)
        other = max(position - 1, 0) if action == "up" else min(position + 1, len(order) - 1)
        order[position], order[other] = order[other], order[position]
        return {f"{place}@order": order}


def group_rows(draft_id: int, content: Content, before: Content, words: Words) -> list[GroupRow]:
    """The groups with their options; what the newest version has can be retired, but not removed."""
    return [
        GroupRow(
            row=_row(draft_id, f"groups.{group['id']}", group, before, words),
            place=f"groups.{group['id']}.options",
            options=tuple(
                _row(draft_id, f"groups.{group['id']}.options.{option['id']}", option, before, words)
                for option in group.get("options", ())
            ),
        )
        for group in content.get("groups", ())
    ]


def part_rows(draft_id: int, content: Content, kind: str, words: Words) -> list[PartRow]:
    return [_row(draft_id, f"{kind}.{row['id']}", row, {}, words) for row in content.get(kind, ())]


def _note(place: str, row: Content, words: Words) -> str:
    """What is said below a name: a story, a hint, or what a rule says of which options."""
    if place.startswith("rules."):
        sides = [(side, row[side]) for side in SIDES if row.get(side)]
        return " · ".join(f"{FIELD_LABELS[side]}: {words.sides(chosen)}" for side, chosen in sides)
    text = row.get("story") or row.get("hint")
    return words.value(place, text) if text else ""


def _row(draft_id: int, place: str, row: Content, before: Content, words: Words) -> PartRow:
    return PartRow(
        id=row["id"],
        name=words.place(place).rpartition(" › ")[2],
        address=place_address(draft_id, place),
        note=_note(place, row, words),
        swatch=row.get("swatch", ""),
        price=row.get("price", 0),
        retired=bool(row.get("retired")),
        is_removable=part(before, place) is None,
    )
