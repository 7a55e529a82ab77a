"""Definitions while they are being written: plain data that may be incomplete, but has the schema's shape. Pure."""

from configurator.drafting.canonical import LARGEST, Unreadable, as_data, read_json, write_json
from configurator.drafting.content import UnknownPlace, part, with_changes
from configurator.drafting.dependants import dependants
from configurator.drafting.difference import Difference, differences
from configurator.drafting.review import DraftReview, review_draft, shape_findings

__all__ = [
    "LARGEST",
    "Difference",
    "DraftReview",
    "UnknownPlace",
    "Unreadable",
    "as_data",
    "dependants",
    "differences",
    "part",
    "read_json",
    "review_draft",
    "shape_findings",
    "with_changes",
    "write_json",
]
