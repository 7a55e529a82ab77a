"""Drafts from and to files, and where drafts begin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View

from accounts.models import User
from configurator.admin.addresses import draft_address
from configurator.admin.forms import FileForm, FileIntoDraftForm, NewProductForm
from configurator.admin.pages import DraftPage
from configurator.admin.words import Words
from configurator.interchange import read_uvl, sentence_of
from configurator.models import Draft
from configurator.selectors import newest_versions
from configurator.services import draft_json, import_content, import_json, import_json_into, start_draft
from core.clock import now
from core.problems import Problem
from factory_sim.selectors import plant_names

if TYPE_CHECKING:
    from configurator.admin.drafts import DraftAdmin


MOST_NOTES = 20


class FilePage(DraftPage):
    """The whole draft as a file, to take away and to bring back changed."""

    template = "admin/configurator/draft/file.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(form=FileIntoDraftForm(initial={"revision": self.draft.revision}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = FileIntoDraftForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.page(422, form=form)
        try:
            import_json_into(
                draft_id=self.draft.pk,
                raw=form.cleaned_data["file"].read(),
                expected_revision=form.cleaned_data["revision"],
                actor=self.actor,
                now=now(),
            )
        except Problem as problem:
            add_problem(form, problem, self.words)
            return self.page(problem.status, form=form)
        messages.success(request, _("The draft is what the file says now."))
        return redirect(draft_address(self.draft.pk, "edit"))


class ExportPage(DraftPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        return file_response(draft_json(self.draft), f"{self.draft.slug}-draft-{self.draft.pk}.json")


class BeginPage(View):
    """Where a draft begins: a version, a file, or nothing."""

    draft_admin: DraftAdmin = None  # type: ignore[assignment]  # given to as_view

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.draft_admin.has_add_permission(request):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(FileForm(), new_product_form())

    def post(self, request: HttpRequest) -> HttpResponse:
        if "slug" in request.POST:
            return self._from_nothing(request)
        return self._from_file(request)

    def _from_nothing(self, request: HttpRequest) -> HttpResponse:
        form = new_product_form(request.POST)
        if not form.is_valid():
            return self._show(FileForm(), form, 422)
        try:
            draft = start_draft(**form.cleaned_data, actor=self._actor, now=now())
        except Problem as problem:
            form.add_error("slug", problem.detail)
            return self._show(FileForm(), form, problem.status)
        return self._begun(request, draft)

    def _from_file(self, request: HttpRequest) -> HttpResponse:
        form = FileForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._show(form, new_product_form(), 422)
        file = form.cleaned_data["file"]
        begin = self._from_uvl if str(file.name).lower().endswith(".uvl") else self._from_json
        try:
            draft = begin(file.read(), str(file.name)[:100])
        except Problem as problem:
            add_problem(form, problem, Words())
            return self._show(form, new_product_form(), problem.status)
        return self._begun(request, draft)

    def _from_json(self, raw: bytes, name: str) -> Draft:
        return import_json(raw=raw, name=name, actor=self._actor, now=now())

    def _from_uvl(self, raw: bytes, name: str) -> Draft:
        """What is worth knowing about the import is said with the draft."""
        found = read_uvl(raw)
        draft = import_content(content=found.data, name=name, actor=self._actor, now=now())
        for finding in found.findings()[:MOST_NOTES]:
            messages.warning(self.request, sentence_of(finding))
        return draft

    @property
    def _actor(self) -> User:
        return cast("User", self.request.user)

    def _begun(self, request: HttpRequest, draft: Draft) -> HttpResponse:
        messages.success(request, _("The draft has begun."))
        return redirect(draft_address(draft.pk, "edit"))

    def _show(self, file_form: forms.Form, new_form: forms.Form, status: int = 200) -> HttpResponse:
        context = {
            **self.draft_admin.admin_site.each_context(self.request),
            "opts": self.draft_admin.model._meta,
            "media": self.draft_admin.media,
            "title": _("Begin a draft"),
            "versions": newest_versions(),
            "file_form": file_form,
            "new_form": new_form,
        }
        return render(self.request, "admin/configurator/draft/begin.html", context, status=status)


def add_problem(form: forms.Form, problem: Problem, words: Words) -> None:
    """The problem and everything that it lists, at the file's field."""
    form.add_error("file", problem.detail)
    for found in problem.extra.get("findings", ()):
        form.add_error("file", words.sentence(found))


def file_response(content: bytes, name: str, kind: str = "application/json") -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=f"{kind}; charset=utf-8", headers=headers)


def new_product_form(data: Any = None) -> NewProductForm:
    """The form with the plants that there are."""
    language = "ko" if get_language() == "ko" else "en"
    plants = [(slug, str(names[language])) for slug, names in plant_names()]
    return NewProductForm(data, plants=plants, usual=settings.PLANT)
