"""The shop's own part of the typeface: small, complete for what the shop says, and under a name of its own."""

import re
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from fontTools.ttLib import TTFont

from dure import typeface
from dure.management.commands.assets import WHOLE_FONT, text_files
from dure.typeface import ALWAYS, DATES, NAME, characters, make_typeface

WHOLE = Path(settings.FRONTEND_DIR) / WHOLE_FONT
FEW = frozenset(map(ord, "Dure 두레₩"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("typeface")
    make_typeface(WHOLE, FEW, folder)
    return folder


def test_each_file_has_the_characters_that_its_rule_promises_and_no_others(made: Path) -> None:
    rules = (made / "typeface.css").read_text(encoding="utf-8").splitlines()
    shown = {}
    for rule in rules:
        name = re.search(r'url\("(\w+)\.woff2"\)', rule)
        assert name
        with TTFont(made / f"{name[1]}.woff2") as font:
            shown[name[1]] = set(font.getBestCmap())

    assert shown == {"ko": set(map(ord, "두레")), "en": set(map(ord, "Dure ₩"))}
    assert "unicode-range: U+B450, U+B808;" in rules[0]


def test_a_part_does_not_bear_the_reserved_name(made: Path) -> None:
    with TTFont(made / "ko.woff2") as font:
        names = {record.nameID: record.toUnicode() for record in font["name"].names}

    assert {names[number] for number in (1, 3, 4, 6)} == {NAME}


def test_nothing_is_made_twice_unless_other_characters_are_asked_for(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "typeface"
    shutil.copytree(made, folder)
    parts: list[frozenset[int]] = []

    def note(_source: Path, codes: frozenset[int], target: Path) -> str:
        parts.append(codes)
        return target.name

    monkeypatch.setattr(typeface, "_face", note)
    make_typeface(WHOLE, FEW, folder)
    assert parts == []

    make_typeface(WHOLE, FEW | {ord("온")}, folder)
    assert parts == [frozenset(map(ord, "두레온")), frozenset(map(ord, "Dure ₩"))]


def test_every_text_of_the_shop_is_looked_at() -> None:
    found = characters(text_files())

    assert found >= ALWAYS | DATES
    for word in ("온담", "두레", "주문"):
        assert set(map(ord, word)) <= found
