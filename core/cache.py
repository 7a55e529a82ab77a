"""The cache's connections belong to the process.

Django makes a cache object for each thread, and under ASGI one for each request, with connections of its own.
"""

from functools import cache
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient


class KeptClient(RedisCacheClient):
    """Makes its Redis clients once: each copies hundreds of callbacks."""

    def __init__(self, servers: list[str], **options: Any) -> None:
        super().__init__(servers, **options)
        self._kept: dict[bool, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        if write not in self._kept:
            self._kept[write] = super().get_client(key, write=write)
        return self._kept[write]


class ProcessRedisCache(RedisCache):
    """Django's Redis cache with one client, and its pool, for all threads of a process. For one server."""

    @property
    def _cache(self) -> KeptClient:
        return _client(*self._servers, **self._options)  # type: ignore[attr-defined]


@cache
def _client(server: str, **options: Any) -> KeptClient:
    return KeptClient([server], **options)
