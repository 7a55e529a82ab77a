"""What a customer fills in at the checkout, and what a reviewer does."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST_NOTE = 500
LONGEST_EMAIL = 254


class PersonalForm(forms.Form):
    """Consent for a personal piece. Nothing is preselected."""

    made_for_me = forms.BooleanField(
        label=_(
            "I agree: this piece carries my own text or picture. Once its making has begun, it cannot be returned"
            " unless it is faulty."
        ),
        error_messages={"required": _("Please confirm this; the piece is made for you alone.")},
    )


class CheckoutForm(PersonalForm):
    """Address, note and, for a personal piece, consent."""

    field_order = ("email", "note", "made_for_me")

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=LONGEST_EMAIL,
        help_text=_("For the order's page and for questions about your design. Nothing else."),
        error_messages={"required": _("Please enter the address to which we may write about this piece.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    note = forms.CharField(
        label=_("A note to the maker"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, personal: bool, account_email: str = "", **kwargs: Any) -> None:
        """`personal`: whether the piece is made for one person, who has to agree that it cannot be returned."""
        super().__init__(*args, **kwargs)
        if account_email:
            self.fields["email"].initial = account_email
        if not personal:
            del self.fields["made_for_me"]


class WaitingForm(forms.Form):
    """Where the letters to somebody in a waiting list go."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=LONGEST_EMAIL,
        help_text=_("For your place in line alone. It is forgotten thirty days after your place is over."),
        error_messages={"required": _("Please enter the address to which we may write when a piece comes back.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class AskForm(forms.Form):
    """Where the answer goes when the maker is asked for a text; it may be left out."""

    answer_to = forms.EmailField(
        label=_("E-mail address for the answer"),
        required=False,
        max_length=LONGEST_EMAIL,
        help_text=_("You may leave it out and look again later."),
        # A form of its own: the studio's is also sent as an address, and an e-mail address must not stand in one.
        widget=forms.EmailInput(attrs={"autocomplete": "email", "form": "ask"}),
    )


class DecisionForm(forms.Form):
    """A reviewer's decision; the reason is required for declining."""

    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
