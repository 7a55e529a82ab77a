"""A design's model as a file: painted as chosen, at an address that nobody can make up."""

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from PIL import Image
from pytest_django.fixtures import Settings

from configurator.catalogue_check import findings
from configurator.configuration import Configuration, Placement
from configurator.gltf.container import read_glb
from configurator.model_address import model_address
from configurator.model_service import NoModel, model_file
from configurator.picture_service import PictureIsGone
from configurator.pictures import engraving
from configurator.selectors import definition_of, product_folder
from configurator.services import load_product
from editions.models import Edition
from tests import samples


def configuration(edition: Edition, engraving: str = "", **choices: str) -> Configuration:
    return Configuration(edition.version.key, {**samples.PRESET, **choices}, engraving)


def materials(content: bytes) -> dict[str, list[float]]:
    """The colours of what is shown, by material."""
    document = read_glb(content).document
    shown = {
        row["material"]
        for node in document["nodes"]
        if "mesh" in node
        for row in document["meshes"][node["mesh"]]["primitives"]
    }
    return {
        row["name"]: row["pbrMetallicRoughness"]["baseColorFactor"]
        for index, row in enumerate(document["materials"])
        if index in shown
    }


def test_a_design_s_model_is_painted_as_chosen_and_stays_at_its_address(
    client: Client, modelled_edition: Edition
) -> None:
    design = configuration(modelled_edition, "지우", glaze="indigo")
    address = model_address(design)
    response = client.get(address)

    assert (response.status_code, response["Content-Type"]) == (200, "model/gltf-binary")
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert model_address(design) == address
    found, other = materials(response.content), materials(model_file(configuration(modelled_edition)))
    # Indigo is #1f3a5f.
    assert found["body"] == [0.0137, 0.04231, 0.11444, 1]
    assert other["body"] != found["body"]
    assert (found["lid"], found["sleeve"]) == (other["lid"], other["sleeve"])
    assert found.keys() - other.keys() == {"panel-sleeve"}


def test_the_same_letters_are_drawn_once(modelled_edition: Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    real = engraving.mask

    def counted(text: str, *rest: Any) -> Image.Image:
        drawn.append(text)
        return real(text, *rest)

    monkeypatch.setattr(engraving, "mask", counted)
    for glaze in ("indigo", "celadon"):
        model_file(configuration(modelled_edition, "지우", glaze=glaze))
    assert drawn == ["지우"]
    model_file(configuration(modelled_edition, "지후"))
    assert drawn == ["지우", "지후"]


def test_what_is_printed_and_gone_is_not_shown_as_if_nothing_were_printed(
    client: Client, modelled_edition: Edition
) -> None:
    plain = configuration(modelled_edition)
    placed = Configuration(plain.version, plain.choices, artwork=Placement("0" * 64, 0, 0, 30))

    with pytest.raises(PictureIsGone):
        model_file(placed)
    assert client.get(model_address(placed)).status_code == 404


def test_forged_addresses_and_products_without_a_model_are_not_found(
    client: Client, modelled_edition: Edition, settings: Settings, now: datetime, tmp_path: Path
) -> None:
    address = model_address(configuration(modelled_edition))
    assert client.get(address).status_code == 200
    assert client.get(address.replace(".glb", "x.glb")).status_code == 404
    missing = Configuration("on-dam/99", samples.PRESET)
    assert client.get(model_address(missing)).status_code == 404

    bare = shutil.copytree(product_folder("on-dam"), tmp_path / "bare" / "on-dam")
    file = bare / "product.toml"
    file.write_text(file.read_text().replace('model = "lathe"\n', ""))
    settings.CATALOGUE_DIR = tmp_path / "bare"
    version, _ = load_product(folder=bare, now=now)
    without = Configuration(version.key, samples.PRESET)
    with pytest.raises(NoModel):
        model_file(without)
    assert client.get(model_address(without)).status_code == 404


def test_models_are_limited_by_address(client: Client, modelled_edition: Edition, allow: object) -> None:
    allow("model", "2/min")  # type: ignore[operator]
    address = model_address(configuration(modelled_edition))
    assert [client.get(address).status_code for _ in range(3)] == [200, 200, 429]


def codes(edition: Edition) -> list[str]:
    definition = definition_of(edition.version)
    found = findings(definition, product_folder("on-dam"), ())
    return [each.code for each in found if each.code.startswith("model")]


def test_the_publish_gate_refuses_a_model_that_cannot_be_shown(modelled_edition: Edition) -> None:
    folder = product_folder("on-dam") / "lathe"
    model, notes = folder / "model.glb", folder / "model.json"
    whole, said = model.read_bytes(), notes.read_text()
    assert codes(modelled_edition) == []

    model.write_bytes(whole[:-4])
    assert codes(modelled_edition) == ["model_unreadable"]
    model.write_bytes(whole.replace(b'"name":"lid"', b'"name":"cap"'))
    assert codes(modelled_edition) == ["model_parts_missing", "model_parts_unknown"]
    model.write_bytes(whole.replace(b'"name":"panel-sleeve"', b'"name":"fixed-sleeve"'))
    assert codes(modelled_edition) == ["model_panel_missing"]
    model.write_bytes(samples.tumbler_in_millimetres())
    assert codes(modelled_edition) == ["model_not_in_metres"]
    model.write_bytes(whole)
    notes.write_text(said.replace("16deg", "16"))
    assert codes(modelled_edition) == ["model_unreadable"]
    notes.unlink()
    assert codes(modelled_edition) == ["model_missing"]
