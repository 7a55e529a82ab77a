"""Where plants outside are sent their job orders, for staff who may say so, and what has not arrived there."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.models import OutboxMessage
from factory_sim.contracts import JOB_ORDER_TOPIC
from factory_sim.models import PlantConnection
from factory_sim.outgoing import announce_all, secrets_of
from factory_sim.plant_address import UnsafeAddress, check_form


class ConnectionForm(forms.ModelForm):
    class Meta:
        model = PlantConnection
        fields = ("plant", "address")

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"].strip()
        try:
            check_form(address)
        except UnsafeAddress as unsafe:
            raise ValidationError(unsafe.detail) from None
        return address


@admin.register(PlantConnection)
class PlantConnectionAdmin(admin.ModelAdmin):
    form = ConnectionForm
    list_display = ("plant", "address", "has_secret", "waiting", "parked")
    list_select_related = ("plant",)

    def save_model(self, request: HttpRequest, obj: PlantConnection, form: forms.ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if form.changed_data:
            announce_all(obj.plant)

    @admin.display(description=_("has a secret"), boolean=True)
    def has_secret(self, connection: PlantConnection) -> bool:
        return bool(secrets_of(connection.plant.slug))

    @admin.display(description=_("messages on their way"))
    def waiting(self, connection: PlantConnection) -> int:
        return _messages(connection).filter(processed_at=None, parked_at=None).count()

    @admin.display(description=_("messages given up"))
    def parked(self, connection: PlantConnection) -> int:
        return _messages(connection).exclude(parked_at=None).count()


def _messages(connection: PlantConnection) -> models.QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(topic=JOB_ORDER_TOPIC, payload__plant=connection.plant.slug)
