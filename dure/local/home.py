"""Where one clone keeps what it makes: databases, sockets, keys, uploads.

A Unix socket's path must stay under about 100 bytes and the unprivileged user that runs the servers
for root must be able to enter every folder on the way, so this folder lies outside the clone, named
after the clone's path: two clones never share anything.
"""

import hashlib
import os
import secrets
import shutil
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

CLONE = Path(__file__).resolve().parent.parent.parent
LONGEST_SOCKET_PATH = 100
SOCKET_NAME = "pg/.s.PGSQL.5432"
MARKER = "dure-data"
# Everything that Dure makes in its folder. The marker goes last: what is left of a removal can be removed.
ENTRIES = ("pg", "valkey", "programs", "media", "mail", "pictures", "run", MARKER)


class UnusableHome(Exception):
    """The folder for data cannot be used; the message says why and what to do."""


@dataclass(frozen=True)
class Home:
    """The folders of one clone's local state."""

    path: Path

    @property
    def postgres(self) -> Path:
        return self.path / "pg"

    @property
    def valkey(self) -> Path:
        return self.path / "valkey"

    @property
    def programs(self) -> Path:
        return self.path / "programs"

    @property
    def run(self) -> Path:
        return self.path / "run"

    @property
    def media(self) -> Path:
        return self.path / "media"

    @property
    def mail(self) -> Path:
        return self.path / "mail"

    @property
    def database_url(self) -> str:
        return f"postgresql://dure@{str(self.postgres).replace('/', '%2F')}/dure"

    @property
    def redis_url(self) -> str:
        return f"unix://{self.valkey}/valkey.sock"

    def make(self) -> None:
        """Make the folder, enterable by the servers' user; raises UnusableHome with a sentence.

        A folder that holds other things (DURE_HOME=$HOME) is refused before anything in it is touched.
        """
        _check_path(self.path)
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            _check_owner(self.path)
            self.check_ours()
            (self.path / MARKER).touch()
            self.path.chmod(0o711)
            for private in (self.run, self.media, self.mail):
                private.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise UnusableHome(
                f"The folder for data, {self.path}, cannot be made ({error.strerror}): set DURE_HOME to another one."
            ) from error

    def check_ours(self) -> None:
        """Raise UnusableHome when the folder holds things and none of them says that Dure made it."""
        found = {entry.name for entry in self.path.iterdir()}
        # Homes that were made before there was a marker have a key; the clone's own folder bears its name.
        if found and not (MARKER in found or (self.run / "secret-key").exists() or self == default_home(CLONE)):
            raise UnusableHome(
                f"The folder {self.path} holds things that are not Dure's: set DURE_HOME to an empty one."
            )

    def erase(self) -> None:
        """Remove what Dure has made here, and the folder when nothing else is in it."""
        self.check_ours()
        for entry in (self.path / name for name in ENTRIES):
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink(missing_ok=True)
        with suppress(OSError):
            self.path.rmdir()

    def secret(self, name: str, length: int = 50) -> str:
        """A random secret of this clone, made at the first call and kept readable for its owner only."""
        file = self.run / name
        try:
            return file.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            self.make()
            return write_once(file, secrets.token_urlsafe(length))


def write_once(file: Path, text: str) -> str:
    """Write a private file unless another process was first; return what the file holds."""
    with tempfile.NamedTemporaryFile("w", dir=file.parent, delete=False, encoding="utf-8") as draft:
        draft.write(text)
    try:
        os.link(draft.name, file)
    except FileExistsError:
        pass
    finally:
        os.unlink(draft.name)
    return file.read_text(encoding="utf-8").strip()


def home_of_clone() -> Home:
    """The home of this clone; `DURE_HOME` overrides it."""
    given = os.environ.get("DURE_HOME")
    return Home(Path(given).absolute()) if given else default_home(CLONE)


def default_home(clone: Path) -> Home:
    """The home of a clone whose environment names none."""
    name = hashlib.sha256(str(clone.resolve()).encode()).hexdigest()[:10]
    usable = [base / name for base in _bases() if is_usable(base / name)]
    return Home(usable[0])


def is_usable(path: Path) -> bool:
    try:
        _check_path(path)
    except UnusableHome:
        return False
    return True


def _bases() -> list[Path]:
    if os.geteuid() == 0:
        return [Path("/var/lib/dure")]
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return [Path(state) / "dure", Path(f"/var/tmp/dure-{os.geteuid()}")]  # noqa: S108 (owner and mode are checked)


def _check_path(path: Path) -> None:
    text = str(path)
    if any(character.isspace() for character in text):
        raise UnusableHome(f"The folder for data, {text!r}, has a space in its path: set DURE_HOME to one without.")
    if len(os.fsencode(path / SOCKET_NAME)) > LONGEST_SOCKET_PATH:
        raise UnusableHome(f"The folder for data, {text}, is too long for a socket: set DURE_HOME to a shorter one.")


def _check_owner(path: Path) -> None:
    """Refuse a folder that somebody else could have put there (the fall-back base is writable for all)."""
    for folder in (path, path.parent):
        found = folder.lstat()
        if stat.S_ISLNK(found.st_mode) or found.st_uid not in (os.geteuid(), 0):
            raise UnusableHome(f"The folder {folder} belongs to somebody else: set DURE_HOME to another one.")
