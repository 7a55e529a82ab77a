"""What goes wrong while installing on a stranger's machine is said in one sentence that helps."""

import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from dure.local.home import CLONE

BOOTSTRAP: dict[str, Any] = runpy.run_path(str(CLONE / "scripts" / "bootstrap.py"), run_name="bootstrap")
explain = cast("Callable[[str], str]", BOOTSTRAP["explain"])
is_sound = cast("Callable[[tuple[int, int]], bool]", BOOTSTRAP["is_sound"])
THIS_PYTHON = sys.version_info[:2]

DISK = "The disk is full"
COMPILER = "no C compiler was found"
HASH = "its hash differs"
NETWORK = "The Python packages could not be fetched"

# Lines as pip, setuptools and urllib3 write them.
NO_DISK = "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device"
NO_COMPILER = "  building 'psutil._psutil_linux' extension\n  error: command 'gcc' failed: No such file or directory"
FAILED_COMPILER = "  error: command '/usr/bin/x86_64-linux-gnu-gcc' failed with exit code 1"
NO_CLANG = "FileNotFoundError: [Errno 2] No such file or directory: 'clang'"
OLD_COMPILER = "  unable to execute 'gcc': No such file or directory"
NO_VISUAL = 'error: Microsoft Visual C++ 14.0 or greater is required. Get it with "Microsoft C++ Build Tools"'
WRONG_HASH = "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. If you have updated the"
NO_NAMES = (
    "WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after connection broken by"
    " 'NewConnectionError('<pip._vendor.urllib3.connection.HTTPSConnection object at 0x7f>: Failed to establish a new"
    " connection: [Errno -3] Temporary failure in name resolution')': /simple/django/\n"
    "ERROR: Could not find a version that satisfies the requirement django==5.2.19 (from versions: none)\n"
    "ERROR: No matching distribution found for django==5.2.19"
)
NO_ROUTE = "Failed to establish a new connection: [Errno 101] Network is unreachable"
NO_PROXY = "ProxyError('Cannot connect to proxy.', NewConnectionError('[Errno 111] Connection refused'))"
SLOW = "pip._vendor.urllib3.exceptions.ReadTimeoutError: HTTPSConnectionPool(host='a.test', port=443): Read timed out."
MAC_NO_NAMES = "[Errno 8] nodename nor servname provided, or not known"


@pytest.mark.parametrize(
    ("log_text", "sentence"),
    [
        (NO_DISK, DISK),
        (NO_COMPILER, COMPILER),
        (FAILED_COMPILER, COMPILER),
        (NO_CLANG, COMPILER),
        (OLD_COMPILER, COMPILER),
        (NO_VISUAL, COMPILER),
        (WRONG_HASH, HASH),
        (NO_NAMES, NETWORK),
        (NO_ROUTE, NETWORK),
        (NO_PROXY, NETWORK),
        (SLOW, NETWORK),
        (MAC_NO_NAMES, NETWORK),
    ],
)
def test_every_cause_has_its_sentence(log_text: str, sentence: str) -> None:
    told = explain(f"Collecting django\n{log_text}\n")

    assert sentence in told
    assert told.endswith("(Details: .venv/install.log)")
    assert "\n" not in told


def test_no_sentence_is_left_without_a_cause_that_leads_to_it() -> None:
    assert [sentence for _, sentence in BOOTSTRAP["CAUSES"]] == [
        cause.removesuffix(" (Details: .venv/install.log)")
        for cause in map(explain, (NO_DISK, NO_COMPILER, WRONG_HASH, NO_NAMES))
    ]


@pytest.mark.parametrize(
    "log_text",
    ["", "ERROR: something that nobody has thought of", "error: command 'cmake' failed: No such file or directory"],
)
def test_an_unknown_cause_points_to_the_log(log_text: str) -> None:
    assert explain(log_text) == (
        "The Python packages could not be installed; the reason is at the end of .venv/install.log."
    )


def test_a_full_disk_is_named_even_when_it_made_the_compiler_fail() -> None:
    assert DISK in explain(f"fatal error: error writing to /tmp/x.s: No space left on device\n{FAILED_COMPILER}")


def test_a_failure_is_one_sentence_and_no_traceback() -> None:
    with pytest.raises(SystemExit) as ended:
        BOOTSTRAP["fail"]("The sentence.")

    assert ended.value.code == "dure: The sentence."


# --- The virtual environment --------------------------------------------------------------------------


@pytest.fixture
def venv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `.venv` as it is left where venv has no ensurepip, or is interrupted in it: a Python without pip."""
    folder = tmp_path / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    monkeypatch.setitem(is_sound.__globals__, "VENV", folder)
    return folder


def give_pip(venv: Path) -> None:
    (site_packages,) = venv.glob("lib/python*/site-packages")
    (site_packages / "pip.py").touch()


def test_a_venv_without_pip_is_not_sound(venv: Path) -> None:
    assert not is_sound(THIS_PYTHON)

    give_pip(venv)

    assert is_sound(THIS_PYTHON)


def test_a_venv_of_another_python_is_not_sound(venv: Path) -> None:
    give_pip(venv)

    assert not is_sound((3, 99))


def test_no_venv_and_a_venv_whose_python_is_gone_are_not_sound(venv: Path) -> None:
    give_pip(venv)
    for python in (venv / "bin").glob("python*"):
        python.unlink()

    assert not is_sound(THIS_PYTHON)


def test_a_ctrl_c_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    main = BOOTSTRAP["main"]
    monkeypatch.setattr("sys.argv", ["bootstrap.py", "requirements.txt"])
    monkeypatch.setitem(main.__globals__, "make_venv", lambda: None)
    monkeypatch.setitem(main.__globals__, "install", interrupted)

    with pytest.raises(SystemExit) as ended:
        main()

    assert ended.value.code == "dure: Stopped before everything was installed: the same command goes on with it."
