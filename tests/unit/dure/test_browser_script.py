"""Which browser `make test` trusts."""

import subprocess
from pathlib import Path

import pytest

from scripts import browser


def program(folder: Path, name: str, *, starts: bool) -> str:
    """A browser that says its version, or Ubuntu's command that only says where to get one."""
    file = folder / name
    script = "echo Chromium 142.0" if starts else "echo requires the chromium snap >&2; exit 1"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return str(file)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder with programs, and nothing given."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("BROWSER_PATH", raising=False)
    return tmp_path


def test_a_browser_that_only_says_where_to_get_one_is_passed_over(folder: Path) -> None:
    program(folder, "chromium-browser", starts=False)
    assert browser.installed() is None

    chrome = program(folder, "google-chrome", starts=True)
    assert browser.installed() == chrome


def test_a_program_of_another_machine_does_not_start(folder: Path) -> None:
    (folder / "chromium").write_bytes(b"\x7fELF of another machine")
    (folder / "chromium").chmod(0o755)

    assert browser.installed() is None


@pytest.mark.parametrize(("root", "expected"), [(True, ["--with-deps"]), (False, [])])
def test_a_download_brings_its_libraries_where_they_may_be_installed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, root: bool, expected: list[str]
) -> None:
    commands: list[list[str]] = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[bytes]:
        commands.append(command)
        return subprocess.CompletedProcess(command, 0)

    program(folder, "apt-get", starts=True)
    monkeypatch.setattr("scripts.browser.os.geteuid", lambda: 0 if root else 1000)
    monkeypatch.setattr("scripts.browser.subprocess.run", run)
    monkeypatch.setattr(browser, "downloaded", lambda: "/cache/chromium")

    assert browser.download()

    assert commands[0][1:] == ["-m", "playwright", "install", *expected, "chromium"]
    assert commands[1] == ["/cache/chromium", "--version"]


def test_when_nothing_starts_one_sentence_says_what_to_do(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "downloaded", lambda: str(folder / "none"))
    monkeypatch.setattr(browser, "download", lambda: False)
    with pytest.raises(SystemExit, match=r"^The browser tests need Chromium, .*: install one, or set BROWSER_PATH\.$"):
        browser.main()

    monkeypatch.setenv("BROWSER_PATH", stub := program(folder, "mine", starts=False))
    with pytest.raises(SystemExit, match=rf"^BROWSER_PATH names {stub}, which does not start as a browser\.$"):
        browser.main()
