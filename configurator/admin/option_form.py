"""The form of an option: what it is called, what it paints and finishes, what it adds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from configurator.admin.forms import PartForm, Row

SOUNDS = [
    ("", "—"),
    ("ceramic", gettext_lazy("ceramic")),
    ("wood", gettext_lazy("wood")),
    ("leather", gettext_lazy("leather")),
    ("metal", gettext_lazy("metal")),
    ("thread", gettext_lazy("thread")),
    ("rubber", gettext_lazy("rubber")),
    ("stone", gettext_lazy("stone")),
]
GREY = "#808080"


class ColourField(forms.CharField):
    """A colour as `#RRGGBB`, picked with the browser's own picker."""

    widget = forms.ColorInput
    default_validators = [RegexValidator(r"^#[0-9A-F]{6}$", gettext_lazy("Please choose a colour."))]

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).upper()


class OptionForm(PartForm):
    """An option: texts, colours, finishes, price. `finishes` are those that each part of the picture can have."""

    texts = {"name": 1, "story": 2, "touch": 2}
    plain: ClassVar[tuple[str, ...]] = ("swatch", "price", "sound", "retired")

    def __init__(self, *args: Any, parts: list[str], finishes: Mapping[str, Sequence[str]], **kwargs: Any) -> None:
        self.parts, self.finishes = parts, finishes
        super().__init__(*args, **kwargs)

    def add_fields(self) -> None:
        self.fields["swatch"] = ColourField(label=_("Swatch"), initial=GREY)
        colours = self.row.get("colours", {})
        for name in self.parts:
            self.fields[f"colour_{name}"] = ColourField(
                label=_("Colour of the part “%(part)s”") % {"part": name},
                initial=colours.get(name, self.row.get("swatch", GREY)),
            )
        for name in self.finishes:
            self.fields[f"finish_{name}"] = forms.ChoiceField(
                label=_("Finish of the part “%(part)s”") % {"part": name},
                required=False,
                choices=[("", _("not decided here")), *((finish, finish) for finish in self.finishes[name])],
                initial=self.row.get("finishes", {}).get(name, ""),
            )
        self.fields["price"] = forms.IntegerField(
            label=_("Price added"),
            min_value=0,
            max_value=10**9,
            initial=0,
            help_text=_("In the currency's smallest unit: ₩3,000 is 3000, $30.00 is 3000."),
        )
        self.fields["sound"] = forms.ChoiceField(
            label=_("Sound when it is tapped"), choices=SOUNDS, required=False, initial=""
        )
        self.fields["retired"] = forms.BooleanField(
            label=_("Retired: it stays in old designs, but cannot be chosen any more"), required=False, initial=False
        )

    def rows(self) -> Iterator[Row]:
        yield from super().rows()
        yield Row((self["swatch"], *(self[f"colour_{name}"] for name in self.parts)))
        if self.finishes:
            yield Row(tuple(self[f"finish_{name}"] for name in self.finishes))
        yield Row((self["price"], self["sound"]))
        yield Row((self["retired"],))

    def changes(self) -> dict[str, Any]:
        colours = {name: self.cleaned_data[f"colour_{name}"] for name in self.parts}
        finishes = {name: self.cleaned_data[f"finish_{name}"] for name in self.finishes}
        chosen = {name: finish for name, finish in finishes.items() if finish}
        return super().changes() | {self.at("colours"): colours, self.at("finishes"): chosen or None}
