"""Models: taken apart, refused where they cannot be painted, painted for one design."""

import io
import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from PIL import Image

from configurator.gltf.container import Glb, MalformedModel, read_glb, write_glb
from configurator.gltf.extent import extent
from configurator.gltf.files import read_model
from configurator.gltf.inlays import printed, stencil
from configurator.gltf.notes import Surface
from configurator.gltf.template import CLAMPED, Inlay, ModelTemplate, Paint
from configurator.services import read_product_file
from dure.management.commands.assets import run_node
from tests.conftest import CATALOGUE
from tests.tumbler import HEIGHT_M, PROFILES, tumbler, write_tumbler

COLOURS = dict.fromkeys(PROFILES, "#1f3a5f")


@pytest.fixture(scope="module")
def template() -> ModelTemplate:
    return ModelTemplate(tumbler())


def text_mask() -> Image.Image:
    mask = Image.new("L", (46, 26), 0)
    mask.paste(255, (10, 10, 36, 16))
    return mask


def print_of_a_red_square() -> Image.Image:
    sheet = Image.new("RGBA", (62, 46), (0, 0, 0, 0))
    sheet.paste((200, 30, 30, 255), (20, 10, 42, 32))
    return sheet


def whole_paint() -> Paint:
    inlays = {
        "body": Inlay(printed(print_of_a_red_square()), surface=Surface(metallic=0)),
        "sleeve": Inlay(stencil(text_mask()), "#d4af37", Surface(roughness=0.35, metallic=0.6)),
    }
    return Paint(COLOURS, {"body": Surface(roughness=0.8, metallic=0)}, inlays)


def test_a_design_s_model_has_its_colours_finishes_print_and_letters(template: ModelTemplate) -> None:
    glb = read_glb(template.painted(whole_paint()))
    document = glb.document
    materials = {row["name"]: row["pbrMetallicRoughness"] for row in document["materials"]}

    # sRGB 1f 3a 5f in linear light, by the formula of IEC 61966-2-1.
    assert materials["lid"]["baseColorFactor"] == [0.01370, 0.04231, 0.11444, 1]
    assert (materials["body"]["roughnessFactor"], materials["lid"]["roughnessFactor"]) == (0.8, 0.5)
    assert materials["panel-sleeve"]["baseColorFactor"] == [0.65837, 0.42869, 0.03820, 1]
    assert materials["panel-sleeve"]["metallicFactor"] == 0.6
    assert materials["panel-body"]["baseColorFactor"] == [1, 1, 1, 1]
    for panel, picture in (("body", print_of_a_red_square()), ("sleeve", text_mask())):
        texture = document["textures"][materials[f"panel-{panel}"]["baseColorTexture"]["index"]]
        view = document["bufferViews"][document["images"][texture["source"]]["bufferView"]]
        content = glb.binary[view["byteOffset"] : view["byteOffset"] + view["byteLength"]]
        shown = Image.open(io.BytesIO(content))
        assert (shown.format, shown.mode, shown.size) == ("PNG", "RGBA", picture.size)
        alpha = picture.getchannel("A") if picture.mode == "RGBA" else picture
        assert shown.getchannel("A").tobytes() == alpha.tobytes()
        assert document["samplers"][texture["sampler"]] == CLAMPED
    assert not document.get("extensionsUsed")


def test_an_edge_of_a_print_is_never_mixed_with_black() -> None:
    sheet = Image.open(io.BytesIO(printed(print_of_a_red_square())))
    assert sheet.getpixel((0, 0)) == (200, 30, 30, 0)


def test_letters_that_share_a_panel_with_a_print_lie_above_it() -> None:
    mask = Image.new("L", (62, 46), 0)
    mask.paste(255, (30, 20, 50, 30))
    sheet = Image.open(io.BytesIO(printed(print_of_a_red_square(), (mask, "#d4af37"))))

    assert sheet.getpixel((35, 25)) == (0xD4, 0xAF, 0x37, 255)
    assert sheet.getpixel((45, 25)) == (0xD4, 0xAF, 0x37, 255)
    assert sheet.getpixel((25, 15)) == (200, 30, 30, 255)


def test_bare_panels_are_not_in_the_model_and_painting_leaves_the_template_alone(template: ModelTemplate) -> None:
    before = template.painted(Paint(COLOURS))
    both = shown_materials(template.painted(whole_paint()))

    assert both - shown_materials(before) == {"panel-body", "panel-sleeve"}
    assert template.painted(Paint(COLOURS)) == before


def shown_materials(content: bytes) -> set[str]:
    document = read_glb(content).document
    meshes = [document["meshes"][node["mesh"]] for node in document["nodes"] if "mesh" in node]
    return {document["materials"][row["material"]]["name"] for mesh in meshes for row in mesh["primitives"]}


def test_the_model_stands_on_the_ground_in_its_real_size(template: ModelTemplate) -> None:
    lowest, highest = extent(read_glb(template.painted(whole_paint())).document)

    assert lowest[1] == pytest.approx(0, abs=1e-6)
    assert highest[1] == pytest.approx(HEIGHT_M, rel=1e-5)
    assert highest[0] - lowest[0] == pytest.approx(0.084, abs=0.001)


def panel_square_mm(content: bytes, panel: str) -> float:
    """How large the whole texture of a panel's sheet is on the piece, by the triangle in the middle of its surface."""
    glb = read_glb(content)
    document = glb.document
    index = next(n for n, row in enumerate(document["materials"]) if row["name"] == f"panel-{panel}")
    rows = [row for mesh in document["meshes"] for row in mesh["primitives"] if row["material"] == index]
    corners = accessor(glb, rows[0]["indices"])[:, 0]
    a, b, c = accessor(glb, rows[0]["attributes"]["POSITION"])[corners].reshape(-1, 3, 3).swapaxes(0, 1)
    p, q, r = accessor(glb, rows[0]["attributes"]["TEXCOORD_0"])[corners].reshape(-1, 3, 2).swapaxes(0, 1)
    surface = np.linalg.norm(np.cross(b - a, c - a), axis=1)
    whole = surface / np.maximum(np.abs(np.linalg.det(np.stack([q - p, r - p], axis=-1))), 1e-12)
    order = np.argsort(whole)
    middle = np.searchsorted(surface[order].cumsum(), surface.sum() / 2)
    return float(whole[order][middle]) * 1e6


def accessor(glb: Glb, number: int) -> np.ndarray:
    row = glb.document["accessors"][number]
    view = glb.document["bufferViews"][row["bufferView"]]
    kind = {5123: np.uint16, 5125: np.uint32, 5126: np.float32}[row["componentType"]]
    width = {"SCALAR": 1, "VEC2": 2, "VEC3": 3}[row["type"]]
    start = view.get("byteOffset", 0) + row.get("byteOffset", 0)
    return np.frombuffer(glb.binary, kind, row["count"] * width, start).reshape(-1, width)


@pytest.mark.parametrize("product", ["maru60", "on-dam", "sijeom"])
def test_panels_have_the_size_that_customers_are_told(product: str) -> None:
    definition = read_product_file(CATALOGUE / product / "product.toml")
    content = (CATALOGUE / product / (definition.model or "") / "model.glb").read_bytes()
    rows = [row for row in (definition.engraving, definition.artwork, definition.numbering) if row]

    assert len(rows) >= 2
    for row in rows:
        # 2 % of a length are 4 % of an area.
        assert panel_square_mm(content, row.panel) == pytest.approx(row.width_mm * row.height_mm, rel=0.04)


def test_nodes_are_put_where_their_transforms_say() -> None:
    glb = read_glb(tumbler({"body": PROFILES["body"]}, {}))
    half = 0.5**0.5
    nodes = [
        {"children": [1], "translation": [0, 1, 0]},
        # A quarter turn around x: what was up (y) looks to the front (z).
        {"mesh": 0, "rotation": [half, 0, 0, half], "scale": [2, 2, 2]},
    ]
    document = {**glb.document, "nodes": nodes, "scenes": [{"nodes": [0]}]}
    lowest, highest = extent(document)

    assert lowest == pytest.approx([-0.08, 1 - 0.08, 0.012], abs=1e-6)
    assert highest == pytest.approx([0.08, 1 + 0.08, 0.236], abs=1e-6)
    columns = [[2, 0, 0, 0], [0, 0, 2, 0], [0, -2, 0, 0], [0, 1, 0, 1]]
    as_matrix = {**document, "nodes": [{"mesh": 0, "matrix": [n for column in columns for n in column]}]}
    assert extent(as_matrix)[0] == pytest.approx(lowest, abs=1e-6)


def edited(path: tuple[str | int, ...], value: object) -> bytes:
    """The tumbler with one thing in its document changed, or taken away where the value is None."""
    glb = read_glb(tumbler())
    document = json.loads(json.dumps(glb.document))
    at = document
    for step in path[:-1]:
        at = at[step]
    if value is None:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return write_glb(document, [glb.binary])


@pytest.mark.parametrize(
    ("path", "value", "why"),
    [
        (("extensionsRequired",), ["KHR_draco_mesh_compression"], "it needs KHR_draco_mesh_compression"),
        (("buffers", 0, "uri"), "model.bin", "its buffer is not its own binary chunk"),
        (("images", 0, "mimeType"), "image/webp", "a picture in it is not a PNG or JPEG inside the file"),
        (("materials", 0, "name"), "lid", "two materials are called lid"),
        (("materials", 0, "name"), None, "a material has no name"),
        (("materials", -1, "alphaMode"), None, "panel sleeve is not a sheet that can be seen through, with a texture"),
        (
            ("materials", -1, "pbrMetallicRoughness", "baseColorTexture", "index"),
            0,
            "two panels share a texture",
        ),
        (("bufferViews", -1, "byteLength"), 10**9, "a buffer view ends outside the buffer"),
        (("accessors", 0, "min"), None, "its document is not as glTF has it: KeyError('min')"),
        (("meshes",), [], "it has no meshes"),
    ],
)
def test_a_model_that_cannot_be_painted_is_refused_with_the_reason(
    path: tuple[str | int, ...], value: object, why: str
) -> None:
    with pytest.raises(MalformedModel) as refusal:
        ModelTemplate(edited(path, value))
    assert str(refusal.value) == why


@pytest.mark.parametrize("length", [0, 11, 12, 19, 40, -1])
def test_a_file_that_was_cut_off_is_refused(length: int) -> None:
    with pytest.raises(MalformedModel):
        read_glb(tumbler()[:length])


def test_notes_that_make_no_sense_are_refused(tmp_path: Path) -> None:
    write_tumbler(tmp_path / "model")
    assert read_model(tmp_path / "model")[1].orbit == "16deg 75deg 0.56m"
    notes = tmp_path / "model" / "model.json"
    notes.write_text(notes.read_text().replace("0.56m", "56cm"))
    with pytest.raises(MalformedModel, match=r"^model\.json, orbit: String should match pattern"):
        read_model(tmp_path / "model")


def validated(*files: Path) -> list[tuple[int, int]]:
    """Errors and warnings of each file, as Khronos' own validator counts them."""
    script = Path(settings.FRONTEND_DIR) / "validate-model.mjs"
    done = run_node(script, *files, cwd=settings.FRONTEND_DIR, stdout=subprocess.PIPE)
    assert done.returncode == 0
    reports = [json.loads(line) for line in done.stdout.splitlines()]
    return [(report["numErrors"], report["numWarnings"]) for report in reports]


def test_khronos_validator_finds_nothing_wrong_with_a_design_s_model(template: ModelTemplate, tmp_path: Path) -> None:
    files = {"bare": template.painted(Paint(COLOURS)), "whole": template.painted(whole_paint())}
    # The control: the same model with a texture that does not exist.
    glb = read_glb(files["whole"])
    document = {**glb.document, "textures": glb.document["textures"][:1]}
    files["broken"] = write_glb(document, [glb.binary])
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)

    bare, whole, broken = validated(*(tmp_path / name for name in files))
    assert (bare, whole) == ((0, 0), (0, 0))
    assert broken[0] > 0
