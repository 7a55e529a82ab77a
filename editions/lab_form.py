"""What staff type into the pricing lab, and the question that it makes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.money import Money
from editions.lab.question import MOST_PIECES, Question, UnableToAsk
from editions.pricing import MOST_STEPS

CURRENCIES = ("KRW", "USD", "EUR")
CURVE_NAMES = [
    ("exponential", _("Exponential: many would pay little, a few very much")),
    ("logit", _("Logit: most would pay about the same")),
    ("linear", _("Linear: every amount is as likely up to the double")),
]


class Slider(forms.NumberInput):
    input_type = "range"


class LabForm(forms.Form):
    """The demand prior, the stock and the horizon; and two sliders for a demand that turns out otherwise."""

    curve = forms.ChoiceField(label=_("How willingness to pay is spread"), choices=CURVE_NAMES)
    currency = forms.ChoiceField(label=_("Currency"), choices=[(code, code) for code in CURRENCIES])
    worth = forms.DecimalField(
        label=_("What a piece is worth to visitors on average"), min_value=0, max_digits=12, decimal_places=2
    )
    spread = forms.FloatField(
        label=_("Spread for logit, in percent of that"), min_value=5.0, max_value=100.0, initial=25.0
    )
    visitors_a_day = forms.FloatField(label=_("Visitors a day"), min_value=0.0)
    days = forms.FloatField(label=_("Days of sale"), min_value=0.0)
    stock = forms.IntegerField(label=_("Pieces"), min_value=1, max_value=MOST_PIECES)
    steps = forms.IntegerField(label=_("Steps of the card at most"), min_value=1, max_value=MOST_STEPS, initial=4)
    unit = forms.DecimalField(
        label=_("Amounts are multiples of"), min_value=Decimal("0.01"), max_digits=10, decimal_places=2
    )
    visitors_percent = forms.IntegerField(
        label=_("What if another number of visitors comes?"),
        min_value=25,
        max_value=300,
        initial=100,
        widget=Slider(attrs={"step": 5}),
    )
    worth_percent = forms.IntegerField(
        label=_("What if a piece is worth more or less to them?"),
        min_value=50,
        max_value=200,
        initial=100,
        widget=Slider(attrs={"step": 5}),
    )
    question: Question

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if self.errors:
            return data
        try:
            self.question = Question(
                curve=data["curve"],
                worth=Money(data["worth"], data["currency"]).minor,
                visitors_a_day=data["visitors_a_day"],
                days=data["days"],
                stock=data["stock"],
                steps=data["steps"],
                unit=Money(data["unit"], data["currency"]).minor,
                spread=data["spread"],
            )
        except UnableToAsk as refusal:
            self.add_error(refusal.field, _("This number makes no sense here, or the answer would take minutes."))
        return data


EXAMPLE = {
    "curve": "exponential",
    "currency": "KRW",
    "worth": "30000",
    "spread": "25",
    "visitors_a_day": "20",
    "days": "14",
    "stock": "50",
    "steps": "4",
    "unit": "1000",
    "visitors_percent": "100",
    "worth_percent": "100",
}
