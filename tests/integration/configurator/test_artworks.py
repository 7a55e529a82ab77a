"""Customers' pictures as they are kept: once, served bare, removed when nobody uses them, never while somebody does."""

import io
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core import signing
from django.test import Client
from PIL import Image
from pytest_django.fixtures import Settings

from configurator import artwork_service
from configurator.artwork_check import (
    ArtworkNotYours,
    ArtworkOffPanel,
    ArtworkTooCoarse,
    UnknownArtwork,
    UnreadableArtwork,
)
from configurator.artwork_service import UnusablePicture, keep_artwork
from configurator.artwork_session import Uploader
from configurator.configuration import Configuration
from configurator.models import Artwork
from configurator.picture_address import artwork_address, picture_address
from configurator.selectors import artwork_file
from configurator.shelf import Shelf
from configurator.validation import checked_configuration
from editions.models import Edition
from editions.services import hold_piece
from orders.services.artwork import remove_unused_artworks
from orders.services.place import Buyer, place_order
from orders.services.quote import make_quote
from orders.services.save import save_from_studio
from tests import samples
from tests.unit.configurator.hostile_pictures import picture, png, saved

pytestmark = pytest.mark.django_db

MONTH = timedelta(days=31)
NONSENSE: tuple[dict[str, Any], ...] = (
    {"artwork": "A" * 64},
    {"artwork": "../../secret-key"},
    {"x_mm": "nan"},
    {"y_mm": 1e300},
    {"width_mm": 0},
    {"width_mm": "-inf"},
    {"degrees": []},
)


def files(settings: Settings) -> list[Path]:
    return sorted(path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file())


@pytest.fixture
def kept(now: datetime) -> Artwork:
    return keep_artwork(content=saved("PNG", picture((600, 400))), account=None, now=now)


def placed(edition: Edition, artwork: Artwork, **where: float) -> dict[str, Any]:
    """A design as a client sends it, with the picture on it."""
    at = {"x_mm": 0, "y_mm": 0, "width_mm": 50, "degrees": 0} | where
    return {**samples.design(edition), "artwork": {"artwork": artwork.sha256, **at}}


def test_the_same_picture_is_kept_once_whoever_sends_it(settings: Settings, now: datetime) -> None:
    anna, ben = samples.superuser("anna@example.com"), samples.superuser("ben@example.com")

    first = keep_artwork(content=png(), account=anna, now=now)
    again = keep_artwork(content=png() + b"another tail", account=ben, now=now)

    assert first == again
    assert Artwork.objects.count() == 1
    assert files(settings) == [artwork_file(first.sha256)]
    assert set(first.uploaders.all()) == {anna, ben}
    assert (first.width, first.height, first.kind) == (90, 60, "PNG")
    assert first.size == artwork_file(first.sha256).stat().st_size


def test_a_refused_file_leaves_nothing(settings: Settings, now: datetime) -> None:
    with samples.nothing_written(), pytest.raises(UnusablePicture) as problem:
        keep_artwork(content=b"GIF89a", account=None, now=now)

    assert (problem.value.code, problem.value.extra) == ("picture_unknown_kind", {"field": "artwork"})
    assert files(settings) == []


def test_a_picture_is_served_bare_and_for_good(client: Client, kept: Artwork) -> None:
    response = client.get(artwork_address(kept.sha256))

    assert (response.status_code, response["Content-Type"]) == (200, "image/webp")
    assert response.content == artwork_file(kept.sha256).read_bytes()
    assert set(response["Content-Security-Policy"].split("; ")) == {"default-src 'none'", "sandbox"}
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"] == "inline"
    assert {"private", "immutable", "max-age=31536000"} == set(response["Cache-Control"].split(", "))


@pytest.mark.parametrize("token", ["{sha}", "{sha}:forged", "../../secret-key", "x" * 90])
def test_a_picture_s_hash_is_not_its_address(client: Client, kept: Artwork, token: str) -> None:
    assert client.get(f"/artworks/{token.format(sha=kept.sha256)}.webp").status_code == 404


def test_an_address_signed_for_something_else_shows_nothing(client: Client, kept: Artwork) -> None:
    other = signing.Signer(salt="configurator.picture").sign(kept.sha256)

    assert client.get(f"/artworks/{other}.webp").status_code == 404


def test_the_print_is_on_the_design_s_picture(client: Client, edition: Edition, kept: Artwork) -> None:
    designs = [
        samples.design(edition),
        placed(edition, kept),
        placed(edition, kept, x_mm=6),
        placed(edition, kept, degrees=20),
    ]

    answers = [client.get(picture_address(Configuration.from_json(each), "hero", 400, "png")) for each in designs]

    assert [answer.status_code for answer in answers] == [200] * 4
    assert len({answer.content for answer in answers}) == 4
    plain, printed = (np.asarray(Image.open(io.BytesIO(answer.content))).astype(int) for answer in answers[:2])
    assert (np.abs(plain - printed).max(axis=2) > 10).mean() > 0.02


def test_a_picture_that_is_gone_is_not_left_out_silently(client: Client, edition: Edition, kept: Artwork) -> None:
    design = Configuration.from_json(placed(edition, kept))
    artwork_file(kept.sha256).unlink()

    assert client.get(picture_address(design, "hero", 400)).status_code == 404


@pytest.mark.parametrize(
    "raw",
    [
        *("nonsense", "[]", "{}", "[" * 5000, '{"artwork": 3}', '"text"'),
        *({"artwork": "a" * 64, "x_mm": 0, "y_mm": 0, "width_mm": 5} | each for each in NONSENSE),
    ],
)
def test_what_says_nothing_is_refused_by_name(edition: Edition, raw: Any) -> None:
    data = {**samples.design(edition), "artwork": raw}

    with pytest.raises(UnreadableArtwork) as problem:
        checked_configuration(definition_of_edition(edition), data, expected_version=edition.version.key)

    assert problem.value.extra["field"] == "artwork"


def definition_of_edition(edition: Edition) -> Any:
    from configurator.selectors import definition_of

    return definition_of(edition.version)


def test_a_placement_is_checked(edition: Edition, kept: Artwork) -> None:
    definition, version = definition_of_edition(edition), edition.version.key

    def check(**where: float) -> Configuration:
        return checked_configuration(definition, placed(edition, kept, **where), expected_version=version)

    assert check(width_mm=211.6).artwork is not None
    with pytest.raises(ArtworkTooCoarse) as coarse:
        check(width_mm=211.8)
    assert coarse.value.extra == {"field": "artwork", "largest_mm": 211.6}
    with pytest.raises(ArtworkOffPanel):
        check(x_mm=80)
    kept.delete()
    with pytest.raises(UnknownArtwork):
        check()


def test_what_nobody_used_for_a_month_is_removed(settings: Settings, kept: Artwork, now: datetime) -> None:
    assert remove_unused_artworks(now=now + timedelta(days=30)) == 0
    assert files(settings) == [artwork_file(kept.sha256)]

    assert remove_unused_artworks(now=now + MONTH) == 1

    assert not Artwork.objects.exists()
    assert files(settings) == []


def test_a_price_asked_for_is_a_use(edition: Edition, kept: Artwork, now: datetime) -> None:
    later = now + timedelta(days=20)

    make_quote(edition=edition, data=placed(edition, kept), now=later, uploader=mine(kept))

    assert remove_unused_artworks(now=now + MONTH) == 0
    assert remove_unused_artworks(now=later + MONTH) == 1


def test_what_an_order_uses_stays_for_ever(settings: Settings, edition: Edition, kept: Artwork, now: datetime) -> None:
    quote = make_quote(edition=edition, data=placed(edition, kept), now=now, uploader=mine(kept))
    held = hold_piece(edition=samples.current(edition), offer=quote.offer, now=now)
    place_order(
        hold_token=held.token, buyer=Buyer(email="mina@example.com", language="ko", accepts_no_return=True), now=now
    )

    assert remove_unused_artworks(now=now + 20 * MONTH) == 0
    assert files(settings) == [artwork_file(kept.sha256)]

    # The control: without the list of what orders have, the same sweep takes it.
    assert artwork_service.remove_unused(kept=(), now=now + 20 * MONTH) == 1


def test_what_is_held_stays(edition: Edition, kept: Artwork, now: datetime) -> None:
    quote = make_quote(edition=edition, data=placed(edition, kept), now=now, uploader=mine(kept))
    hold_piece(edition=samples.current(edition), offer=quote.offer, now=now)
    Artwork.objects.update(used_on=now.date() - MONTH)

    assert remove_unused_artworks(now=now) == 0
    assert remove_unused_artworks(now=now + timedelta(hours=1)) == 1


def test_what_a_saved_design_shows_stays(edition: Edition, kept: Artwork, now: datetime) -> None:
    save_from_studio(edition=edition, data=placed(edition, kept), shelf=Shelf(), now=now, uploader=mine(kept))
    Artwork.objects.update(used_on=now.date() - MONTH)

    assert remove_unused_artworks(now=now + 20 * MONTH) == 0


def test_somebody_else_s_picture_is_not_saved_in_a_design(edition: Edition, kept: Artwork, now: datetime) -> None:
    with samples.nothing_written(), pytest.raises(ArtworkNotYours):
        save_from_studio(edition=edition, data=placed(edition, kept), shelf=Shelf(), now=now)


def test_a_picture_sent_again_after_its_removal_is_whole(settings: Settings, now: datetime) -> None:
    first = keep_artwork(content=png(), account=None, now=now)
    remove_unused_artworks(now=now + MONTH)

    again = keep_artwork(content=png(), account=None, now=now + MONTH)

    assert files(settings) == [artwork_file(again.sha256)]
    assert again.sha256 == first.sha256


def mine(artwork: Artwork) -> Uploader:
    return Uploader(frozenset({artwork.sha256}))


def test_refusals_are_in_both_languages() -> None:
    from configurator.artwork.limits import Reason, Refused

    for reason in Reason.__args__:  # type: ignore[attr-defined]
        assert artwork_service.refused(Refused(reason, "x")).detail
