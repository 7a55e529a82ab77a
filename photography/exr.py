"""Channels of an OpenEXR file that Blender wrote, as arrays."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import OpenEXR
from numpy.typing import NDArray

Floats = NDArray[np.float32]
COMBINED = "Combined"


def read_layers(file: Path) -> dict[str, Floats]:
    """Pictures (height, width, 3) by name: `Combined` is what the camera saw, others are the extra channels.

    Blender writes each pass as a part of the file and names channels `ViewLayer.<pass>.<channel>`, with R, G, B or
    X, Y, Z as channels.
    """
    with OpenEXR.File(str(file), separate_channels=True) as opened:
        channels = {name: channel.pixels for part in opened.parts for name, channel in part.channels.items()}
    layers: dict[str, dict[str, Floats]] = {}
    for name, pixels in channels.items():
        *words, letter = name.split(".")
        layers.setdefault(words[-1] if words else COMBINED, {})[letter] = np.asarray(pixels, np.float32)
    return {name: _stacked(found) for name, found in layers.items() if len(found) >= 3}


def _stacked(found: dict[str, Floats]) -> Floats:
    letters = "RGB" if "R" in found else "XYZ"
    return np.stack([found[letter] for letter in letters], axis=-1)
