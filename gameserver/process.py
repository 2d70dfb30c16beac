"""The process object: everything that lives as long as the server and is not a connection.

Owns the journal, the driver, this host's heartbeat and the sweeps. The ASGI lifespan starts and stops it, or the first
connection does where a server has no lifespan (daphne); `server.py` drains it before sockets are closed.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Awaitable, Callable
from functools import partial

from channels.layers import channel_layers
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection

from games import commands, hosts, store, sweeps
from games.driver import Driver
from games.driver.pulse import TTL_S, Pulse
from games.driver.resuming import resume
from games.host.entries import MatchId
from games.host.ports import Gateway
from games.journal import open_log
from games.journal.core import Journal
from games.journal.endings import Ending
from games.lobby.hub import Hub
from games.lobby.personal import personals_of
from games.lobby.reading import picture
from games.protocol.codes import Close
from games.relay import Relaying, Router
from gameserver import alone, beside, metrics
from gameserver.heart import Heart, read_hour
from gameserver.watchdog import Watchdog
from players.threads import DatabaseThreads

logger = logging.getLogger(__name__)

# Loads, refolds and answers to commands: short calls; PostgreSQL's pool has room for as many beside the pages.
DATABASE_THREADS = 4

_started: list[Process] = []


class Process:
    """Made, started and stopped on the event loop's thread."""

    def __init__(self) -> None:
        self.threads = DatabaseThreads(DATABASE_THREADS, "madang-records")
        self._tasks: list[asyncio.Task[None]] = []
        self._drained = False
        self.pulse = Pulse()
        self.host = ""
        self.lateness = metrics.Lateness()
        self.driver: Driver
        self.gateway: Gateway
        self.relaying: Relaying | None = None
        self.lobby: Hub
        self.journal: Journal
        self.heart: Heart
        self.watchdog: Watchdog

    async def start(self) -> None:
        """Register as a host and begin to own matches. Raises DatabaseError where the database does not answer."""
        alone.take()
        name = f"{socket.gethostname()}:{os.getpid()}"
        self.host = await self.threads.run(store.host_register, name)
        await self.threads.run(read_hour, self.host)
        await self.threads.run(sweeps.hosts_forget)
        if connection.vendor == "sqlite":
            # One server per file: whoever had matches before is dead, and nobody need wait for its leases to lapse.
            await self.threads.run(store.hosts_bury, self.host)
        self.journal = Journal(open_log(settings.DATABASES["default"]), settled=self._settled)
        self.driver = Driver(host=self.host, journal=self.journal, threads=self.threads, pulse=self.pulse)
        await self.journal.start()
        self._keep_alive()
        await self._tell_what_is_lacking()
        await self._reach_others()
        loop = asyncio.get_running_loop()
        commands.serve(self._waker(loop))
        self.lobby = Hub(partial(self.threads.run, picture), partial(self.threads.run, personals_of), loop.time)
        self.lobby.listen(loop)
        for seconds, work in beside.works(self):
            self._every(seconds, work)
        _started.append(self)

    async def drain(self) -> None:
        """The planned stop, before sockets are closed: store and tell what is under way, give the leases back."""
        if self._drained:
            return
        self._drained = True
        commands.serve(None)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.lobby.close()
        await self.driver.close()
        if self.relaying is not None:
            await self.relaying.stop()

    async def stop(self) -> None:
        """The end: drained, the journal's thread gone, the host marked as stopped."""
        await self.drain()
        await self.journal.close()
        # Until here: a host that falls silent while it still stores would pause.
        await self.heart.stop()
        self.watchdog.stop()
        try:
            await self.threads.run(store.host_stop, self.host)
        except DatabaseError:
            logger.exception("host %s could not be marked as stopped", self.host)
        self.threads.close()
        _started.remove(self)

    def _keep_alive(self) -> None:
        self.heart = Heart(self.host, self.pulse, resume=partial(resume, self.driver), ended=self._ended)
        self.watchdog = Watchdog(self.driver, beside=self.heart.cut_if_stuck, bites=not settings.DEBUG)
        self.heart.start()
        self.watchdog.start()

    def _ended(self) -> None:
        """The database says that this incarnation is over, or does not know it: only a fresh process can go on."""
        logger.critical("host %s is unknown to the database, or over; stopping, so that a fresh one starts", self.host)
        for live in tuple(self.driver.live.values()):
            self.driver.drop(live, Close.MOVED)
        os.kill(os.getpid(), signal.SIGTERM)

    async def _reach_others(self) -> None:
        """The way to other processes, where Redis is there for it."""
        if settings.REDIS_URL:
            self.relaying = Relaying(
                self.driver, host=self.host, make_layer=partial(channel_layers.make_backend, "default")
            )
            await self.relaying.start()
        elif connection.vendor != "sqlite":
            self._tasks.append(asyncio.get_running_loop().create_task(self._tell_of_others()))
        self.gateway = Router(self.driver, self.relaying)

    async def _tell_of_others(self) -> None:
        # Later: a predecessor that was killed looks alive for as long as its lease.
        await asyncio.sleep(2 * TTL_S)
        others = sum(one.alive and one.host != self.host for one in await self.threads.run(hosts.hosts))
        if others:
            logger.warning(
                "%d other processes serve this database: set REDIS_URL in all of them, or a match can "
                "be reached only through the process that has it",
                others,
            )

    async def _tell_what_is_lacking(self) -> None:
        lacking = await self.threads.run(sweeps.matches_lacking)
        for (game, edition, fold), count in lacking.items():
            wanted = f"edition {edition} of {game}, and edition {fold} of the host"
            logger.warning("%d open matches are left to a process that has %s", count, wanted)

    def _waker(self, loop: asyncio.AbstractEventLoop) -> commands.Wake:
        """Wakes a match's commands from any thread."""

        def wake(match: MatchId) -> None:
            loop.call_soon_threadsafe(self.driver.granting.wake, match)

        return wake

    def _settled(self, match: MatchId, ending: Ending) -> None:
        # The driver is made after the journal that it needs.
        self.driver.settled(match, ending)

    # ── what goes on beside ─────────────────────────────────────────────────────────────────────────────

    def _every(self, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        self._tasks.append(asyncio.get_running_loop().create_task(_repeat(seconds, work)))


async def _repeat(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    """`work` again and again; a database that is away is logged and tried again."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await work()
        except DatabaseError as error:
            # One line: while the database is away there are many.
            name = getattr(work, "__qualname__", None) or getattr(work, "func", work)
            logger.warning("%s failed: %s", name, str(error).strip().partition("\n")[0])


def current() -> Process | None:
    """The started process, if this Python process serves."""
    return _started[-1] if _started else None
