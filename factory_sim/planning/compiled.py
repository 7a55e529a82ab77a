"""How the planner's inner loops become machine code: the one place for numba's options.

Both keep their machine code on disk, and both use one thread: workers fork.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

from numba import njit

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def compiled(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Compile a function that Python calls."""
    return cast("Callable[Arguments, Result]", njit(cache=True)(function))


def inlined(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Compile a function into those that call it: passing it a handful of arrays would cost more than its work."""
    return cast("Callable[Arguments, Result]", njit(cache=True, forceinline=True)(function))
