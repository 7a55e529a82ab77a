"""numba's njit for the engine: fast, and with a cache on disk that knows that the engine's modules belong together.

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


# References to arrays are not counted, which halves the time: compiled functions must not make arrays.
OPTIONS: dict[str, Any] = {"error_model": "numpy", "_nrt": False}
SOURCES = stamp(Path(__file__).parent)


def compiled(function: Function) -> Function:
    """Compile what Python calls, at its first call, or load what an earlier process compiled from the same sources."""
    dispatcher = njit(cache=True, **OPTIONS)(function)
    dispatcher._cache._cache_file._source_stamp = SOURCES
    return cast("Function", dispatcher)


def inlined(function: Function) -> Function:
    """Make a part of `compiled` functions; a call would hand on every array of a run, and cost more than the work."""
    return cast("Function", njit(forceinline=True, **OPTIONS)(function))
