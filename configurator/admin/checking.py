"""The gate's report, the preview, publishing and the history of a draft."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from configurator.admin.addresses import draft_address, place_address
from configurator.admin.forms import RevisionForm
from configurator.admin.pages import DraftPage
from configurator.catalogue_check import Finding
from configurator.drafting import Difference, as_data, differences
from configurator.models import PUBLISH_PERMISSION
from configurator.selectors import definition_of
from configurator.services import UnableToPublish, discard_draft, publish_draft
from core.clock import now
from core.problems import Problem

ROWS_PER_PAGE = 100


class ReportPage(DraftPage):
    """What the gate says, each finding with the way to its place."""

    template = "admin/configurator/draft/report.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(errors=self.lines(self.report.errors), warnings=self.lines(self.report.warnings))

    def lines(self, findings: Any) -> list[tuple[str, str]]:
        """Sentences with the address of the page on which to mend it."""
        return [(self.words.sentence(found), place_address(self.draft.pk, found.place)) for found in findings]


class PublishForm(RevisionForm):
    """What was seen: the draft's revision and the number of the newest version."""

    against = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class PublishPage(ReportPage):
    """What would change, what the gate says, and the button."""

    template = "admin/configurator/draft/publish.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(self.report.findings)

    def post(self, request: HttpRequest) -> HttpResponse:
        if not request.user.has_perm(PUBLISH_PERMISSION):
            raise PermissionDenied
        form = PublishForm(request.POST)
        if not form.is_valid():
            return self._show(self.report.findings, status=422)
        try:
            version = publish_draft(
                draft_id=self.draft.pk,
                expected_revision=form.cleaned_data["revision"],
                against=form.cleaned_data["against"],
                actor=self.actor,
                now=now(),
            )
        except UnableToPublish as refused:
            return self._show(refused.findings, status=422)
        except Problem as problem:
            messages.error(request, problem.detail)
            return redirect(draft_address(self.draft.pk, "publish"))
        messages.success(request, _("Published %(version)s.") % {"version": version.key})
        return redirect(reverse("admin:configurator_productversion_change", args=[version.pk]))

    def _show(self, findings: tuple[Finding, ...], status: int = 200) -> HttpResponse:
        errors = self.lines(found for found in findings if found.is_error)
        seen = {"revision": self.draft.revision, "against": self.newest.number if self.newest else 0}
        return self.page(
            status,
            errors=errors,
            warnings=self.lines(self.report.warnings),
            changes=self.words.changes(self._differences()),
            form=PublishForm(initial=seen),
        )

    def _differences(self) -> list[Difference]:
        before = as_data(definition_of(self.newest)) if self.newest else {}
        definition = self.report.definition
        return list(differences(before, as_data(definition) if definition else self.draft.content))


class HistoryPage(DraftPage):
    """Who changed what, the latest first."""

    template = "admin/configurator/draft/history.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = self.draft.changes.select_related("actor").order_by("-pk")
        shown = Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
        changes = [(change, self.words.changes([change.as_difference()])[0]) for change in shown]
        return self.page(changes=changes, shown=shown)


class DiscardPage(DraftPage):
    """Asks once, then closes the draft."""

    template = "admin/configurator/draft/discard.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(form=RevisionForm(initial={"revision": self.draft.revision}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = RevisionForm(request.POST)
        if not form.is_valid():
            return self.get(request)
        try:
            discard_draft(
                draft_id=self.draft.pk, expected_revision=form.cleaned_data["revision"], actor=self.actor, now=now()
            )
        except Problem as problem:
            messages.error(request, problem.detail)
            return redirect(draft_address(self.draft.pk, "discard"))
        messages.success(request, _("The draft was discarded. Its history stays."))
        return redirect(reverse("admin:configurator_draft_changelist"))
