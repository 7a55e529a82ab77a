"""Waiting lists and withdrawals for staff: the line without addresses, and pieces that are taken out of an edition."""

import re
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.core.validators import MinValueValidator
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.readonly import ReadOnlyAdmin
from editions.models import Edition, WaitingPlace
from editions.waiting_selectors import position
from editions.withdrawal import withdraw_highest, withdraw_numbers


@admin.register(WaitingPlace)
class WaitingPlaceAdmin(ReadOnlyAdmin):
    """Who stands in line, by ticket: no address, no token and no design."""

    list_display = ("edition", "ticket", "position", "joined_at", "offered_at", "offer_ends_at", "over_at", "ending")
    list_filter = ("edition", "ending")
    list_select_related = ("edition",)
    ordering = ("edition", "ticket")
    fields = ("edition", "ticket", "position", "joined_at", "offered_at", "offer_ends_at", "over_at", "ending")

    @admin.display(description=_("place in line"))
    def position(self, place: WaitingPlace) -> int | None:
        return position(place) or None

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).filter(ticket__isnull=False)


class WithdrawForm(forms.Form):
    """How many pieces, or which ones. Nothing of it can be undone."""

    count = forms.IntegerField(
        label=_("How many pieces"),
        required=False,
        validators=[MinValueValidator(1)],
        help_text=_("The highest numbers that nobody holds or has."),
    )
    numbers = forms.CharField(
        label=_("Or which numbers"), required=False, max_length=2_000, help_text=_("Separated by commas: 7, 12, 13")
    )

    def clean_numbers(self) -> list[int]:
        words = [word for word in re.split(r"[,\s]+", self.cleaned_data["numbers"]) if word]
        if not all(re.fullmatch(r"[0-9]{1,9}", word) for word in words):
            raise forms.ValidationError(_("Numbers of pieces, separated by commas."))
        return [int(word) for word in words]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not self.errors and (data["count"] is None) == (not data["numbers"]):
            raise forms.ValidationError(_("Say how many pieces, or which ones."))
        return data

    def withdraw(self, *, edition: Edition, actor: User, now: datetime) -> list[int]:
        """Do what the form says; returns the numbers. Raises what the services raise."""
        if self.cleaned_data["numbers"]:
            numbers = self.cleaned_data["numbers"]
            return withdraw_numbers(edition_id=edition.pk, numbers=numbers, actor=actor, now=now)
        return withdraw_highest(edition_id=edition.pk, count=self.cleaned_data["count"], actor=actor, now=now)
