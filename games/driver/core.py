"""The driver itself: which matches are live here, and what becomes of their effects and of the journal's endings.

`gameserver/process.py` makes one and starts it; consumers know it as `ports.Gateway`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from typing import Any

from games import hints
from games.delivery import put_to_all
from games.driver import giving, leaving, unattended
from games.driver.granting import Granting
from games.driver.live import Live, now_ms, unix_ms
from games.driver.loading import Loading
from games.driver.pulse import Pulse
from games.driver.rated import Ratings
from games.driver.tally import Tally
from games.driver.ticker import Ticker
from games.host.effects import Append, Effect, Keep, Put, Shut
from games.host.entries import MatchId
from games.host.ports import Connection, Link
from games.journal.core import Journal
from games.journal.endings import Ending, Failed, Poisoned, Refused, Stored
from games.protocol.codes import Close
from games.protocol.messages import Hello
from games.spoken import Spoken
from games.store import Elsewhere
from players.threads import DatabaseThreads

logger = logging.getLogger(__name__)

# A match without connections stays for a page reload or a tunnel; coming back later costs one load of milliseconds.
IDLE_MS = 60_000


class Driver:
    """ports.Gateway for the matches whose lease this host holds; of others it says who has them (`games/relay`)."""

    def __init__(self, *, host: str, journal: Journal, threads: DatabaseThreads, pulse: Pulse) -> None:
        self.host = host
        self.journal = journal
        self.pulse = pulse
        self.live: dict[MatchId, Live] = {}
        self.stopping = self.draining = False
        self.stepping: Live | None = None
        """The match that is being called now; with the number of that call, for the watchdog that looks from beside."""
        self.steps = 0
        self.given = self.brought_back = 0
        self.loading = Loading(self, host=host, threads=threads)
        self.granting = Granting(self, threads=threads)
        self.rated = Ratings(self, threads=threads)
        self.spoken = Spoken(threads)
        self.ticker = Ticker()
        self.tally = Tally()
        self._tasks: set[asyncio.Task[Any]] = set()

    # ── ports.Gateway ───────────────────────────────────────────────────────────────────────────────────

    async def attach(self, connection: Connection, match: str, hello: Hello) -> Link | Close | Elsewhere:
        """Load the match with this public id if need be, and put a `welcome` or what was missed; or say why not."""
        live = await self.loading.by_public_id(match)
        if not isinstance(live, Live):
            return live
        if self.pulse.lapsed:
            return Close.BUSY  # what is not stored may be shown to nobody new
        live.run(live.match.attach, connection, hello, now_ms(), unix_ms())
        if live.match.shown.status == "waiting":
            # Someone may have sat down through a process that could not wake this one.
            self.granting.wake(live.match.header.id)
        return live

    # ── effects and endings ─────────────────────────────────────────────────────────────────────────────

    def perform(self, live: Live, effects: Sequence[Effect]) -> None:
        """Fulfil what a match wants, in order."""
        for effect in effects:
            if isinstance(effect, Put):
                put_to_all(effect.connections, effect.frame, effect.kind)
            elif isinstance(effect, Append):
                header = live.match.header
                self.journal.append(header.id, header.facts.epoch, effect.entry, effect.changes)
            elif isinstance(effect, Keep):
                self.spoken.put(live.match.header.id, effect)
            elif isinstance(effect, Shut):
                effect.connection.close(effect.code)
            else:
                self.granting.answer(effect.command, effect.answer)

    def settled(self, match: MatchId, ending: Ending) -> None:
        """A flush has ended for one match; called by the journal on this thread."""
        live = self.live.get(match)
        if live is None or ending.epoch != live.match.header.facts.epoch:
            return  # of a match that was let go, or of an epoch before a refold
        if type(ending) is Stored:
            live.stored(ending.n)
            self._after_stored(live)
            return
        match ending:
            case Refused():
                logger.warning("match %s: the lease is another's; stepping down", live.match.header.facts.public_id)
                self.drop(live, Close.MOVED)
            case Poisoned():
                logger.error(
                    "match %s: entry %s cannot be stored; aborting the match",
                    live.match.header.facts.public_id,
                    ending.n,
                )
                self.loading.refold(live, faulted=True)
            case Failed():
                live.run(live.match.doubted)  # the database may be away for long
                self.loading.refold(live, faulted=False)

    def _after_stored(self, live: Live) -> None:
        shown = live.match.shown
        if (shown.status, len(shown.sitting)) != live.standing:
            self._hint(live)
        if shown.hz:
            self.ticker.add(live)
        if live.faulted and shown.over:
            self.drop(live, Close.FAULT)
        elif self.loading.snapshot_due(live):
            self.spawn(self.loading.snapshot(live))

    def _hint(self, live: Live) -> None:
        """Say where the match stands now: who lists matches wants to know."""
        shown = live.match.shown
        status, live.standing = live.standing[0], (shown.status, len(shown.sitting))
        hints.give(hints.MATCHES, live.match.header.facts.public_id)
        if shown.over and status not in ("over", "aborted"):
            hints.give(hints.OVER, live.match.header.facts.public_id)
            self.rated.ended(live)

    # ── life ────────────────────────────────────────────────────────────────────────────────────────────

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` beside; `close` waits for it."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def drop(self, live: Live, code: Close) -> None:
        """Let go of a match and close its connections; what it had under way is the next owner's to find."""
        live.stop()
        if self.live.pop(live.match.header.id, None) is live:
            self.tally.keep(live)
        self.loading.forget(live)
        for connection in live.match.audience.everyone():
            connection.close(code)
        # It and its audience know each other: without this all would stay until the collector comes, which is seldom.
        live.match.tail.looking = tuple

    async def give(self, match: MatchId, to_host: str) -> bool:
        """Hand a match that is live here to another living host; whether it is theirs now. Nothing stored is lost, and
        inputs meanwhile are told to try again."""
        live = self.live.get(match)
        return live is not None and await giving.give(self, live, to_host)

    def thaw(self, live: Live) -> None:
        """A match that was held goes on here."""
        live.wake_in_time()
        self.ticker.add(live)

    def sweep(self) -> None:
        """Unload what nobody has looked at for a while. Called every few seconds."""
        before = now_ms() - IDLE_MS
        held: dict[MatchId, int | None] = {}
        dues: dict[MatchId, int] = {}
        for live in tuple(self.live.values()):
            quiet = not live.match.audience.everyone() and live.quiet_since_ms < before and not live.ticking
            settled = not live.match.tail.unstored and not live.held
            if quiet and settled and not unattended.stays(live.match):
                held[live.match.header.id] = live.match.header.facts.epoch
                dues |= self.dues(live)
                self.drop(live, Close.MOVED)
        if held:
            self.spawn(self.loading.release(held, dues))

    def dues(self, *lives: Live) -> dict[MatchId, int]:
        """In how many milliseconds somebody must have these matches again; left out are those that can wait."""
        found = {live.match.header.id: unattended.due_in_ms(live.match, now_ms()) for live in lives}
        return {match: in_ms for match, in_ms in found.items() if in_ms is not None}

    async def close(self) -> None:
        """The planned stop: nothing new, everything appended is stored and told, leases go back, sockets get 1012."""
        self.stopping = True
        self.ticker.stop()
        await leaving.leave(self)
        await self.spoken.flush()
        await self.idle()

    async def idle(self) -> None:
        """Return when nothing runs beside any more, or after five seconds: a stop must not wait for a dead database."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=5)
