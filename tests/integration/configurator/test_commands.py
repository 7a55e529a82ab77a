"""`manage.py load_product <folder>` and `load_demo`: once per content, and one clear sentence per failure."""

import io
import shutil
from datetime import datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from factory_sim.models import Plant
from factory_sim.services import load_plant
from tests import samples

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path, settings: Settings, now: datetime) -> Path:
    """A catalogue of one product, and its plant."""
    settings.CATALOGUE_DIR = tmp_path
    load_plant(data=samples.toml("plants/mangwon.toml"), now=now)
    return Path(shutil.copytree(samples.CATALOGUE / "on-dam", tmp_path / "on-dam"))


def said(folder: Path) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    call_command("load_product", str(folder), stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_a_product_is_published_once(folder: Path) -> None:
    assert said(folder) == ("Published on-dam/1.\n", "")
    with samples.nothing_written():
        assert said(folder) == ("on-dam/1 has this content already.\n", "")


def test_what_is_worth_a_look_is_said(folder: Path) -> None:
    file = folder / "product.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('ko = "이끼색"', 'ko = "Moss"'), encoding="utf-8")

    assert said(folder) == (
        "Published on-dam/1.\n",
        "Worth a look: groups.gasket.options.moss.name.ko has no Korean letter: Moss.\n",
    )


def test_a_product_that_cannot_be_published_says_every_reason(folder: Path) -> None:
    Plant.objects.all().delete()
    (folder / "views" / "hero" / "800" / "view.json").unlink()

    with samples.nothing_written(), pytest.raises(CommandError) as refused:
        said(folder)

    assert str(refused.value).splitlines() == [
        "on-dam cannot be published:",
        "view hero has no view.json in views/hero",
        "there is no plant mangwon",
    ]


@pytest.mark.parametrize("name", ["nothing-here", "on-dam/views"])
def test_a_folder_without_a_product_is_refused(folder: Path, name: str) -> None:
    with samples.nothing_written(), pytest.raises(CommandError):
        said(folder.parent / name)


def test_a_folder_outside_the_catalogue_is_refused(folder: Path) -> None:
    with samples.nothing_written(), pytest.raises(CommandError, match="is not in the catalogue"):
        said(samples.CATALOGUE / "on-dam")


def test_the_demo_is_loaded_twice_and_publishes_nothing_new(db: None) -> None:
    call_command("load_demo", stdout=io.StringIO())
    out = io.StringIO()

    with samples.nothing_written():
        call_command("load_demo", stdout=out)

    assert "Published" not in out.getvalue()
