"""Texts of libraries whose own Korean is missing or clumsy: named here, our catalogue translates them before theirs."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

LIBRARY_TEXTS = (
    # Titles of the admin's lists.
    _("Select %s to change"),
    _("Select %s to view"),
    # django-payments, as reviewers see them.
    pgettext_lazy("payment status", "Waiting for confirmation"),
    pgettext_lazy("payment status", "Pre-authorized"),
    pgettext_lazy("payment status", "Confirmed"),
    pgettext_lazy("payment status", "Rejected"),
    pgettext_lazy("payment status", "Refunded"),
    pgettext_lazy("payment status", "Error"),
    pgettext_lazy("payment status", "Input"),
    pgettext_lazy("payment status", "Cancelled"),
)
