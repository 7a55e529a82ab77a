"""The publish gate with what it reads: plants, files, and the versions that are published already."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from configurator import catalogue_check
from configurator.catalogue_check.finding import Finding, error
from configurator.catalogue_check.succession import succession_findings
from configurator.content_hash import plates_digest, plates_of
from configurator.definition import ProductDefinition
from configurator.drafting import as_data, review_draft
from configurator.models import Draft, Product, ProductVersion
from configurator.selectors import definition_of, newest_version, product_folder
from factory_sim.selectors import station_ids


@dataclass(frozen=True)
class Report:
    """What the gate says of a draft. `definition` is None while the draft is not even one."""

    definition: ProductDefinition | None
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(found for found in self.findings if found.is_error)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        return tuple(found for found in self.findings if not found.is_error)


def check_draft(draft: Draft) -> Report:
    """Everything that keeps a draft from being published as it stands."""
    review = review_draft(draft.content)
    if review.definition is None:
        return Report(None, review.findings)
    folder = product_folder(draft.slug)
    newest = newest_version(draft.slug)
    found = [*check_definition(review.definition, folder), *check_history(review.definition, folder, newest)]
    return Report(review.definition, tuple(found))


def check_definition(definition: ProductDefinition, folder: Path) -> list[Finding]:
    """What is to be said of a definition by itself."""
    return catalogue_check.findings(definition, folder, station_ids(plant_slug=definition.plant))


def check_history(definition: ProductDefinition, folder: Path, newest: ProductVersion | None) -> Iterator[Finding]:
    """What the versions that are published already forbid."""
    if newest:
        yield from succession_findings(definition, definition_of(newest), newest.key)
        yield from changed_plates(newest.product, folder)


def check_novelty(definition: ProductDefinition, folder: Path, newest: ProductVersion | None) -> Iterator[Finding]:
    """That a new version would say nothing new."""
    if newest and is_content_of(newest, definition, folder):
        yield error("nothing_changed", "", version=newest.key)


def changed_plates(product: Product, folder: Path) -> Iterator[Finding]:
    """Orders of a published version are drawn from its folders for ever: those that are not what they were."""
    recorded: dict[str, tuple[str, str]] = {}
    for version in product.versions.order_by("number"):
        for name, digest in version.plates.items():
            recorded.setdefault(name, (digest, f"{product.slug}/{version.number}"))
    for name, (digest, key) in recorded.items():
        if plates_digest(folder / name) != digest:
            yield error("plates_changed", "views", folder=name, version=key)


def is_content_of(version: ProductVersion, definition: ProductDefinition, folder: Path) -> bool:
    """Whether a version has this content.

    The definitions are compared, not their hashes: the hash of a version may be one that an earlier release of
    this program computed. Versions from before plates were recorded have none.
    """
    same = as_data(definition_of(version)) == as_data(definition)
    return same and version.plates in ({}, plates_of(folder, definition))
