"""Drafts in the admin: the list, and the pages of the editor."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views import View

from configurator.admin.checking import DiscardPage, HistoryPage, PublishPage, ReportPage
from configurator.admin.editing import GroupPage, OptionPage, PresetPage, RulePage, StartPage, TextsPage
from configurator.admin.files import BeginPage, ExportPage, FilePage
from configurator.admin.overview import OverviewPage, RowAction
from configurator.admin.preview import PicturePage, PreviewPage
from configurator.models import Draft
from core.idempotency import once_per_form

PAGES: dict[str, tuple[str, type[View], dict[str, Any]]] = {
    "edit": ("", OverviewPage, {}),
    "row": ("row/", RowAction, {}),
    "texts": ("texts/", TextsPage, {}),
    "start": ("start/", StartPage, {}),
    "add_group": ("groups/add/", GroupPage, {"is_new": True}),
    "group": ("groups/<slug:group>/", GroupPage, {}),
    "add_option": ("groups/<slug:group>/options/add/", OptionPage, {"is_new": True}),
    "option": ("groups/<slug:group>/options/<slug:option>/", OptionPage, {}),
    "add_rule": ("rules/add/", RulePage, {"is_new": True}),
    "rule": ("rules/<slug:rule>/", RulePage, {}),
    "add_preset": ("presets/add/", PresetPage, {"is_new": True}),
    "preset": ("presets/<slug:preset>/", PresetPage, {}),
    "report": ("report/", ReportPage, {}),
    "preview": ("preview/", PreviewPage, {}),
    "picture": ("picture/<slug:view>.webp", PicturePage, {}),
    "publish": ("publish/", PublishPage, {}),
    "changes": ("changes/", HistoryPage, {}),
    "file": ("file/", FilePage, {}),
    "export": ("export.json", ExportPage, {}),
    "discard": ("discard/", DiscardPage, {}),
}


class OpenFirst(admin.SimpleListFilter):
    """Shows the drafts that can be edited unless the others are asked for."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("published", _("published")), ("discarded", _("discarded")), ("all", _("all"))]

    def choices(self, changelist: Any) -> Any:
        for value, label in [(None, _("open")), *self.lookup_choices]:
            yield {
                "selected": self.value() == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": label,
            }

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "all":
                return queryset
            case "published":
                return queryset.exclude(published_as=None)
            case "discarded":
                return queryset.exclude(discarded_at=None)
            case _other:
                return queryset.filter(published_as=None, discarded_at=None)


@admin.register(Draft)
class DraftAdmin(admin.ModelAdmin):
    """Drafts are written by services only: the admin's own forms of columns are never shown."""

    list_display = ("__str__", "based_on", "updated_by", "updated_at", "published_as")
    list_filter = (OpenFirst, "slug")
    list_select_related = ("based_on__product", "published_as__product", "updated_by")
    ordering = ("-updated_at",)
    actions = None

    class Media:
        css = {"all": ["css/workshop.css"]}

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                f"<int:draft_id>/{route}",
                self.admin_site.admin_view(page.as_view(draft_admin=self, **arguments)),
                name=f"configurator_draft_{name}",
            )
            for name, (route, page, arguments) in PAGES.items()
        ]
        begin = self.admin_site.admin_view(once_per_form(BeginPage.as_view(draft_admin=self)))
        names = {pattern.name: pattern for pattern in super().get_urls()}
        return [
            path("add/", begin, name="configurator_draft_add"),
            *own,
            names["configurator_draft_changelist"],
            names["configurator_draft_change"],
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list's links lead to the editor."""
        if not object_id.isdecimal():
            raise Http404
        return redirect("admin:configurator_draft_edit", draft_id=int(object_id))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def may_edit(self, request: HttpRequest, draft: Draft) -> bool:
        return self.has_change_permission(request, draft)
