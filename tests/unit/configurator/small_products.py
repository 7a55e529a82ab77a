"""A product small enough to read: two groups, one rule, three operations, one fault, one material."""

import copy
from typing import Any

from configurator.definition import ProductDefinition, read_definition


def text(words: str) -> dict[str, str]:
    return {"ko": f"{words} (ko)", "en": words}


def option(option_id: str, colours: dict[str, str], price: int = 0) -> dict[str, Any]:
    name = option_id.capitalize()
    return {
        "id": option_id,
        "name": text(name),
        "story": text(f"{name} story"),
        "swatch": "#808080",
        "colours": colours,
        "price": price,
    }


def operation(operation_id: str, **columns: Any) -> dict[str, Any]:
    return {
        "id": operation_id,
        "station": f"{operation_id}-bench",
        "name": text(operation_id),
        "instruction": text(f"Do {operation_id}"),
        "minutes": 10.0,
        "variation": 0.2,
        **columns,
    }


def fault(fault_id: str, rework_from: str, **columns: Any) -> dict[str, Any]:
    return {"id": fault_id, "rate": 0.1, "rework_from": rework_from, "sentence": text(fault_id), **columns}


def material(material_id: str, **columns: Any) -> dict[str, Any]:
    return {"id": material_id, "name": text(material_id), "quantity": 1.0, "unit": "g", **columns}


SMALL: dict[str, Any] = {
    "schema_version": 1,
    "slug": "cup",
    "name": text("Cup"),
    "tagline": text("Small"),
    "story": text("A cup"),
    "views": [{"id": "front", "name": text("Front"), "folder": "views/front"}],
    "base_colours": {"foot": "#808080"},
    "groups": [
        {
            "id": "glaze",
            "name": text("Glaze"),
            "hint": text("Fired"),
            "options": [option("white", {"body": "#FFFFFF"}), option("blue", {"body": "#0000FF"}, 3_000)],
        },
        {
            "id": "lid",
            "name": text("Lid"),
            "hint": text("Turned"),
            "options": [
                option("oak", {"lid": "#806040", "foil": "#C0C0C0"}),
                option("ash", {"lid": "#C0B090", "foil": "#D4AF37"}),
            ],
        },
    ],
    "engraving": {
        "id": "name",
        "name": text("Name"),
        "hint": text("Pressed"),
        "panel": "sleeve",
        "width_mm": 46.0,
        "height_mm": 26.0,
        "margin_mm": 2.0,
        "letter_mm": 12.0,
        "smallest_letter_mm": 4.5,
        "longest": 24,
        "font": "serif-ko",
        "colour_part": "foil",
        "price": 5_000,
    },
    "rules": [
        {
            "id": "blue-shrinks",
            "sentence": text("Blue shrinks: no ash lid."),
            "when": {"glaze": ["blue"]},
            "excludes": {"lid": ["ash"]},
        }
    ],
    "preset": {"glaze": "white", "lid": "oak"},
    "plant": "mangwon",
    "operations": [
        operation("form"),
        operation("press", when={"engraved": True}),
        operation("inspect", faults=[fault("pinhole", "form")]),
    ],
    "materials": [material("clay")],
}


def small_data() -> dict[str, Any]:
    """The data of the small product, to be changed freely."""
    return copy.deepcopy(SMALL)


def small_definition() -> ProductDefinition:
    return read_definition(small_data())
