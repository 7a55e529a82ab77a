"""What stands in a product's `model.json`: what its finishes are made of, and where one looks from first."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

EXPOSURE = 0.9
"""With it a matte card keeps its colours in the viewer, as in the pictures: measured by `scripts/exposure.py`."""
STUDIO_LENS = "23.9deg"
"""The angle of the 85 mm lens before a sensor 36 mm square with which the pictures are taken."""
ANGLE = r"-?\d+(\.\d+)?deg"
LENGTH = r"-?\d+(\.\d+)?m"


class Surface(BaseModel):
    """How light leaves a surface, as glTF's metallic-roughness model has it; None leaves the file's own value."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    roughness: float | None = Field(default=None, ge=0, le=1)
    metallic: float | None = Field(default=None, ge=0, le=1)


class ModelNotes(BaseModel):
    """`materials` are the surfaces by part and finish, `panels` those of what is printed or engraved on a panel.

    `orbit` and `target` are the camera of the first view as <model-viewer> reads them: around the axis, from the axis,
    distance; and the point it looks at, in metres. `field_of_view` is its vertical angle.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    materials: dict[str, dict[str, Surface]] = Field(default_factory=dict)
    panels: dict[str, Surface] = Field(default_factory=dict)
    orbit: str = Field(pattern=rf"^{ANGLE} {ANGLE} {LENGTH}$")
    target: str = Field(pattern=rf"^{LENGTH} {LENGTH} {LENGTH}$")
    field_of_view: str = Field(default=STUDIO_LENS, pattern=rf"^(auto|{ANGLE})$")
    exposure: float = Field(default=EXPOSURE, gt=0, le=4)
