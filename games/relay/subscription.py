"""What this process hears of the channel layer: its channel, the groups that it is in, and the layer object itself.

Owned by `core.py`. All calls of the layer but `receive` go through the publisher, one at a time and with a deadline. A
layer may be away when anything here is asked of it; then it is asked again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Final

from games.relay.publisher import Publisher
from games.relay.relays import Relay
from games.relay.wire import EVERYONE, HINTS, to_host, to_match

logger = logging.getLogger(__name__)

# Between attempts at a layer that is away.
AGAIN_S: Final = 0.25
# The layer unsubscribes when its receiver is cancelled; one that hangs must not hold up a stop.
GOODBYE_S: Final = 1.0


class Subscription:
    """`take` is given each message. `relays`, by public id, are those whose streams should be heard."""

    def __init__(self, host: str, make_layer: Callable[[], Any], *, take: Callable[[dict[str, Any]], None]) -> None:
        self.channel: str | None = None
        self.publisher: Publisher
        self.relays: Mapping[str, Relay] = {}
        self._host, self._make_layer, self._layer = host, make_layer, make_layer()
        self._take = take
        self._receiver: asyncio.Task[None] | None = None
        self._beside: set[asyncio.Task[None]] = set()

    async def publish(self, to: str, message: dict[str, Any]) -> None:
        """The publisher's alone."""
        await self._layer.group_send(to, message)

    def start(self) -> None:
        """Hear, from as soon as the layer answers."""
        self._receiver = asyncio.get_running_loop().create_task(self._receive())

    async def stop(self) -> None:
        """Hear nothing any more."""
        tasks = {*self._beside, *([] if self._receiver is None else [self._receiver])}
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=GOODBYE_S)

    def renew(self) -> None:
        """Begin anew: what was subscribed is lost."""
        self.channel = None
        self._spawn(self._renew())

    def join(self, relay: Relay) -> None:
        """Hear the stream of this match; `relay.joined` says when that is so."""
        relay.joined = False
        self._spawn(self._join(relay))

    def part(self, match: str) -> None:
        """Do not hear it any more."""
        self._spawn(self._part(match))

    # ── the tasks ───────────────────────────────────────────────────────────────────────────────────────

    async def _receive(self) -> None:
        while True:
            try:
                if self.channel is None:
                    await self.publisher.do(self._open)
                message = await self._layer.receive(self.channel)
            except Exception as error:  # noqa: BLE001 - whatever a layer raises: it is away
                logger.debug("nothing can be heard: %s: %s", type(error).__name__, error)
                await asyncio.sleep(AGAIN_S)
            else:
                self._take(message)

    async def _open(self) -> None:
        """Hear what is for this process, and what is for all."""
        channel = await self._layer.new_channel()
        for group in (to_host(self._host), EVERYONE, HINTS):
            await self._layer.group_add(group, channel)
        self.channel = channel
        for relay in self.relays.values():
            self.join(relay)  # each with a deadline of its own: there may be thousands

    async def _join(self, relay: Relay) -> None:
        async def join() -> None:
            if relay.links and self.channel is not None:
                await self._layer.group_add(to_match(relay.match), self.channel)
                relay.joined = True

        with contextlib.suppress(ConnectionError):  # with the next beat again
            await self.publisher.do(join)

    async def _part(self, match: str) -> None:
        async def part() -> None:
            if self.channel is not None and match not in self.relays:
                await self._layer.group_discard(to_match(match), self.channel)

        with contextlib.suppress(ConnectionError):  # what is heard of it is passed over
            await self.publisher.do(part)

    async def _renew(self) -> None:
        assert self._receiver is not None
        self._receiver.cancel()
        await asyncio.wait({self._receiver}, timeout=GOODBYE_S)
        with contextlib.suppress(ConnectionError):
            await self.publisher.do(self._layer.flush)
        # A fresh one: the old one may be what is broken.
        self._layer = self._make_layer()
        self.start()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)
