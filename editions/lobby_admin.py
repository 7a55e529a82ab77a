"""Lobbies for staff: published once, with a commitment, and then only called off."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.clock import now
from core.problems import Problem
from core.readonly import ReadOnlyAdmin
from editions.lobby_models import FASTEST
from editions.lobby_selectors import size_of, upcoming_editions
from editions.lobby_service import NewLobby, UnsuitableLobby, call_off_lobby, check_terms, open_lobby
from editions.models import Lobby

TERMS = ("edition", "opens_at", "closes_at", "pace")
SHOWN = (*TERMS, "published_at", "seed_hash", "people", "sealed_at", "list_hash", "drawn_at", "seed", "called_off_at")


class LobbyForm(forms.ModelForm):
    """What is published with the commitment."""

    asked_at: datetime

    class Meta:
        model = Lobby
        fields = TERMS
        help_texts = {
            "closes_at": _("When the edition opens, or before: the draw takes half a minute."),
            "pace": _("Nothing of this can be changed once it is published."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked_at = now()
        if "edition" in self.fields:
            self.fields["edition"].queryset = upcoming_editions(self.asked_at)  # type: ignore[attr-defined]
            self.fields["pace"].initial = 30
            self.fields["pace"].widget.attrs["max"] = FASTEST

    @property
    def new(self) -> NewLobby:
        return NewLobby(**self.cleaned_data)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                check_terms(self.new, self.asked_at)
            except UnsuitableLobby as refusal:
                self.add_error(refusal.extra["field"], refusal.detail)
        return data


@admin.register(Lobby)
class LobbyAdmin(ReadOnlyAdmin):
    """Staff who may add lobbies publish them, who may change them call them off; nobody edits one."""

    form = LobbyForm
    list_display = ("edition", "opens_at", "closes_at", "pace", "people", "sealed_at", "drawn_at", "called_off_at")
    list_select_related = ("edition",)
    ordering = ("-opens_at",)
    actions = ("call_off",)

    @admin.display(description=_("entries"))
    def people(self, lobby: Lobby) -> int:
        return size_of(lobby)

    def get_fields(self, request: HttpRequest, obj: Lobby | None = None) -> tuple[str, ...]:
        return SHOWN if obj else TERMS

    def get_readonly_fields(self, request: HttpRequest, obj: Lobby | None = None) -> tuple[str, ...]:
        return SHOWN if obj else ()

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("editions.add_lobby")

    def has_call_off_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("editions.change_lobby")

    def save_model(self, request: HttpRequest, obj: Lobby, form: Any, change: bool) -> None:
        if change:
            raise PermissionDenied
        obj.pk = open_lobby(new=form.new, now=form.asked_at).pk

    @admin.action(description=_("Call off, before the draw: the edition opens for everybody"), permissions=["call_off"])
    def call_off(self, request: HttpRequest, queryset: QuerySet[Lobby]) -> None:
        for lobby_id in queryset.values_list("pk", flat=True):
            try:
                call_off_lobby(lobby_id=lobby_id, now=now())
            except Problem as problem:
                messages.error(request, problem.detail)
            else:
                messages.success(request, _("The lobby is called off, and its page says so."))
