"""The heartbeat: a thread that tells the database every two seconds that this host is alive, and writes the `Pulse`.

Owned by `process.py`. It has a database connection of its own, so that neither the event loop nor a pool that is
exhausted delays it; and it says nothing while the loop does not turn, for then nobody is served here. It never touches
a match: what became of the leases during a pause it hands to the loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Mapping

from django.db import DEFAULT_DB_ALIAS, connections
from django.db import Error as DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper

from games import store
from games.driver.pulse import BEAT_S, Pulse
from games.host.entries import MatchId
from players import hour

logger = logging.getLogger(__name__)

# A beat that failed, or that the loop held up, is tried again soon: each half second is one that players wait for.
AGAIN_S = 0.5
# The loop stamps four times in the second that it is given.
STAMP_EVERY_S = 0.25
# A beat is one row by its key. Beyond 2 s it is too late to be worth anything: the next one is tried.
BEAT_LIMITS = {
    "connect_timeout": "2",
    # Milliseconds until a peer that answers nothing, not even TCP, counts as gone.
    "tcp_user_timeout": "2000",
}
BEAT_OPTIONS = "-c statement_timeout=2s -c lock_timeout=2s"
# A server that is frozen answers no time-out of its own: then the connection is cut from this side.
CUT_S = 5.0

Owned = Mapping[MatchId, int]
"""Epochs of the leases that this host holds."""


def connect_apart() -> BaseDatabaseWrapper:
    """From now on Django's default connection, in this thread, is one of its own, outside the pool."""
    own: BaseDatabaseWrapper = connections[DEFAULT_DB_ALIAS].copy()
    if own.vendor == "postgresql":
        options = own.settings_dict["OPTIONS"]
        options.pop("pool", None)
        options |= BEAT_LIMITS
        options["options"] = f"{options.get('options', '')} {BEAT_OPTIONS}".strip()
    connections[DEFAULT_DB_ALIAS] = own
    return own


def read_hour(host: str) -> None:
    """Learn how far this machine's clock is off the database's."""
    before_ms = time.time_ns() // 1_000_000
    database_ms = store.unix_ms(host)
    if database_ms is not None:
        hour.measured(database_ms, before_ms, time.time_ns() // 1_000_000)


class Heart:
    """`resume(owned, sent_s)` is called on the loop's thread after a pause, `ended()` when this incarnation is over."""

    def __init__(
        self, host: str, pulse: Pulse, *, resume: Callable[[Owned, float], None], ended: Callable[[], None]
    ) -> None:
        self._host = host
        self._pulse = pulse
        self._resume = resume
        self._ended = ended
        self._stop = threading.Event()
        self._began_s: float | None = None
        self._said = self._failing = False
        self._connection: BaseDatabaseWrapper | None = None
        self._loop = asyncio.get_running_loop()
        self._stamping: asyncio.TimerHandle | None = None
        self._thread = threading.Thread(target=self._run, name="heart", daemon=True)

    def start(self) -> None:
        """Beat from now on."""
        self._stamp()
        self._thread.start()

    async def stop(self) -> None:
        """No more beats; the host is believed alive for another TTL, unless it is marked as stopped."""
        self._stop.set()
        if self._stamping is not None:
            self._stamping.cancel()
        await asyncio.to_thread(self._thread.join)

    def cut_if_stuck(self) -> None:
        """Called by another thread now and then: a beat that hangs in its connection fails."""
        began_s, own = self._began_s, self._connection
        if began_s is None or own is None or own.vendor != "postgresql" or time.monotonic() - began_s < CUT_S:
            return
        # Should it just have been closed: that is what we want.
        with contextlib.suppress(Exception), socket.socket(fileno=os.dup(own.connection.fileno())) as twin:
            twin.shutdown(socket.SHUT_RDWR)

    def _stamp(self) -> None:
        self._pulse.stamp()
        self._stamping = self._loop.call_later(STAMP_EVERY_S, self._stamp)

    # ── the thread ──────────────────────────────────────────────────────────────────────────────────────

    def _run(self) -> None:
        self._connection = connect_apart()
        wait_s = BEAT_S
        while not self._stop.wait(wait_s):
            wait_s = self._beat() if self._pulse.stamped else AGAIN_S / 5
            self._tell()
        self._connection.close()

    def _beat(self) -> float:
        """One heartbeat; after how many seconds the next one is due."""
        sent_s = self._began_s = time.monotonic()
        try:
            alive = store.host_beat(self._host)
            owned = store.leases_of(self._host) if self._pulse.lapsed and alive else None
            read_hour(self._host)
        except DatabaseError as error:
            self._failed(error)
            return AGAIN_S
        finally:
            self._began_s = None
        if not alive:
            self._on_loop(self._ended)
            self._stop.set()
            return BEAT_S
        self._failing = False
        self._pulse.beat(sent_s)
        if owned is not None:
            self._on_loop(self._resume, owned, sent_s)
        elif not self._pulse.lapsed:
            self._pulse.renew(sent_s)
        return max(0.0, sent_s + BEAT_S - time.monotonic())

    def _failed(self, error: DatabaseError) -> None:
        self._pulse.miss()
        if not self._failing:
            logger.warning("no heartbeat: %s", str(error).strip().partition("\n")[0])
        self._failing = True
        with contextlib.suppress(Exception):  # a connection that cannot even be closed is forgotten
            assert self._connection is not None
            self._connection.close()

    def _tell(self) -> None:
        """Once for each pause."""
        lapsed = self._pulse.lapsed
        if lapsed and not self._said:
            logger.error("no heartbeat came through for 4 s: all matches here stand still until one does")
        self._said = lapsed

    def _on_loop(self, call: Callable[..., None], *args: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits for this any more
            self._loop.call_soon_threadsafe(call, *args)
