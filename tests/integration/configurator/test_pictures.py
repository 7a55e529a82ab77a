"""Pictures over HTTP: signed addresses, immutable answers, composed once."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core import signing
from django.test import Client
from PIL import Image
from pytest_django.fixtures import Settings

from configurator import picture_service
from configurator.compile import colours, engraving_area
from configurator.configuration import Configuration
from configurator.definition import ProductDefinition
from configurator.picture_address import SALT, Subject, engraving_address, picture_address, subject_of
from configurator.pictures import engraving
from configurator.pictures.compose import Cut, compose
from configurator.pictures.encode import Format, baked_size, encode, shrunk
from configurator.pictures.plates import load_view
from editions.models import Edition
from tests import samples

pytestmark = pytest.mark.django_db


@pytest.fixture
def design(edition: Edition) -> Configuration:
    return Configuration.from_json(samples.design(edition, "지우", glaze="indigo", metal="copper"))


@pytest.fixture
def composed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows by one whenever a picture is composed."""
    times: list[str] = []

    def counted(*args: Any) -> Image.Image:
        times.append("composed")
        return compose(*args)

    monkeypatch.setattr(picture_service, "compose", counted)
    return times


def drawn(definition: ProductDefinition, design: Configuration, size: int = 800) -> Image.Image:
    """The picture, without the service and its cache."""
    text = engraving.mask(design.engraving, definition.engraving.font, engraving_area(definition))
    plates = load_view(samples.CATALOGUE / "on-dam" / "views" / "hero", baked_size(size))
    painted = colours(definition, design)
    return shrunk(compose(plates, painted, [Cut("sleeve", text, painted.engraving)] if design.engraving else []), size)


@pytest.mark.parametrize("size", [400, 800, 1200])
@pytest.mark.parametrize("kind", ["avif", "webp", "jpeg", "png"])
def test_a_picture_is_what_the_composer_draws(
    client: Client, definition: ProductDefinition, design: Configuration, size: int, kind: Format
) -> None:
    response = client.get(picture_address(design, "hero", size, kind))

    assert (response.status_code, response["Content-Type"]) == (200, f"image/{kind}")
    assert response.content == encode(drawn(definition, design, size), kind)
    assert Image.open(io.BytesIO(response.content)).size == (size, size)


def test_another_colour_another_name_and_another_font_are_other_pictures(client: Client, edition: Edition) -> None:
    designs = [
        samples.design(edition),
        samples.design(edition, glaze="indigo"),
        samples.design(edition, "지우"),
        samples.design(edition, "민아"),
        {**samples.design(edition, "민아"), "font": "sans-ko"},
    ]
    addresses = [picture_address(Configuration.from_json(each), "hero", 400) for each in designs]

    assert len({client.get(address).content for address in addresses}) == 5


def test_the_same_design_has_the_same_address_however_it_was_written_down(edition: Edition) -> None:
    plain = samples.design(edition, "지우")
    shuffled = {**plain, "choices": dict(reversed(plain["choices"].items())), "engraving": " 지우 "}

    first, second = (picture_address(Configuration.from_json(each), "hero", 800) for each in (plain, shuffled))

    assert first == second
    assert subject_of(first.split("/")[2]) == Subject(Configuration.from_json(plain), "")


def test_a_picture_may_be_kept_for_ever(client: Client, design: Configuration) -> None:
    response = client.get(picture_address(design, "hero", 400))

    assert set(response["Cache-Control"].split(", ")) == {"public", "max-age=31536000", "immutable"}
    assert "Set-Cookie" not in response.headers
    assert "Cookie" not in response.headers.get("Vary", "")


def test_a_picture_is_composed_once_and_kept_on_disk(
    client: Client, design: Configuration, composed: list[str], settings: Settings
) -> None:
    address = picture_address(design, "hero", 400)

    contents = {client.get(address).content for _ in range(3)}

    assert len(contents) == 1
    assert composed == ["composed"]
    assert [path.is_file() for path in Path(settings.PICTURE_CACHE).glob("*/*")] == [True]
    client.get(picture_address(design, "hero", 800))
    assert composed == ["composed", "composed"], "another size is another picture"


@pytest.mark.parametrize(("view", "size"), [("hero", 401), ("hero", 0), ("hero", 10**30), ("top", 400), ("hero", 1600)])
def test_an_unknown_view_or_size_is_not_found(
    client: Client, design: Configuration, composed: list[str], view: str, size: int
) -> None:
    assert client.get(picture_address(design, view, size)).status_code == 404
    assert composed == []


def test_a_picture_that_cannot_be_drawn_is_a_fault_and_not_a_bad_address(
    client: Client, design: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    def colourless(*_: Any) -> Image.Image:
        raise KeyError("no colour for lid")

    monkeypatch.setattr(picture_service, "compose", colourless)

    with pytest.raises(KeyError, match="no colour for lid"):
        client.get(picture_address(design, "hero", 400))


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_at_the_head_alone_is_limited_as_well(
    client: Client, edition: Edition, design: Configuration, allow: Callable[[str, str], None], method: str
) -> None:
    allow("picture", "2/min")
    picture, mask = picture_address(design, "hero", 400), engraving_address(edition.version_id, "지우")
    call = getattr(client, method)

    assert [call(picture).status_code, call(mask).status_code] == [200, 200]
    assert [call(picture).status_code, call(mask).status_code] == [429, 429]


def test_an_unknown_format_is_not_found(client: Client, design: Configuration) -> None:
    assert client.get(picture_address(design, "hero", 400).replace(".webp", ".gif")).status_code == 404


def test_a_forged_address_is_not_found_and_composes_nothing(
    client: Client, design: Configuration, composed: list[str]
) -> None:
    address = picture_address(design, "hero", 400)
    token = address.split("/")[2]
    forgeries = [
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        "B" + token[1:] if token[0] != "B" else "C" + token[1:],
        signing.Signer(salt="elsewhere").sign_object(design.as_json(), compress=True),
        "x",
    ]

    statuses = [client.get(address.replace(token, forged)).status_code for forged in forgeries]

    assert statuses == [404] * 4
    assert composed == []
    assert client.get(address).status_code == 200, "control: the shop's own address"


@pytest.mark.parametrize("version", ["on-dam/2", "on-dam/x", "nothing/1", "on-dam"])
def test_a_version_that_does_not_exist_is_not_found(client: Client, design: Configuration, version: str) -> None:
    data = {**design.as_json(), "version": version}
    token = signing.Signer(salt=SALT).sign_object(data, compress=True)

    assert client.get(f"/pictures/{token}/hero-400.webp").status_code == 404


def test_pictures_are_only_for_looking_at(client: Client, design: Configuration) -> None:
    assert client.post(picture_address(design, "hero", 400)).status_code == 405


def test_the_engraving_is_visible_only_on_the_sleeve(definition: ProductDefinition, edition: Edition) -> None:
    plain, named = (
        np.asarray(drawn(definition, Configuration.from_json(samples.design(edition, text))), np.int16)
        for text in ("", "지우")
    )
    view = load_view(samples.CATALOGUE / "on-dam" / "views" / "hero")

    changed = (plain != named).any(axis=2)
    sleeve = np.zeros_like(changed)
    rows, columns = np.divmod(view.panels["sleeve"].places, view.width)
    sleeve[view.y + rows, view.x + columns] = True
    assert changed.sum() > 500
    assert not (changed & ~sleeve).any()
