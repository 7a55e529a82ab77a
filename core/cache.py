"""The cache's connections belong to the process.

Django makes a cache object for each thread, and under ASGI for each request; each would open a connection of its own.
"""

from functools import cache
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient


class KeptClient(RedisCacheClient):
    """Makes its Redis client once: it copies hundreds of callbacks each time."""

    def __init__(self, servers: list[str], **options: Any) -> None:
        super().__init__(servers, **options)
        self._kept: dict[int, Any] = {}

    def get_client(self, key: str | None = None, *, write: bool = False) -> Any:
        index = self._get_connection_pool_index(write)
        if index not in self._kept:
            self._kept[index] = super().get_client(key, write=write)
        return self._kept[index]


class ProcessRedisCache(RedisCache):
    """Django's Redis cache with one client, and its pool, for all threads of a process."""

    @property
    def _cache(self) -> KeptClient:
        return _client(tuple(self._servers), tuple(sorted(self._options.items())))


@cache
def _client(servers: tuple[str, ...], options: tuple[tuple[str, Any], ...]) -> KeptClient:
    return KeptClient(list(servers), **dict(options))
