"""One photograph: the present scene rendered into an OpenEXR file, one at a time on this machine."""

from __future__ import annotations

import fcntl
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import bpy

from photography import studio

log = logging.getLogger("photography")


@dataclass(frozen=True)
class Box:
    """A rectangle of pixels, counted from the upper left corner."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Quality:
    """Pixels of a side, samples per pixel at most, and the noise at which a pixel is left alone."""

    size: int
    samples: int
    noise: float


@contextmanager
def one_at_a_time(lock: Path | None) -> Iterator[None]:
    """Wait for the lock's file: several people may share the machine's processors."""
    if lock is None:
        yield
        return
    with lock.open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def render(file: Path, quality: Quality, box: Box | None = None, lock: Path | None = None) -> None:
    """Render the scene, only `box` of it (the file is then as small as the box). A half-written file never has the
    name.
    """
    studio.set_up_cycles(quality.size, quality.samples, quality.noise)
    _frame(bpy.context.scene.render, quality.size, box)
    image = bpy.context.scene.render.image_settings
    image.media_type = "MULTI_LAYER_IMAGE"
    image.file_format, image.color_depth, image.exr_codec = "OPEN_EXR_MULTILAYER", "32", "ZIP"
    draft = file.with_suffix(".draft.exr")
    bpy.context.scene.render.filepath = str(draft)
    with one_at_a_time(lock):
        begun = time.monotonic()
        bpy.ops.render.render(write_still=True)
        log.info("%s: %.0f s", file.name, time.monotonic() - begun)
    draft.replace(file)


def _frame(settings: bpy.types.RenderSettings, size: int, box: Box | None) -> None:
    settings.use_border = settings.use_crop_to_border = box is not None
    if box:
        settings.border_min_x, settings.border_max_x = box.x / size, (box.x + box.width) / size
        settings.border_min_y, settings.border_max_y = 1 - (box.y + box.height) / size, 1 - box.y / size
