"""Whether the piece can be made: its plant, its fonts."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from configurator.catalogue_check.finding import Finding, error
from configurator.definition import Place, ProductDefinition
from configurator.pictures.engraving import uncuttable

SAMPLE = "가힣AZaz09"


def content_findings(definition: ProductDefinition, stations: Collection[str]) -> Iterator[Finding]:
    yield from _font_findings(definition)
    if not stations:
        yield error("no_plant", "plant", plant=definition.plant)
        return
    for operation in definition.operations:
        if operation.station not in stations:
            place = Place(f"operations.{operation.id}")
            where = {"station": operation.station, "plant": definition.plant}
            yield error("no_station", place, operation=place, **where)


def _font_findings(definition: ProductDefinition) -> Iterator[Finding]:
    row = definition.engraving
    samples = {"font_lacks_letters": SAMPLE, "font_lacks_symbols": row.symbols or ""}
    for font in row.offered_fonts:
        for code, sample in samples.items():
            missing = uncuttable(sample, font)
            if missing:
                yield error(code, "engraving", font=font, characters=" ".join(missing))
