"""`compiled`: numba's njit with a cache on disk that knows that the engine's modules belong together.

numba drops what it has cached for a function when the function's own file changes, but not when one that it calls
changes in another file: an old kernel would run on after an update. So every cache is stamped with all sources.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar, cast

from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])


def stamp(folder: Path) -> str:
    """Changes with every module of a folder."""
    digest = blake2b(digest_size=16)
    for file in sorted(folder.glob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


SOURCES = stamp(Path(__file__).parent)


def compiled(function: Function) -> Function:
    """Compile a function at its first call, or load what an earlier process compiled from the same sources.

    It must not make arrays: without numba's counting of references to them the kernel is twice as fast.
    """
    dispatcher = njit(cache=True, error_model="numpy", _nrt=False)(function)
    dispatcher._cache._cache_file._source_stamp = SOURCES
    return cast("Function", dispatcher)
