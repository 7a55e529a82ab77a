"""Production orders in the words of B2MML (ISA-95), as JSON. Pure. docs/plant-interface.md says what each member is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from factory_sim.contracts import Kind, MaterialSpec, OperationSpec, Particular, WorkSpec

STATES = {
    "Started": Kind.STARTED,
    "Finished": Kind.FINISHED,
    "Passed": Kind.PASSED,
    "Failed": Kind.FAILED,
    "Scrapped": Kind.SCRAPPED,
    "Paused": Kind.PAUSED,
    "Resumed": Kind.RESUMED,
}
"""What a job response may say."""


def job_order(
    spec: WorkSpec, *, ref: str, state: str, version: int, priority: int | None, due_at: datetime | None, site: str
) -> dict[str, Any]:
    """A production order as it stands. `site` is the shop's address, to which that of the picture is relative.

    The lowest `priority` is to be served first.
    """
    return {
        "JobOrder": {
            "ID": ref,
            "Version": version,
            "JobState": state,
            "Priority": priority,
            "Description": dict(spec.title),
            "EndTime": due_at.isoformat() if due_at else None,
            "Picture": f"{site}{spec.picture}" if spec.picture else None,
            "JobOrderParameters": [_parameter(each) for each in spec.particulars],
            "SegmentRequirements": [_segment(spec, place) for place in range(len(spec.operations))],
        }
    }


def _parameter(particular: Particular) -> dict[str, Any]:
    return {
        "ID": particular.id,
        "Description": dict(particular.name),
        "Value": {"ValueString": dict(particular.value), "DataType": "string"},
    }


def _segment(spec: WorkSpec, place: int) -> dict[str, Any]:
    operation = spec.operations[place]
    before = (spec.operations[place - 1].id,) if place else ()
    return {
        "ID": operation.id,
        "Description": dict(operation.name),
        "Instruction": dict(operation.instruction),
        "EquipmentRequirement": {"EquipmentClassID": operation.station},
        "Duration": f"PT{operation.minutes:g}M",
        "Needs": list(before if operation.needs is None else operation.needs),
        "MaterialRequirements": [_material(each) for each in spec.used_in(operation.id, is_rework=False)],
        "Faults": _faults(operation),
    }


def _material(material: MaterialSpec) -> dict[str, Any]:
    return {
        "MaterialDefinitionID": material.id,
        "Description": dict(material.name),
        "Quantity": {"QuantityString": f"{material.quantity:g}", "UnitOfMeasure": material.unit},
    }


def _faults(operation: OperationSpec) -> list[dict[str, Any]]:
    return [
        {
            "ID": fault.id,
            "Description": dict(fault.sentence),
            "Scraps": fault.scrap,
            "ReworkFrom": None if fault.scrap else fault.rework_from,
        }
        for fault in operation.faults
    ]
