"""What staff may set on the floor page."""

from django import forms
from django.utils.translation import gettext_lazy as _

FASTEST = 100_000.0
SLOWEST = 0.01
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
