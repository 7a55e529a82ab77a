"""The product definition: what `catalogue/<slug>/product.toml` may say, validated. Pure.

Texts are bilingual; money is in integer minor units of the edition's currency; work is in working minutes;
lengths are in millimetres. Published definitions never change and must stay readable: a field that is added
later has a default.
"""

from configurator.definition.base import Slug, Text
from configurator.definition.choices import Focus, Group, Option, Rule
from configurator.definition.content import FONT_NAMES, ArtworkPanel, Engraving, Numbering
from configurator.definition.making import ComponentRow, Condition, FaultRow, Look, MaterialRow, OperationRow
from configurator.definition.product import Preset, ProductDefinition, View, read_definition
from configurator.definition.refusals import Place, Refused

__all__ = [
    "FONT_NAMES",
    "ArtworkPanel",
    "ComponentRow",
    "Condition",
    "Engraving",
    "FaultRow",
    "Focus",
    "Group",
    "Look",
    "MaterialRow",
    "Numbering",
    "OperationRow",
    "Option",
    "Place",
    "Preset",
    "ProductDefinition",
    "Refused",
    "Rule",
    "Slug",
    "Text",
    "View",
    "read_definition",
]
