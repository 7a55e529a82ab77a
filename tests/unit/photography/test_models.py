"""A written model is a valid binary glTF: its numbers are where its JSON says."""

import json
import struct

import numpy as np
import pytest

from photography.gltf import CLAMP, Look, Mesh, tangents_of, write_glb
from photography.polygons import clipped, fan

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
POSITIONS = np.array([[0, 0, 0], [0.1, 0, 0], [0, 0.2, 0]])
NORMALS = np.array([[0, 0, 1]] * 3)


@pytest.fixture
def read() -> tuple[dict, bytes]:
    uv = np.array([[0, 1], [1, 1], [0, 0]])
    meshes = [
        Mesh("cup", "body", POSITIONS, NORMALS, None, np.array([[0, 1, 2]])),
        Mesh("panel-body", "panel-body", POSITIONS, NORMALS, uv, np.array([[0, 1, 2]])),
    ]
    content = write_glb("cup", meshes, [Look("body", 0.4, 0.0), Look("panel-body", 0.2, 0.0, tint=PNG, decal=True)])
    magic, version, total, length, kind = struct.unpack_from("<IIIII", content)
    assert (magic, version, total, kind) == (0x46546C67, 2, len(content), 0x4E4F534A)
    size, kind = struct.unpack_from("<II", content, 20 + length)
    assert (kind, 28 + length + size) == (0x004E4942, len(content))
    return json.loads(content[20 : 20 + length]), content[28 + length :]


def test_positions_come_back(read: tuple[dict, bytes]) -> None:
    data, buffer = read
    accessor = data["accessors"][data["meshes"][0]["primitives"][0]["attributes"]["POSITION"]]
    view = data["bufferViews"][accessor["bufferView"]]
    values = np.frombuffer(buffer, "<f4", 9, view["byteOffset"]).reshape(3, 3)
    np.testing.assert_allclose(values, POSITIONS, atol=1e-7)
    assert accessor["max"] == pytest.approx([0.1, 0.2, 0])
    assert data["buffers"] == [{"byteLength": len(buffer)}]
    assert all(view["byteOffset"] % 4 == 0 for view in data["bufferViews"])


def test_a_panel_blends_and_does_not_repeat_and_needs_no_extension(read: tuple[dict, bytes]) -> None:
    data, buffer = read
    assert [material["name"] for material in data["materials"]] == ["body", "panel-body"]
    assert "alphaMode" not in data["materials"][0]
    assert data["materials"][1]["alphaMode"] == "BLEND"
    assert [(sampler["wrapS"], sampler["wrapT"]) for sampler in data["samplers"]] == [(CLAMP, CLAMP)]
    (image,) = data["images"]
    start = data["bufferViews"][image["bufferView"]]["byteOffset"]
    assert image["mimeType"] == "image/png"
    assert buffer[start : start + len(PNG)] == PNG
    assert "extensionsUsed" not in data


def test_tangents_point_where_u_grows_and_know_a_mirrored_texture() -> None:
    triangles = np.array([[0, 1, 2]])
    upright = np.array([[0.0, 1.0], [1.0, 1.0], [0.0, 0.0]])
    normals = NORMALS.astype(float)
    assert tangents_of(POSITIONS, normals, upright, triangles).tolist() == [[1, 0, 0, 1]] * 3
    mirrored = upright * (-1, 1)
    assert tangents_of(POSITIONS, normals, mirrored, triangles).tolist() == [[-1, 0, 0, -1]] * 3


def test_a_polygon_is_cut_at_the_panels_border_and_its_columns_with_it() -> None:
    points = clipped(np.array([[-1.0, 0.5, 10], [0.5, -1.0, 20], [0.5, 0.5, 30]]))
    found = np.array(points)
    assert found[:, :2].min() >= 0
    # The corner at (½, ½) leaves a square of half a unit; the long side passes it by.
    area = sum(abs(np.linalg.det(np.array([b - a, c - a])[:, :2])) / 2 for a, b, c in fan(points))
    assert area == pytest.approx(0.25)
    # The third column is 30 - 20·(0.5 - u)/1.5 - 10·(0.5 - v)/1.5 everywhere.
    wanted = 30 - (0.5 - found[:, 0]) * 20 / 1.5 - (0.5 - found[:, 1]) * 10 / 1.5
    np.testing.assert_allclose(found[:, 2], wanted)


def test_what_lies_outside_is_nothing() -> None:
    assert clipped(np.array([[1.5, 0.5], [2.0, 0.5], [2.0, 1.0]])) == []
