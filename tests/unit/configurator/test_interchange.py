"""UVL files at the edge: refused in the reader's language, with the place, and only after their size is known."""

import json
import re
import string
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from configurator import interchange
from configurator.interchange import LARGEST, UnableToImport, read_uvl, sentence_of
from configurator.uvl import errors

CUP = "features\n\tCup\n\t\talternative\n\t\t\tWhite {name_ko '하양'}\n\t\t\tBlue {price 3000}\n"


def refused(data: bytes) -> UnableToImport:
    with pytest.raises(UnableToImport) as refusal:
        read_uvl(data)
    return refusal.value


def test_a_file_is_refused_with_its_place() -> None:
    problem = refused(b"features\n A\n  [1..2]\n   B\n")
    assert problem.extra == {"field": "file", "line": 3, "column": 3}
    assert problem.detail == (
        "Line 3, column 3: The group cardinality [1..2] is not taken over: "
        "only mandatory, optional, or and alternative groups are."
    )


def test_a_file_that_is_no_text_is_refused() -> None:
    assert refused(b"features\n \xff").detail == "The file is no text in UTF-8."
    assert refused(b"features\n A\x00").extra["line"] == 2


def test_a_file_that_is_too_large_is_not_even_decoded() -> None:
    problem = refused(b"\xff" * (LARGEST + 1))
    assert problem.detail == "The file is longer than 500000 characters."
    # Control: one byte less is decoded.
    assert refused(b"\xff" * LARGEST).detail == "The file is no text in UTF-8."


def test_findings_name_options_in_the_language_of_the_reader() -> None:
    (finding,) = read_uvl((CUP + "constraints\n\t!White\n").encode()).findings()[1:]
    assert sentence_of(finding) == "Line 7: “White” can never be chosen: see line 7."
    with translation.override("ko"):
        assert "하양" in sentence_of(finding)


def test_every_sentence_can_be_filled_in() -> None:
    """Named places only, so that a translation may change their order."""
    sentences = [each for name, each in vars(errors).items() if name.isupper() and isinstance(each, str)]
    assert len(sentences) > 30
    for sentence in sentences:
        assert "%" not in re.sub(r"%\((name|found|wanted|lines)\)s|%\((most|first)\)d", "", sentence)
        assert sentence[-1] in string.punctuation


def test_the_command_writes_what_the_file_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "cup.uvl").write_text(CUP, encoding="utf-8")
    call_command("import_uvl", tmp_path / "cup.uvl", no_color=True)
    said = capsys.readouterr()
    assert json.loads(said.out) == interchange.read_uvl(CUP.encode()).data
    assert said.err == "3 features and 0 constraints became 1 groups with 2 options and 0 rules.\n"
    call_command("import_uvl", tmp_path / "cup.uvl", tmp_path / "cup.json", verbosity=0)
    assert capsys.readouterr() == ("", "")
    assert (tmp_path / "cup.json").read_text(encoding="utf-8") == said.out


def test_the_command_names_file_and_line_and_writes_nothing(tmp_path: Path) -> None:
    file, output = tmp_path / "cup.uvl", tmp_path / "cup.json"
    file.write_text(CUP + "constraints\n\tWhite > 3\n", encoding="utf-8")
    with pytest.raises(CommandError, match=r"cup\.uvl: Line 7, column 8: “>” calculates or compares"):
        call_command("import_uvl", file, output)
    assert not output.exists()
    with pytest.raises(CommandError, match=r"none\.uvl: No such file or directory"):
        call_command("import_uvl", tmp_path / "none.uvl")
