"""Small views of random light in plate format 2, for tests: everything that the format knows is in them."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

FULL, LEFT, TOP, WIDTH, HEIGHT = 20, 3, 2, 14, 15
PARTS = ("body", "lid", "foot")
NAMES = ("black", *PARTS)
SCALES = (0.5, 2.0, 1.5, 1.0)
PANELS = {"body": {"x": 2, "y": 6, "width": 7, "height": 3}, "sleeve": {"x": 1, "y": 10, "width": 11, "height": 4}}
FINISH_BOX = {"x": 3, "y": 5, "width": 9, "height": 6}


def bake_small_view(folder: Path, seed: int = 7, sizes: tuple[int, ...] = (800, 1200)) -> Path:
    """Write a random view of 20 × 20 pixels for each size: the lid, a mirror, in the upper rows, both panels and the
    body, which has a matte finish, below.
    """
    for size in sizes:
        _bake(folder / str(size), np.random.default_rng([seed, size]))
    return folder


def _bake(folder: Path, dice: np.random.Generator) -> None:
    folder.mkdir(parents=True)

    def noise(width: int, height: int, lowest: int = 0) -> NDArray[np.uint8]:
        return dice.integers(lowest, 256, (height, width, 3), dtype=np.uint8)

    plates = np.concatenate([noise(WIDTH, HEIGHT), noise(WIDTH, HEIGHT)], axis=2)
    plates[5:, :, NAMES.index("lid")] = 0
    parts = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    parts[:5, :, 0], parts[5:12, :, 0], parts[12:, 2:, 0] = 2, 1, 3
    parts[..., 1] = np.where(parts[..., 0], 255, 0)
    pictures = {"plates-0": plates[..., :3], "plates-1": plates[..., 3:], "parts": parts}
    pictures |= {name: noise(WIDTH, HEIGHT) for name in ("pairs-0", "pairs-1")} | {"backdrop": noise(FULL, FULL)}
    pictures["finish-body-matte"] = noise(FINISH_BOX["width"], FINISH_BOX["height"])
    for name, box in PANELS.items():
        pictures[f"panel-{name}"] = noise(box["width"], box["height"], lowest=1)
        pictures[f"panel-{name}-uv"] = noise(box["width"], 2 * box["height"])
    for name, pixels in pictures.items():
        Image.fromarray(np.ascontiguousarray(pixels)).save(folder / f"{name}.webp", lossless=True, exact=True)
    (folder / "view.json").write_text(json.dumps(_layout()), encoding="utf-8")


def _layout() -> dict[str, Any]:
    scales = {"black_scale": 0.6, "colour_scale": 1.7}
    return {
        "format": 3,
        "size": FULL,
        "crop": {"x": LEFT, "y": TOP, "width": WIDTH, "height": HEIGHT},
        "parts": PARTS,
        "plates": [
            {"name": name, "file": f"plates-{n // 3}.webp", "channel": n % 3, "scale": SCALES[n]}
            for n, name in enumerate(NAMES)
        ],
        "pairs": {
            "mirrors": [{"part": "lid", "not_in": ["smoked"]}],
            "reflected": [
                {"part": "body", "finish": "", "file": "pairs-0.webp", "channel": 0, "scale": 0.4},
                {"part": "foot", "finish": "", "file": "pairs-1.webp", "channel": 2, "scale": 1.7},
                {"part": "body", "finish": "matte", "file": "pairs-1.webp", "channel": 1, "scale": 0.9},
            ],
        },
        "finishes": [
            {"part": "body", "finish": "matte", "file": "finish-body-matte.webp", "box": FINISH_BOX, **scales}
        ],
        "panels": [
            {
                "name": name,
                "part": name,
                "file": f"panel-{name}.webp",
                "uv": f"panel-{name}-uv.webp",
                "box": box,
                **scales,
            }
            for name, box in PANELS.items()
        ],
    }
