"""The cache of a process: one client for all its threads."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.core.cache import caches
from pytest_django.fixtures import Settings

OURS = "core.cache.ProcessRedisCache"
DJANGOS = "django.core.cache.backends.redis.RedisCache"


def connections_of_eight_threads(settings: Settings, backend: str) -> int:
    settings.CACHES = {**settings.CACHES, "default": {**settings.CACHES["default"], "BACKEND": backend}}
    together = Barrier(8)

    def look(_: int) -> int:
        found: Any = caches["default"]
        found.set("look", 1)
        assert found.get("look") == 1
        together.wait(10)
        return id(found._cache.get_client(write=True).connection_pool)

    with ThreadPoolExecutor(8) as threads:
        return len(set(threads.map(look, range(8))))


@pytest.mark.parametrize(("backend", "pools"), [(OURS, 1), (DJANGOS, 8)], ids=["ours", "control: Django's"])
def test_threads_share_their_connections(settings: Settings, backend: str, pools: int) -> None:
    assert connections_of_eight_threads(settings, backend) == pools
