"""The publish gate: what a definition must satisfy beyond its schema. Pure but for reading the product's files."""

from collections.abc import Collection
from pathlib import Path

from configurator.catalogue_check.content import content_findings
from configurator.catalogue_check.finding import SENTENCES, Finding
from configurator.catalogue_check.model import model_findings
from configurator.catalogue_check.pictures import picture_findings
from configurator.catalogue_check.rules import rule_findings
from configurator.catalogue_check.texts import text_findings
from configurator.definition import ProductDefinition

__all__ = ["SENTENCES", "Finding", "findings", "problems"]


def findings(definition: ProductDefinition, folder: Path, stations: Collection[str]) -> list[Finding]:
    """Everything that keeps a product from being published, and what is worth a second look.

    `folder` is the product's, `stations` are those of its plant, none when there is no such plant.
    """
    return [
        *rule_findings(definition),
        *picture_findings(definition, folder),
        *model_findings(definition, folder),
        *content_findings(definition, stations),
        *text_findings(definition),
    ]


def problems(definition: ProductDefinition, folder: Path, stations: Collection[str]) -> list[str]:
    """The sentences of what keeps a product from being published; empty when it may be."""
    return [found.sentence for found in findings(definition, folder, stations) if found.is_error]
