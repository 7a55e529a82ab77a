"""What a new version may not do to the version before it."""

from __future__ import annotations

from collections.abc import Iterator

from configurator.catalogue_check.finding import Finding, error
from configurator.definition import Place, ProductDefinition


def succession_findings(definition: ProductDefinition, before: ProductDefinition, version: str) -> Iterator[Finding]:
    """What version `version` has and the definition does not: designs name it, so it is retired, never dropped."""
    groups = {group.id: {option.id for option in group.options} for group in definition.groups}
    for group in before.groups:
        if group.id not in groups:
            yield error("group_dropped", group.place, group=group.place, version=version)
            continue
        for option in group.options:
            if option.id not in groups[group.id]:
                place = Place(f"{group.place}.options.{option.id}")
                yield error("option_dropped", place, option=place, version=version)
