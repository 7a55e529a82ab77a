"""Where a clone keeps its data: a folder that sockets can live in, of its own, and nobody else's."""

import os
import stat
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from dure.local import home as home_module
from dure.local.home import LONGEST_SOCKET_PATH, Home, UnusableHome, default_home, home_of_clone, is_usable, write_once

SOMEBODY_ELSE = 54_321


@pytest.fixture(autouse=True)
def _nothing_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """`make test` names a home of its own."""
    monkeypatch.delenv("DURE_HOME", raising=False)
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)


@pytest.fixture
def ordinary_user(monkeypatch: pytest.MonkeyPatch) -> int:
    """This process takes itself for an ordinary user."""
    monkeypatch.setattr("dure.local.home.os.geteuid", lambda: SOMEBODY_ELSE)
    return SOMEBODY_ELSE


@pytest.fixture
def short() -> Iterator[Path]:
    """A folder with a path short enough for a socket, which pytest's own may not be."""
    with tempfile.TemporaryDirectory(prefix="dure-") as folder:
        yield Path(folder)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# --- Which folder -----------------------------------------------------------------------------------


def test_two_clones_have_two_homes_and_each_always_the_same(tmp_path: Path) -> None:
    one, other = default_home(tmp_path / "one"), default_home(tmp_path / "other")

    assert one != other
    assert default_home(tmp_path / "one") == one
    assert default_home(tmp_path / "one" / ".." / "one") == one


def test_a_clone_in_a_path_with_spaces_has_a_home_without(tmp_path: Path) -> None:
    home = default_home(tmp_path / "my projects" / ("deep " * 30))

    assert is_usable(home.path)


def test_a_given_home_is_taken_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DURE_HOME", str(tmp_path / "given"))
    assert home_of_clone() == Home(tmp_path / "given")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DURE_HOME", "near")
    assert home_of_clone() == Home(tmp_path / "near")


@pytest.mark.usefixtures("ordinary_user")
def test_an_ordinary_user_s_data_lie_in_the_state_folder_unless_a_socket_cannot_live_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/state")
    usual = default_home(tmp_path).path
    assert usual.parent == Path("/state/dure")

    for unusable in ("/my state", "/" + "s" * 90):
        monkeypatch.setenv("XDG_STATE_HOME", unusable)
        assert default_home(tmp_path).path == Path(f"/var/tmp/dure-{SOMEBODY_ELSE}") / usual.name


# --- What cannot be used ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["my data", "tab\there", "wide\u3000space"])
def test_a_home_with_a_space_is_refused_with_a_sentence(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnusableHome) as refused:
        Home(tmp_path / name).make()

    assert str(refused.value) == (
        f"The folder for data, {str(tmp_path / name)!r}, has a space in its path: set DURE_HOME to one without."
    )
    assert list(tmp_path.iterdir()) == []


def test_a_home_that_is_too_long_for_a_socket_is_refused_with_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / ("n" * LONGEST_SOCKET_PATH)

    with pytest.raises(UnusableHome) as refused:
        Home(path).make()

    assert str(refused.value) == (
        f"The folder for data, {path}, is too long for a socket: set DURE_HOME to a shorter one."
    )
    assert list(tmp_path.iterdir()) == []


def test_length_is_counted_in_the_bytes_of_the_whole_socket_path() -> None:
    # The socket is /…/pg/.s.PGSQL.5432, 18 characters longer than the folder with its slash.
    longest = Path("/" + "n" * (LONGEST_SOCKET_PATH - 1 - len("/pg/.s.PGSQL.5432")))

    assert len(os.fsencode(longest / "pg" / ".s.PGSQL.5432")) == 100
    assert is_usable(longest)
    assert not is_usable(Path(f"{longest}n"))
    # One Korean syllable is three bytes.
    assert is_usable(Path(str(longest)[:-3] + "가"))
    assert not is_usable(Path(str(longest)[:-2] + "가"))


@pytest.mark.parametrize("where", ["folder", "parent"])
def test_a_folder_of_somebody_else_is_refused_and_left_as_it_is(
    short: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    path = short / "base" / "home"
    path.mkdir(parents=True, mode=0o755)
    make_foreign(path if where == "folder" else path.parent, monkeypatch)

    with pytest.raises(UnusableHome, match=r"belongs to somebody else: set DURE_HOME to another one\.$"):
        Home(path).make()

    assert mode_of(path) == 0o755
    assert list(path.iterdir()) == []


def make_foreign(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a folder to somebody else; who is not root can only take himself for somebody else."""
    if os.geteuid() == 0:
        os.chown(path, SOMEBODY_ELSE, SOMEBODY_ELSE)
    else:
        monkeypatch.setattr("dure.local.home.os.geteuid", lambda: SOMEBODY_ELSE)


def test_a_link_is_refused_since_it_may_lead_anywhere(short: Path) -> None:
    (short / "elsewhere").mkdir()
    (short / "home").symlink_to(short / "elsewhere")

    with pytest.raises(UnusableHome, match="belongs to somebody else"):
        Home(short / "home").make()

    assert list((short / "elsewhere").iterdir()) == []


def test_a_folder_that_cannot_be_made_is_one_sentence(short: Path) -> None:
    (short / "file").touch()

    with pytest.raises(UnusableHome) as refused:
        Home(short / "file" / "home").make()

    assert str(refused.value) == (
        f"The folder for data, {short}/file/home, cannot be made (Not a directory): set DURE_HOME to another one."
    )


# --- What is made -------------------------------------------------------------------------------------


def test_a_home_can_be_entered_by_the_servers_and_read_by_nobody_else(short: Path) -> None:
    home = Home(short / "home")

    home.make()
    home.make()

    assert mode_of(home.path) == 0o711
    assert {mode_of(folder) for folder in (home.run, home.media, home.mail)} == {0o700}


def test_addresses_name_the_sockets_of_the_home() -> None:
    home = Home(Path("/var/lib/dure/abc"))

    assert home.database_url == "postgresql://dure@%2Fvar%2Flib%2Fdure%2Fabc%2Fpg/dure"
    assert home.redis_url == "unix:///var/lib/dure/abc/valkey/valkey.sock"


def test_a_secret_is_made_once_and_is_private(short: Path) -> None:
    home, other = Home(short / "home"), Home(short / "other")

    secret = home.secret("key")

    assert len(secret) >= 50
    assert home.secret("key") == secret
    assert Home(home.path).secret("key") == secret
    assert other.secret("key") != secret
    assert home.secret("another") != secret
    assert mode_of(home.run / "key") == 0o600


def test_of_many_writers_at_once_one_wins_and_all_read_the_same(tmp_path: Path) -> None:
    at_once = Barrier(16)

    def write(number: int) -> str:
        at_once.wait()
        return write_once(tmp_path / "key", f"text of writer {number}")

    with ThreadPoolExecutor(max_workers=16) as threads:
        read = set(threads.map(write, range(16)))

    assert read == {(tmp_path / "key").read_text()}
    # No draft is left.
    assert [file.name for file in tmp_path.iterdir()] == ["key"]


def test_control_writers_that_check_and_then_write_read_different_texts(tmp_path: Path) -> None:
    at_once = Barrier(2)

    def write(number: int) -> str:
        file = tmp_path / "key"
        is_first = not file.exists()
        at_once.wait()
        if is_first:
            file.write_text(f"text of writer {number}")
            at_once.wait()
            return f"text of writer {number}"
        return file.read_text()

    with ThreadPoolExecutor(max_workers=2) as threads:
        assert len(set(threads.map(write, range(2)))) == 2


def test_this_clone_s_home_is_named_after_this_clone() -> None:
    assert (home_module.CLONE / "manage.py").exists()
    assert home_of_clone() == default_home(home_module.CLONE)


# --- Whose folder -------------------------------------------------------------------------------------


def test_a_folder_with_other_things_is_refused_and_left_as_it_is(short: Path) -> None:
    home = Home(short / "home")
    (home.path / "media").mkdir(parents=True)
    (home.path / "thesis").write_text("years of work")
    home.path.chmod(0o755)

    for touch in (home.make, home.erase, lambda: home.secret("key")):
        with pytest.raises(UnusableHome) as refused:
            touch()
        assert str(refused.value) == (
            f"The folder {home.path} holds things that are not Dure's: set DURE_HOME to an empty one."
        )

    assert mode_of(home.path) == 0o755
    assert sorted(entry.name for entry in home.path.iterdir()) == ["media", "thesis"]


def test_an_empty_folder_may_be_used_and_stays_ours(short: Path) -> None:
    Home(short).make()

    Home(short).make()


def test_a_home_from_before_there_was_a_marker_is_ours(short: Path) -> None:
    home = Home(short)
    home.secret("secret-key")
    (home.path / "dure-data").unlink()

    home.make()

    assert (home.path / "dure-data").exists()


def test_the_clone_s_own_folder_is_ours_whatever_came_first(short: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home_module, "_bases", lambda: [short])
    home = default_home(home_module.CLONE)
    # A picture that was kept before anything made the folder.
    (home.path / "pictures").mkdir(parents=True)

    home.make()

    assert (home.path / "dure-data").exists()


def test_erasing_removes_what_dure_made_and_then_the_folder(short: Path) -> None:
    home = Home(short / "home")
    home.make()
    home.secret("key")
    for name in ("pg", "valkey", "programs", "pictures"):
        (home.path / name).mkdir()
        (home.path / name / "file").touch()

    home.erase()

    assert list(short.iterdir()) == []


def test_erasing_leaves_other_things_and_what_a_link_leads_to(short: Path) -> None:
    home = Home(short / "home")
    home.make()
    (home.path / "thesis").write_text("years of work")
    (short / "photographs").mkdir()
    (short / "photographs" / "one").touch()
    home.media.rmdir()
    home.media.symlink_to(short / "photographs")

    home.erase()

    assert [entry.name for entry in home.path.iterdir()] == ["thesis"]
    assert (short / "photographs" / "one").exists()
