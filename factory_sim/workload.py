"""Work for a plant as data, read from `catalogue/workloads/*.toml`: what is made, and when its pieces come. Pure."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import Field, model_validator

from factory_sim import contracts
from factory_sim.plant import Bilingual, Frozen, Slug

Minutes = Annotated[float, Field(ge=0, allow_inf_nan=False)]
SENTENCE = Bilingual(ko="검사에서 흠이 보였습니다.", en="The inspection found a fault.")


class FaultRow(Frozen):
    """What an inspection finds in this share of the pieces, which go back to an operation, or are scrapped."""

    id: Slug
    rate: float = Field(gt=0, lt=1)
    rework_from: Slug | None = None
    scrap: bool = False


class OperationRow(Frozen):
    """A step of work; it needs the row before it unless it says what."""

    id: Slug
    station: Slug
    minutes: float = Field(gt=0)
    variation: float = Field(default=0, ge=0, le=2)
    needs: tuple[Slug, ...] | None = None
    family: str = Field(default="", max_length=40)
    faults: tuple[FaultRow, ...] = ()
    most_reworks: int = Field(default=2, ge=0, le=10)


class WorkRow(Frozen):
    """A route, one row after the other or in branches."""

    id: Slug
    operations: tuple[OperationRow, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_what_there_is(self) -> WorkRow:
        seen: set[str] = set()
        for row in self.operations:
            if row.id in seen:
                raise ValueError(f"{self.id} has two operations {row.id}")
            if not set(row.needs or ()) <= seen:
                raise ValueError(f"{row.id} of {self.id} needs what does not come before it")
            seen.add(row.id)
            for fault in row.faults:
                if (fault.rework_from is None) != fault.scrap or fault.rework_from not in {None, *seen}:
                    raise ValueError(f"{fault.id} of {row.id} is either scrapped or goes back to what comes before it")
        return self

    def operation_specs(self) -> tuple[contracts.OperationSpec, ...]:
        return tuple(self._spec(row) for row in self.operations)

    def _spec(self, row: OperationRow) -> contracts.OperationSpec:
        first, sentence = self.operations[0].id, SENTENCE.model_dump()
        return contracts.OperationSpec(
            id=row.id,
            station=row.station,
            minutes=row.minutes,
            variation=row.variation,
            name={"ko": row.id, "en": row.id},
            faults=tuple(
                contracts.Fault(each.id, each.rate, each.rework_from or first, sentence, scrap=each.scrap)
                for each in row.faults
            ),
            most_reworks=row.most_reworks,
            needs=row.needs,
            family=row.family,
        )


class ArrivalRow(Frozen):
    """So many `pieces` of a work, the first `after` working minutes, the others `every` so many; `due` after theirs."""

    work: Slug
    pieces: int = Field(default=1, ge=1, le=100_000)
    after: Minutes = 0
    every: Minutes = 0
    due: Annotated[float, Field(gt=0)] | None = None


class Workload(Frozen):
    """What comes to a plant from a day on."""

    begins: date
    works: tuple[WorkRow, ...] = Field(min_length=1)
    arrivals: tuple[ArrivalRow, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_works(self) -> Workload:
        ids = [work.id for work in self.works]
        if len(ids) != len(set(ids)):
            raise ValueError("two works have the same id")
        unknown = {row.work for row in self.arrivals} - set(ids)
        if unknown:
            raise ValueError(f"there is no work {', '.join(sorted(unknown))}")
        return self

    def stations(self) -> set[str]:
        return {row.station for work in self.works for row in work.operations}


def read_workload(data: dict[str, Any]) -> Workload:
    """Validate a workload; raises pydantic's ValidationError naming the field."""
    return Workload.model_validate(data)
