"""How large a model is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from configurator.gltf.container import Document

Matrix = NDArray[np.float64]


def extent(document: Document) -> tuple[Matrix, Matrix]:
    """The lowest and the highest corner of the default scene in metres: x, y up, z."""
    scene = document["scenes"][document.get("scene", 0)]
    corners = [row for node in scene["nodes"] for row in _corners(document, node, np.eye(4))]
    points = np.concatenate(corners)
    return points.min(axis=0), points.max(axis=0)


def _corners(document: Document, index: int, above: Matrix) -> Iterator[Matrix]:
    """The eight corners of every primitive's own box, where its node puts them."""
    node = document["nodes"][index]
    matrix = above @ _matrix(node)
    if "mesh" in node:
        for primitive in document["meshes"][node["mesh"]]["primitives"]:
            accessor = document["accessors"][primitive["attributes"]["POSITION"]]
            grid = np.array(np.meshgrid(*zip(accessor["min"], accessor["max"], strict=True))).reshape(3, 8)
            yield (matrix @ np.vstack([grid, np.ones(8)])).T[:, :3]
    for child in node.get("children", ()):
        yield from _corners(document, child, matrix)


def _matrix(node: dict[str, Any]) -> Matrix:
    """A node's transform (glTF 2.0, section 3.5.2): a matrix in columns, or scale, then rotation, then translation."""
    if "matrix" in node:
        return np.array(node["matrix"], np.float64).reshape(4, 4).T
    x, y, z, w = node.get("rotation", (0, 0, 0, 1))
    turned = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    found = np.eye(4)
    found[:3, :3] = turned * np.array(node.get("scale", (1, 1, 1)))
    found[:3, 3] = node.get("translation", (0, 0, 0))
    return found
