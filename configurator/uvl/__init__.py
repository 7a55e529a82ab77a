"""UVL, the Universal Variability Language: products to feature models, and back, in its Boolean core. Pure."""

from configurator.uvl.errors import Finding, UvlError
from configurator.uvl.importer import ImportedProduct, draft_from_uvl, import_uvl
from configurator.uvl.reader import read_model
from configurator.uvl.writer import definition_as_uvl

__all__ = [
    "Finding",
    "ImportedProduct",
    "UvlError",
    "definition_as_uvl",
    "draft_from_uvl",
    "import_uvl",
    "read_model",
]
