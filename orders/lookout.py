"""One look at a time at every edition that somebody watches in this process, shared by all who watch.

However many streams are open, the database is asked once per look. A look sees what was committed, and holds that have
run out by themselves, which no event would tell of. While the database does not answer, everybody's watch ends: a
stream that goes on would repeat what is no longer known.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextvars import Context
from time import monotonic

import structlog
from asgiref.sync import sync_to_async
from django.db import connection

from core.availability import UNAVAILABLE
from core.clock import now
from editions.contracts import Standing
from editions.standing import standings

LOOK_SECONDS = 0.5
"""What is shown must have been true within the last second: half of it for the wait, half for the way."""

log = structlog.get_logger("lookout")
Look = Callable[[Collection[int]], dict[int, Standing]]


class Watch:
    """One viewer's watch of one edition: the newest standing, and whether it has been told."""

    def __init__(self, edition_id: int) -> None:
        self.edition_id = edition_id
        self.newest: Standing | None = None
        self.has_ended = False
        self.news = asyncio.Event()

    def tell(self, standing: Standing | None) -> None:
        """Hand over a standing; None ends the watch."""
        if standing == self.newest and standing is not None:
            return
        self.newest, self.has_ended = standing, standing is None
        self.news.set()


class Lookout:
    """The watches of one event loop. Its task runs while there are any."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._watches: set[Watch] = set()
        self._task: asyncio.Task[None] | None = None

    async def follow(self, edition_id: int, silence: float) -> AsyncIterator[Standing | None]:
        """The edition's standing at once and whenever it is another; None after `silence` seconds without news.

        Ends when the edition is gone or the database does not answer.
        """
        watch = Watch(edition_id)
        self._watches.add(watch)
        self._start()
        try:
            while True:
                try:
                    await asyncio.wait_for(watch.news.wait(), silence)
                except TimeoutError:
                    yield None
                    continue
                watch.news.clear()
                if watch.has_ended:
                    return
                yield watch.newest
        finally:
            self._watches.discard(watch)

    def _start(self) -> None:
        if self._task is None or self._task.done():
            # The request that happens to come first ends before the task does: nothing of it may go along.
            self._task = asyncio.get_running_loop().create_task(self._run(), context=Context())

    async def _run(self) -> None:
        try:
            while self._watches:
                started = monotonic()
                watched = {watch.edition_id for watch in self._watches}
                found = await sync_to_async(self._look, thread_sensitive=False)(watched)
                for watch in tuple(self._watches):
                    # Whoever came during the look waits for the next one.
                    if watch.edition_id in watched:
                        watch.tell(found.get(watch.edition_id))
                await asyncio.sleep(max(0.0, LOOK_SECONDS - (monotonic() - started)))
        except UNAVAILABLE as error:
            log.warning("lookout_blind", error=str(error).splitlines()[0])
        finally:
            for watch in tuple(self._watches):
                watch.tell(None)


def look(edition_ids: Collection[int]) -> dict[int, Standing]:
    """The standings now; the connection goes back to the pool at once."""
    try:
        return standings(edition_ids, now())
    finally:
        connection.close()


_lookout: tuple[asyncio.AbstractEventLoop, Lookout] | None = None


def lookout() -> Lookout:
    """This process's lookout; a server has one event loop."""
    global _lookout  # noqa: PLW0603 (one per process, made by whoever comes first)
    loop = asyncio.get_running_loop()
    if _lookout is None or _lookout[0] is not loop:
        _lookout = (loop, Lookout(look))
    return _lookout[1]
