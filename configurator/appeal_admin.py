"""Texts that customers ask for: staff read them here and allow or decline them through the services."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from configurator.appeals import PERMISSION, allow_text, decline_text
from configurator.models import AppealStatus, ScreeningAppeal, ScreeningAppealEvent
from core.clock import now
from core.problems import Problem
from core.readonly import ReadOnlyAdmin, ReadOnlyInline

DECISIONS: dict[str, Callable[..., bool]] = {"allow": allow_text, "decline": decline_text}
LONGEST_REASON = 1000


class AppealDecisionForm(forms.Form):
    """A decision about a text; the reason is required for declining."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class WaitingTextsFirst(admin.SimpleListFilter):
    """Shows the texts that wait unless something else is asked for."""

    title = gettext_lazy("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("all", _("all")), *AppealStatus.choices]

    def choices(self, changelist: Any) -> Any:
        for value, label in self.lookup_choices:
            yield {
                "selected": (self.value() or AppealStatus.OPEN) == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": label,
            }

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        value = self.value() or AppealStatus.OPEN
        return queryset if value == "all" else queryset.filter(status=value)


class AppealEventInline(ReadOnlyInline):
    model = ScreeningAppealEvent
    fields = ("at", "from_status", "to_status", "actor", "reason")
    readonly_fields = fields
    ordering = ("pk",)


@admin.register(ScreeningAppeal)
class ScreeningAppealAdmin(ReadOnlyAdmin):
    list_display = ("text", "fragment", "policy", "product", "status", "asked_at", "decided_by")
    list_filter = (WaitingTextsFirst, "policy", "product")
    search_fields = ("text", "email")
    ordering = ("asked_at",)
    actions = ("allow_texts",)
    inlines = (AppealEventInline,)
    change_form_template = "admin/configurator/screeningappeal/change_form.html"

    class Media:
        css = {"all": ["css/workshop.css"]}

    def get_urls(self) -> list[URLPattern]:
        decide = self.admin_site.admin_view(self.decide)
        return [path("<int:appeal_id>/decide/", decide, name="configurator_appeal_decide"), *super().get_urls()]

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(PERMISSION)

    @admin.action(description=gettext_lazy("Allow the chosen texts"), permissions=["decide"])
    def allow_texts(self, request: HttpRequest, queryset: Any) -> None:
        changed = [each for each in queryset if allow_text(appeal_id=each.pk, actor=request.user, now=now())]  # type: ignore[arg-type]
        for appeal in changed:
            self.log_change(request, appeal, _("Allowed."))
        text = ngettext("%(count)d text is allowed.", "%(count)d texts are allowed.", len(changed))
        self.message_user(request, text % {"count": len(changed)}, messages.SUCCESS)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"decision": AppealDecisionForm(), "may_decide": self.has_decide_permission(request)}
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def decide(self, request: HttpRequest, appeal_id: int) -> HttpResponse:
        """Allow or decline a text, then the list; without a needed reason the text's page again."""
        appeal = ScreeningAppeal.objects.filter(pk=appeal_id).first()
        chosen = [service for name, service in DECISIONS.items() if name in request.POST]
        if appeal is None or len(chosen) != 1 or not self.has_view_permission(request, appeal):
            raise Http404
        reason = request.POST.get("reason", "")[:LONGEST_REASON]
        try:
            changed = chosen[0](appeal_id=appeal_id, actor=request.user, now=now(), reason=reason)
        except Problem as problem:
            messages.error(request, problem.detail)
            return redirect("admin:configurator_screeningappeal_change", appeal_id)
        self._say_what_was_done(request, appeal, changed=changed)
        return redirect("admin:configurator_screeningappeal_changelist")

    def _say_what_was_done(self, request: HttpRequest, appeal: ScreeningAppeal, *, changed: bool) -> None:
        appeal.refresh_from_db()
        text = _("The text %(text)s: %(status)s.") % {"text": appeal, "status": appeal.get_status_display()}
        if changed:
            self.log_change(request, appeal, text)
            messages.success(request, text)
        else:
            messages.info(request, _("Nothing was done twice.") + " " + text)
