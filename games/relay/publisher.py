"""The one task that writes to the channel layer: a bounded queue of packets, in order, each with a deadline.

Both ends put items by plain calls. What gathers for one destination while a publish is in flight leaves as one packet.
It must never block a caller: what cannot leave is dropped and counted, and its missing number tells the other end.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, Final

from games.relay.counts import Counts
from games.relay.wire import AnyItem, Frame, Said, Shared, pack, to_match

logger = logging.getLogger(__name__)

# A publish takes less than a millisecond; after a second the layer is away, and what waits behind is too old to matter.
DEADLINE_S: Final = 1.0
# Several seconds of the fastest play. Beyond it the layer is too slow for what is played, and a full view is cheaper
# for everyone than a longer queue.
QUEUED_ITEMS: Final = 20_000
QUEUED_BYTES: Final = 16 << 20
# One packet: below what makes other traffic wait, above what any single frame needs.
PACKET_BYTES: Final = 256 << 10


class _Packet:
    """Items for one destination. `number` orders all packets of this process."""

    __slots__ = ("items", "number", "s", "size_bytes", "to")

    def __init__(self, to: str, s: int, number: int) -> None:
        self.to, self.s, self.number = to, s, number
        self.items: list[AnyItem] = []
        self.size_bytes = 0


class _Errand:
    """A call to the layer that is no publish."""

    __slots__ = ("call", "done")

    def __init__(self, call: Callable[[], Awaitable[Any]], done: asyncio.Future[None]) -> None:
        self.call, self.done = call, done


class Publisher:
    """`gather` is called before packets are taken: whoever holds items back puts them now."""

    def __init__(
        self,
        publish: Callable[[str, dict[str, Any]], Awaitable[None]],
        host: str,
        counts: Counts,
        *,
        gather: Callable[[], None],
        heard: Callable[[str], int],
        failed: Callable[[], None],
    ) -> None:
        """`publish`: gives a message to the layer; `heard`: the last number of the stream that comes back from a
        destination; `failed`: something did not leave."""
        self._publish, self._host, self._counts = publish, host, counts
        self._gather, self._heard, self._tell_failed = gather, heard, failed
        self._queue: deque[_Packet | _Errand] = deque()
        self._open: dict[str, _Packet] = {}
        self._last: dict[str, int] = {}
        self._floor = 0
        # Per match, the newest packet with something shared, and the newest with something for single connections.
        self._shared: dict[str, int] = {}
        self._single: dict[str, int] = {}
        self._number = self._items = self._bytes = 0
        self.working = False
        """Whether the layer took the last thing that it was given."""
        self._due = asyncio.Event()

    def last(self, to: str) -> int:
        """The number of the last packet to `to`."""
        return self._last.get(to, self._floor)

    def end(self, to: str) -> None:
        """Nobody hears this destination any more. A stream that begins there later goes on with higher numbers."""
        self._floor = max(self._floor, self._last.pop(to, 0))

    def soon(self) -> None:
        """Something will be put by `gather`."""
        self._due.set()

    def put(self, to: str, item: AnyItem, match: str | None = None) -> int:
        """Queue one item; the number of its packet. Items about one `match` keep their order, whatever their way."""
        size = len(item.frame) if isinstance(item, Frame | Shared | Said) else 0
        packet = self._open.get(to)
        if packet is None or packet.number < self._after(to, match) or packet.size_bytes + size > PACKET_BYTES:
            if self._items >= QUEUED_ITEMS or self._bytes + size > QUEUED_BYTES:
                return self.skip(to)
            packet = self._begin(to)
        packet.items.append(item)
        packet.size_bytes += size
        self._items += 1
        self._bytes += size
        if match is not None:
            (self._shared if to == to_match(match) else self._single)[match] = packet.number
        self._due.set()
        return packet.s

    async def do(self, call: Callable[[], Awaitable[Any]]) -> None:
        """Call the layer in its turn, before what is put later. Raises what it raises, and TimeoutError."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append(_Errand(call, done))
        self._open.clear()
        self._due.set()
        await done

    def _after(self, to: str, match: str | None) -> int:
        """The packet after which an item about `match` must come, since it went another way."""
        if match is None:
            return 0
        return (self._single if to == to_match(match) else self._shared).get(match, 0)

    def _begin(self, to: str) -> _Packet:
        self._number += 1
        self._last[to] = s = self.last(to) + 1
        packet = self._open[to] = _Packet(to, s, self._number)
        self._queue.append(packet)
        return packet

    def skip(self, to: str) -> int:
        """Something for `to` is lost, and a number is used up for it: so the other end will notice."""
        self._counts.dropped += 1
        self._open.pop(to, None)
        self._last[to] = self.last(to) + 1
        return self._last[to]

    # ── the task ────────────────────────────────────────────────────────────────────────────────────────

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self._due.wait()
            self._due.clear()
            self._gather()
            while self._queue:
                await self._next()
                self._gather()
            self._shared.clear()
            self._single.clear()

    async def _next(self) -> None:
        work = self._queue.popleft()
        try:
            async with asyncio.timeout(DEADLINE_S):
                if isinstance(work, _Errand):
                    await work.call()
                else:
                    await self._send(work)
        except Exception as error:  # noqa: BLE001 - whatever a layer raises means one thing: this did not leave
            self._failed(work, error)
        else:
            self.working = True
            if isinstance(work, _Errand) and not work.done.done():
                work.done.set_result(None)

    async def _send(self, packet: _Packet) -> None:
        if self._open.get(packet.to) is packet:
            del self._open[packet.to]
        self._items -= len(packet.items)
        self._bytes -= packet.size_bytes
        message = pack(self._host, packet.to, packet.s, self._heard(packet.to), packet.items)
        await self._publish(packet.to, message)
        self._counts.published += 1

    def _failed(self, work: _Packet | _Errand, error: Exception) -> None:
        """What waits behind would wait as long, one after the other: it is dropped with it."""
        self.working = False
        self._counts.failed += 1
        logger.debug("the channel layer failed: %s: %s", type(error).__name__, error)
        waiting, self._queue = [work, *self._queue], deque()
        self._open.clear()
        self._counts.dropped += self._items + (len(work.items) if isinstance(work, _Packet) else 0)
        self._items = self._bytes = 0
        for one in waiting:
            if isinstance(one, _Errand) and not one.done.done():
                one.done.set_exception(ConnectionError(f"{type(error).__name__}: {error}"))
        self._tell_failed()
