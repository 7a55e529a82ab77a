"""The payment provider of demos: django-payments' dummy provider behind a form that says what it is."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _
from payments import PaymentError, PaymentStatus, RedirectNeeded
from payments.dummy import DummyProvider


class DemoPaymentForm(forms.Form):
    """Authorise or decline, by the button that is pressed."""

    decision = forms.ChoiceField(choices=[("authorise", _("Authorise")), ("decline", _("Decline"))])


class DemoProvider(DummyProvider):
    """No money moves: the customer says whether the bank agrees."""

    def get_form(self, payment: Any, data: Any = None) -> DemoPaymentForm:
        """The form, or RedirectNeeded once it is filled in."""
        if payment.status == PaymentStatus.WAITING:
            payment.change_status(PaymentStatus.INPUT)
        form = DemoPaymentForm(data)
        if form.is_valid():
            if form.cleaned_data["decision"] == "authorise":
                payment.change_status(PaymentStatus.PREAUTH)
                raise RedirectNeeded(payment.get_success_url())
            payment.change_status(PaymentStatus.REJECTED)
            raise RedirectNeeded(payment.get_failure_url())
        return form

    def get_token_from_request(self, payment: Any, request: HttpRequest) -> str:
        """Nobody calls back, so nothing that is sent here names a payment."""
        raise PaymentError("The demonstration has no bank that calls back.", code=404)

    def process_data(self, payment: Any, request: HttpRequest) -> HttpResponse:
        """There is no bank that calls back: the dummy's own answer would let an address pay an order."""
        return HttpResponseRedirect(payment.get_success_url())
