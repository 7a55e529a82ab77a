"""What staff may set on the floor page."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.words import text_in
from factory_sim.floor import PlantNow
from factory_sim.whatif import Change

FASTEST = 100_000.0
SLOWEST = 0.01
LONGEST_REPAIR = timedelta(weeks=4)
JUMPS = [("60", _("one hour")), ("240", _("four hours")), ("960", _("sixteen hours")), ("4800", _("eighty hours"))]


class RunForm(forms.Form):
    """How fast a clock runs."""

    prefix = "run"
    speed = forms.FloatField(
        label=_("Speed"),
        help_text=_("1 is real time; at 720 a day passes in two minutes."),
        min_value=SLOWEST,
        max_value=FASTEST,
        widget=forms.NumberInput(attrs={"step": "any"}),
    )


class JumpForm(forms.Form):
    """How far a clock is put forward, in working time."""

    prefix = "jump"
    minutes = forms.TypedChoiceField(label=_("Put forward by working time"), choices=JUMPS, coerce=float)


class CommandForm(forms.Form):
    """Why a job is given a command."""

    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=500,
        help_text=_("If you abort a piece, whoever ordered it reads this."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class WhatIfForm(forms.Form):
    """What is to be different on a plant's floor; `plant` says what there is."""

    more_at = forms.ChoiceField(label=_("One more machine at"), required=False)
    first = forms.CharField(
        label=_("This piece first"),
        required=False,
        max_length=80,
        help_text=_("The number of a piece that is being made. It goes first in every queue."),
    )
    down = forms.ChoiceField(label=_("This machine is down"), required=False)
    until = forms.DateTimeField(
        label=_("Until (factory time)"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, data: Any, *, plant: PlantNow, language: str) -> None:
        super().__init__(data)
        self.plant = plant
        stations = [(each, text_in(each.name.model_dump(), language)) for each in plant.definition.stations]
        self.fields["more_at"].choices = [("", "–"), *((each.id, name) for each, name in stations)]  # type: ignore[attr-defined]
        self.fields["down"].choices = [  # type: ignore[attr-defined]
            ("", "–"),
            *((f"{each.id} {no}", f"{name} {no + 1}") for each, name in stations for no in range(each.machines)),
        ]

    def clean_first(self) -> str:
        first: str = self.cleaned_data["first"].strip()
        if first and all(order.external_ref != first for order in self.plant.orders):
            raise forms.ValidationError(_("No piece with this number is being made."))
        return first

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or {}
        if not self.errors and not any(asked[name] for name in ("more_at", "first", "down")):
            raise forms.ValidationError(_("Say what is to be different."))
        if asked.get("down") and "until" not in self.errors:
            self._check_until(asked["until"])
        return asked

    def _check_until(self, until: datetime | None) -> None:
        shown = self.plant.calendar.to_clock(self.plant.minute)
        if until is None or until <= shown:
            self.add_error("until", _("Say until when; it must be later than the plant's clock."))
        elif until > shown + LONGEST_REPAIR:
            self.add_error("until", _("At most four weeks ahead."))

    @property
    def change(self) -> Change:
        """The question, of a form that is valid."""
        asked = self.cleaned_data
        station, _sep, number = asked["down"].partition(" ")
        until = self.plant.calendar.to_working(asked["until"]) if station else 0.0
        return Change(asked["more_at"], asked["first"], station, int(number or 0), until)
