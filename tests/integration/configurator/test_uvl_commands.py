"""A published version goes out as UVL, and its choices come back the same."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from configurator.selectors import definition_of, latest_version
from configurator.uvl import definition_as_uvl
from tests import samples

pytestmark = pytest.mark.django_db


def test_a_published_version_goes_out_and_comes_back(
    now: datetime, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    samples.open_edition(now=now)
    definition = definition_of(latest_version("on-dam"))
    file = tmp_path / "on-dam.uvl"
    with samples.nothing_written():
        call_command("export_uvl", "on-dam/1", file)
        call_command("export_uvl", "on-dam/1")
        assert file.read_text(encoding="utf-8") == capsys.readouterr().out == definition_as_uvl(definition)
        call_command("import_uvl", file, verbosity=0)
    draft = json.loads(capsys.readouterr().out)
    assert draft["preset"] == definition.preset
    assert {group["id"]: [option["id"] for option in group["options"]] for group in draft["groups"]} == {
        group.id: [option.id for option in group.options] for group in definition.groups
    }


@pytest.mark.parametrize("version", ["on-dam/2", "on-dam", "cup/1", "on-dam/x"])
def test_a_version_that_is_not_there_is_refused(version: str, now: datetime, tmp_path: Path) -> None:
    samples.open_edition(now=now)
    with pytest.raises(CommandError, match=f"There is no published version '{version}'."):
        call_command("export_uvl", version, tmp_path / "none.uvl")
    assert not (tmp_path / "none.uvl").exists()


def test_a_file_that_cannot_be_written_is_refused(now: datetime, tmp_path: Path) -> None:
    samples.open_edition(now=now)
    with pytest.raises(CommandError, match="cannot be written: No such file or directory"):
        call_command("export_uvl", "on-dam/1", tmp_path / "missing" / "on-dam.uvl")
