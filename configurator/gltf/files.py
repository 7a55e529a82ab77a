"""A product's model as it lies in its folder."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from configurator.gltf.container import MalformedModel
from configurator.gltf.notes import ModelNotes
from configurator.gltf.template import ModelTemplate

MODEL_FILE, NOTES_FILE = "model.glb", "model.json"


def read_model(folder: Path) -> tuple[ModelTemplate, ModelNotes]:
    """The model and what is noted about it; raises MalformedModel, and OSError where a file is not there."""
    try:
        notes = ModelNotes.model_validate_json((folder / NOTES_FILE).read_bytes())
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise MalformedModel(f"{NOTES_FILE}, {where}: {first['msg']}") from error
    return ModelTemplate((folder / MODEL_FILE).read_bytes()), notes
