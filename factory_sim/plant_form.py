"""The form in which staff change a plant: its whole definition as JSON, checked as a file is."""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError as Refused

from factory_sim.models import Plant
from factory_sim.plant import PlantDefinition, read_plant
from factory_sim.services import PlantInUse, check_plant


class Definition(forms.JSONField):
    """JSON that people read: indented, with Korean as it is written."""

    widget = forms.Textarea(attrs={"rows": 40, "cols": 100, "spellcheck": "false"})

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, dict):
            return json.dumps(value, indent=2, ensure_ascii=False)
        return super().prepare_value(value)


class PlantForm(forms.ModelForm):
    definition = Definition(
        label=_("definition"),
        help_text=_("As in docs/plants.md. While pieces are being made, stations and ways to them may only be added."),
    )

    class Meta:
        model = Plant
        fields = ("definition",)

    def clean_definition(self) -> dict[str, Any]:
        """The definition as it will be kept; says where it cannot be meant, and whom a change would hurt."""
        definition = _read(self.cleaned_data["definition"])
        if self.instance.pk and definition.slug != self.instance.slug:
            raise ValidationError(
                _("The short name of a plant never changes: %(slug)s."), params={"slug": self.instance.slug}
            )
        if not self.instance.pk and Plant.objects.filter(slug=definition.slug).exists():
            raise ValidationError(_("There is a plant %(slug)s already."), params={"slug": definition.slug})
        try:
            check_plant(definition=definition)
        except PlantInUse as error:
            raise ValidationError(error.detail) from None
        return definition.model_dump(mode="json")


def _read(data: Any) -> PlantDefinition:
    try:
        return read_plant(data)
    except Refused as refused:
        raise ValidationError(
            [f"{'.'.join(map(str, each['loc'])) or '–'}: {each['msg']}" for each in refused.errors()]
        ) from None
