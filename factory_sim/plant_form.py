"""The form in which staff change a plant: its whole definition as JSON, checked as a file is."""

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError as Refused

from factory_sim.models import Plant
from factory_sim.plant import PlantDefinition, read_plant
from factory_sim.plant_change import PlantInUse, check_plant

SENTENCES = {
    "missing": gettext_noop("%(where)s is missing"),
    "string_too_short": gettext_noop("%(where)s is empty"),
    "string_too_long": gettext_noop("%(where)s is longer than %(max_length)s characters"),
    "too_short": gettext_noop("%(where)s needs at least %(min_length)s"),
    "greater_than": gettext_noop("%(where)s must be more than %(gt)s"),
    "greater_than_equal": gettext_noop("%(where)s must be at least %(ge)s"),
    "less_than_equal": gettext_noop("%(where)s must be at most %(le)s"),
    "extra_forbidden": gettext_noop("%(where)s is not known here"),
    "string_pattern_mismatch": gettext_noop("%(where)s is not written as it must be: %(given)s"),
}
"""By pydantic's type of error; anything else is INVALID, with pydantic's own words."""
INVALID = gettext_noop("%(where)s is not valid: %(message)s")
SHOWN = 40


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
        raise ValidationError([_sentence(each) for each in refused.errors()]) from None


def _sentence(refusal: Mapping[str, Any]) -> str:
    """What the schema says against a place of the definition, in the reader's language as far as it is known."""
    context = refusal.get("ctx", {})
    where = ".".join(map(str, refusal["loc"])) or "–"
    if refusal["type"] == "value_error":
        return f"{where}: {gettext(str(context['error']))}"
    values = {**context, "where": where, "given": str(refusal["input"])[:SHOWN], "message": refusal["msg"]}
    return gettext(SENTENCES.get(refusal["type"], INVALID)) % values
