"""Several processes' drivers and relaying in one event loop, over a channel layer that can be made to misbehave."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Callable
from typing import Any, Literal

import msgspec
from asgiref.sync import sync_to_async
from channels.layers import InMemoryChannelLayer
from django.conf import settings
from django.db import connections

from games import services, store
from games.driver import Driver
from games.driver.live import Live
from games.driver.pulse import Pulse
from games.host.entries import MatchId
from games.host.ports import Link
from games.journal import open_log
from games.journal.core import Journal
from games.journal.endings import Ending
from games.models import Match
from games.protocol import codec
from games.protocol.codes import Close
from games.protocol.messages import Hello, Move
from games.relay import Relaying, Router
from games.relay.relays import RelayedLink
from players import resume
from players.identity import Identity
from players.models import Player
from players.services import guest_create
from players.threads import DatabaseThreads

# A tick of the tests: everything that takes a second in service takes a tenth.
QUICK_S = 0.025


async def until(true: Callable[[], Any], within_s: float = 10) -> None:
    """Wait for what other threads and tasks bring about; ten seconds are for a machine that is busy elsewhere."""
    async with asyncio.timeout(within_s):
        while not true():  # noqa: ASYNC110 - nothing to wait on: the layer tells nobody
            await asyncio.sleep(0.005)


class Layer(InMemoryChannelLayer):
    """Loses, doubles and delays by a seed; or is away, or hangs, or takes no notice of a cancellation."""

    def __init__(self) -> None:
        super().__init__(capacity=100_000)
        self.lose = self.double = self.delay = 0.0
        self.rng = random.Random(1)
        self.away = self.hangs = self.clings = False
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.drop: Callable[[str, dict[str, Any]], bool] = lambda group, message: False

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        if self.hangs:
            await asyncio.sleep(3600)
        if self.away:
            raise ConnectionError("the layer is away")
        if self.clings:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(0.5)
        self.sent.append((group, message))
        if self.drop(group, message) or self.rng.random() < self.lose:
            return
        await super().group_send(group, message)
        if self.rng.random() < self.double:
            await super().group_send(group, message)
        if self.rng.random() < self.delay:
            asyncio.get_running_loop().call_later(0.02, self._again, group, message)

    async def flush(self) -> None:
        """The layers of other processes are not concerned."""

    def _again(self, group: str, message: dict[str, Any]) -> None:
        task = asyncio.get_running_loop().create_task(super().group_send(group, message))
        self._kept = task


class Ear:
    """A connection that plays by the protocol: it keeps what it is told, and what it knows of the match."""

    def __init__(self, player: Player | None) -> None:
        self.identity = player and Identity(player.pk, player.public_id, player.name, "", 0)
        self.player = player.public_id if player else None
        self.name = player.name if player else ""
        self.seat: int | None = None
        self.heard: list[dict[str, Any]] = []
        self.closed: Close | None = None
        self.epochs: list[int] = []
        self.state: dict[str, Any] | None = None
        self.link: Link
        self.lost = False
        self.broken = 0

    def put(self, frame: bytes, kind: Literal["state", "event"]) -> None:
        if self.closed is not None:
            return
        message = msgspec.json.decode(frame)
        self.heard.append(message)
        if message["type"] == "resync":
            self.lost = True
        elif message["type"] == "welcome":
            self.lost, self.state = False, message
            self.epochs.append(message["e"])
        elif message["type"] in ("update", "over") and not self.lost and self.state is not None:
            self._follow(message)

    def _follow(self, message: dict[str, Any]) -> None:
        assert self.state is not None
        if message["v"] <= self.state["v"]:
            return
        if message["v"] > self.state["v"] + 1:
            self.broken += 1  # the relay must heal before a client has to notice
            return
        self.state = {**self.state, "v": message["v"], "view": message.get("view", self.state["view"])}

    def close(self, code: Close) -> None:
        self.closed = self.closed or code

    def silenced(self) -> bool:
        return False

    def token(self, match: str, seat: int | None) -> str | None:
        return resume.issue(self.identity, match, seat) if self.identity else None

    async def until(self, true: Callable[[Ear], Any]) -> None:
        await until(lambda: true(self))

    def last(self, kind: str) -> dict[str, Any]:
        return next((one for one in reversed(self.heard) if one["type"] == kind), {})

    @property
    def v(self) -> int:
        return -1 if self.state is None else self.state["v"]

    def move(self, c: int, column: int) -> None:
        """As the consumer hands it over."""
        frame = codec.encode(Move(c, column, self.v)).decode()
        self.link.submit(self, self.link.decoder.decode(frame))


class House:
    """One process, as the process object makes it."""

    def __init__(self, layer: Any) -> None:
        self.threads = DatabaseThreads(2, "test-records")
        self.layer = layer
        self.pulse = Pulse()
        self.host = ""
        self.journal: Journal
        self.driver: Driver
        self.relaying: Relaying
        self.router: Router
        self._alive: asyncio.Task[None]

    async def start(self) -> House:
        self.host = await self.threads.run(store.host_register, "test")
        self.journal = Journal(open_log(settings.DATABASES["default"]), settled=self._settled)
        self.driver = Driver(host=self.host, journal=self.journal, threads=self.threads, pulse=self.pulse)
        await self.journal.start()
        self.relaying = Relaying(self.driver, host=self.host, make_layer=lambda: self.layer)
        await self.relaying.start()
        self.router = Router(self.driver, self.relaying)
        self._alive = asyncio.create_task(self._live())
        await until(lambda: self.relaying.up)
        return self

    async def _live(self) -> None:
        while True:
            self.pulse.renew(asyncio.get_running_loop().time())
            await self.threads.run(store.host_beat, self.host)
            await asyncio.sleep(0.5)

    def _settled(self, match: MatchId, ending: Ending) -> None:
        self.driver.settled(match, ending)

    async def die(self) -> None:
        """Killed: nothing is said to anyone any more, and its lease lapses by itself."""
        self._alive.cancel()
        await self.relaying._subscription.stop()
        for task in self.relaying._tasks:
            task.cancel()
        await asyncio.gather(self._alive, *self.relaying._tasks, return_exceptions=True)

    async def stop(self) -> None:
        await self.driver.close()
        await self.relaying.stop()
        self._alive.cancel()
        await asyncio.gather(self._alive, return_exceptions=True)
        await self.journal.close()
        await self.threads.run(store.host_stop, self.host)
        self.threads.close()

    async def attach(self, ear: Ear, match: Match, hello: Hello | None = None) -> Link | Close:
        link = await self.router.attach(ear, match.public_id, hello or Hello())
        if not isinstance(link, Close):
            ear.link = link
        return link

    def live(self, match: Match) -> Live:
        return self.driver.live[MatchId(match.pk)]


class Street:
    """Houses on one layer."""

    def __init__(self) -> None:
        self.layer = Layer()
        self.houses: list[House] = []

    async def build(self, count: int) -> list[House]:
        self.houses += [await House(self.layer).start() for _ in range(count)]
        return self.houses

    async def close(self) -> None:
        self.layer.lose = self.layer.double = self.layer.delay = 0.0
        self.layer.away = self.layer.hangs = False
        for house in self.houses:
            await house.stop()
        await sync_to_async(connections.close_all)()


@sync_to_async
def two_players() -> tuple[Player, Player]:
    return guest_create(language="en"), guest_create(language="en")


async def a_match(owner: House, players: tuple[Player, Player]) -> Match:
    """A match of both, begun, with `owner`."""
    match: Match = await sync_to_async(services.match_create)(game="connect-four", options={}, by=players[0], seat=0)
    sit = services.command_create
    await sync_to_async(sit)(match=match, kind="sit", by=players[1], body={"seat": None})
    owner.driver.granting.wake(MatchId(match.pk))
    await until(lambda: match.pk in owner.driver.live and owner.live(match).match.shown.status == "live")
    return match


async def seated(match: Match, players: tuple[Player, Player], *at: House) -> list[Ear]:
    """Both players, each through a house; and a spectator through each house that follows."""
    ears = [Ear(player) for player in players] + [Ear(None) for _ in at[2:]]
    for ear, house in zip(ears, at, strict=True):
        link = await house.attach(ear, match)
        assert not isinstance(link, Close), link
    for ear in ears:
        await ear.until(lambda ear: ear.state is not None)
    return ears


def is_relayed(ear: Ear) -> bool:
    return isinstance(ear.link, RelayedLink)
