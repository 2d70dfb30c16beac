"""Questions to the database that come one by one and are asked together.

`Loading` has one for ids and one for leases with their logs. After a restart thousands of players come back within
seconds: one transaction for each would be one wait for the disk for each.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from players.threads import DatabaseThreads

K = TypeVar("K")
V = TypeVar("V")

# A batch takes some 20 ms, and whoever comes meanwhile waits for the next one; beyond that little is left to save.
AT_ONCE = 32
# Two batches at a time: one folds while the other waits for the disk. The other threads are for whatever else.
LANES = 2


class Gathered(Generic[K, V]):
    """`ask(keys)` is called on one of `threads`, and gives a value or an exception for each key.

    The first question goes at once; what comes while all lanes are busy goes together, in the order of its coming.
    """

    def __init__(self, threads: DatabaseThreads, ask: Callable[[list[K]], Mapping[K, V | Exception]]) -> None:
        self._threads = threads
        self._ask = ask
        self._waiting: dict[K, asyncio.Future[V]] = {}
        self._lanes: set[asyncio.Task[None]] = set()
        self._open = 0

    async def get(self, key: K) -> V:
        """The answer for `key`; raises the exception that stands for it, or that the whole call ended with."""
        waiting = self._waiting.get(key)
        if waiting is None:
            loop = asyncio.get_running_loop()
            waiting = self._waiting[key] = loop.create_future()
            if self._open < LANES:
                self._open += 1
                lane = loop.create_task(self._run())
                self._lanes.add(lane)
                lane.add_done_callback(self._lanes.discard)
        return await asyncio.shield(waiting)

    async def _run(self) -> None:
        while self._waiting:
            batch = {key: self._waiting.pop(key) for key in list(self._waiting)[:AT_ONCE]}
            try:
                answers: Mapping[K, V | Exception] = await self._threads.run(self._ask, list(batch))
            except Exception as error:  # noqa: BLE001 - whoever asked is told
                answers = dict.fromkeys(batch, error)
            for key, future in batch.items():
                answer = answers[key]
                if isinstance(answer, Exception):
                    future.set_exception(answer)
                    future.exception()  # whoever asked may have left: then nobody need hear of it
                else:
                    future.set_result(answer)
        # Here, not when the task is known to have ended: who asks in between would wait for a lane that looks no more.
        self._open -= 1
