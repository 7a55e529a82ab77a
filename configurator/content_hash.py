"""Digests that tell published contents apart. Pure but for reading the product's files."""

from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from configurator.configuration import canonical_json
from configurator.definition import ProductDefinition


def content_hash(folder: Path, definition: ProductDefinition) -> str:
    """SHA-256 over the definition and every file of its views and model: what a customer would see changes it.

    What is as usual is left out, so that a field that is added later with a default changes no hash.
    """
    digest = sha256(canonical_json(definition.model_dump(mode="json", exclude_defaults=True)))
    for view in definition.views:
        digest.update(_listing(folder / view.folder))
    if definition.model:
        digest.update(_listing(folder / definition.model))
    return digest.hexdigest()


def plates_digest(folder: Path) -> str:
    """SHA-256 over the paths and contents of all files in a folder and below it; a folder that is missing is empty."""
    return sha256(_listing(folder)).hexdigest()


def plates_of(folder: Path, definition: ProductDefinition) -> dict[str, str]:
    """The digest of each folder that a definition is drawn from."""
    names = [view.folder for view in definition.views] + ([definition.model] if definition.model else [])
    return {name: plates_digest(folder / name) for name in names}


def _listing(folder: Path) -> bytes:
    """Each file's path inside the folder, however deep, with its digest."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    stamped = ((file, file.stat()) for file in files)
    return b"".join(
        file.relative_to(folder).as_posix().encode() + b"\0" + _digest(file, stat.st_mtime_ns, stat.st_size)
        for file, stat in stamped
    )


@lru_cache(4_096)
def _digest(file: Path, _modified_ns: int, _size: int) -> bytes:
    """Of a file's content, which is read anew when the file has changed."""
    return sha256(file.read_bytes()).digest()
