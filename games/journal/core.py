"""The journal: entries go in by plain calls on the event loop, endings come out there, a thread stores in between.

One flush is in flight at a time; what is appended meanwhile gathers for the next one (group commit). Held by the
process, fed by the driver. Loop and thread share nothing else: whole batches go over, whole lists of endings come back,
one wake-up of the loop per flush.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Sequence
from queue import SimpleQueue

from games.host.effects import Change
from games.host.entries import Entry, MatchId
from games.journal.endings import Batch, Ending, Failed, Log, Skipped, Stored
from games.journal.flush import Flusher
from games.journal.meter import Meter

_log = logging.getLogger(__name__)

# An entry's cost in memory beside its body, and that of a change; roughly, for the bounds below.
_ENTRY_BYTES = 400
_CHANGE_BYTES = 1000

# Beyond these a match fails (`Failed`): its host drops what is in memory and tells each player to try again.
# A match has one or two inputs on the way; 256 KiB are 600 of them, or 16 of the largest that the wire lets in.
MATCH_BYTES = 256 * 1024
# 64 MiB are 150,000 entries: ten seconds, the longest a flush may take, of the most that one process can take in.
TOTAL_BYTES = 64 * 1024 * 1024

# So many rows in one flush mean that more arrive every half millisecond: then it pays to gather for a few more.
_LOADED_ROWS = 8

# A statement is limited to 5 s by the server. An attempt still running after 6 s hangs on a server that is frozen or
# unreachable: the connection is cut.
_CUT_S = 6.0

# Between two looks at a lease whose row is locked: a takeover holds it for a millisecond or two.
_LOCKED_PAUSE_S = 0.005

# Matches whose late appends are dropped. A driver drops a failed match at once, so far fewer are ever of use.
_BARRED_MATCHES = 10_000


class HoleError(Exception):
    """An entry does not follow the one before: a bug in the host. Nothing was taken."""


class ClosedError(Exception):
    """The journal is closed, or was never started. Nothing was taken."""


class Journal:
    """`settled(match, ending)` is called on the loop's thread, in order for each match.

    `Stored` may come several times; any other ending is the last of its (match, epoch): what was appended since is
    dropped with it, and further appends under that epoch are dropped unseen. To go on, take the lease anew (that raises
    the epoch), fold from the log, and append under the new epoch.
    """

    def __init__(
        self,
        log: Log,
        *,
        settled: Callable[[MatchId, Ending], None],
        gather_ms: float = 3,
        deadline_s: float = 10,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._log = log
        self._settled = settled
        self._gather_s = gather_ms / 1000
        self._deadline_s = deadline_s
        self._cut_s = min(_CUT_S, deadline_s)
        self._clock = clock
        self._flusher = Flusher(log, deadline_s=deadline_s, clock=clock)
        self._gathering: dict[MatchId, Batch] = {}
        self._flying: dict[MatchId, Batch] = {}
        self.waiting_bytes = 0
        self._barred: dict[MatchId, int] = {}
        self._timer: asyncio.Handle | None = None
        self._watchdog: asyncio.TimerHandle | None = None
        self._loaded = False
        self._sent, self._sent_at_s = 0, 0.0  # flushes so far: the number of the last one; when it went
        self.meter = Meter()
        self._waiting: list[tuple[int, asyncio.Future[None]]] = []
        self._work: SimpleQueue[Sequence[Batch] | None] = SimpleQueue()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)

    async def start(self) -> None:
        """Connect, or raise what the database said."""
        await asyncio.to_thread(self._log.connect)
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    def append(self, match: MatchId, epoch: int, entry: Entry, changes: tuple[Change, ...] = ()) -> None:
        """Take an entry that follows the last one appended to this match. Its ending comes later, never from here."""
        loop = self._loop
        if loop is None or self._closing:
            raise ClosedError
        batch = self._gathering.get(match)
        if batch is None or batch.epoch != epoch:
            if self._barred and epoch <= self._barred.get(match, -1):
                return  # its ending was told: all of that epoch is dropped
            batch = self._begin(match, epoch)
        entries = batch.entries
        if not entries or entry.n != entries[-1].n + 1:
            self._check_follows(batch, entry)
        entries.append(entry)
        size = _ENTRY_BYTES + len(entry.body)
        if changes:
            batch.changes.extend(changes)
            size += _CHANGE_BYTES * len(changes)
        batch.bytes += size
        self.waiting_bytes += size
        if batch.bytes > MATCH_BYTES or self.waiting_bytes > TOTAL_BYTES:
            self._overflow(loop, batch)
        elif self._timer is None and not self._flying:
            self._plan(loop, self._gather_s if self._loaded else 0)

    def has_room(self, match: MatchId) -> bool:
        """Whether another input may be taken: below half the bounds, so that what it leads to never meets them."""
        batch = self._gathering.get(match)
        return self.waiting_bytes < TOTAL_BYTES // 2 and (batch is None or batch.bytes < MATCH_BYTES // 2)

    async def flushed(self) -> None:
        """Return when all that was appended so far has had its ending."""
        loop = self._open()
        if not self._gathering and not self._flying:
            return
        done: asyncio.Future[None] = loop.create_future()
        self._waiting.append((self._sent + bool(self._gathering), done))
        if not self._flying:
            self._plan(loop, 0)
        await done

    async def close(self) -> None:
        """Wait for all endings, then let thread and connection go. The second call does nothing."""
        if self._loop is None:
            return
        self._closing = True
        while self._gathering or self._flying:
            await self.flushed()
        self._loop = None
        self._work.put(None)
        await asyncio.to_thread(self._thread.join)

    def _open(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            raise ClosedError
        return self._loop

    def _begin(self, match: MatchId, epoch: int) -> Batch:
        """A new batch. An older epoch's one goes: its owner took the lease anew, so the fence would refuse it."""
        if self._barred:
            self._barred.pop(match, None)
        old = self._gathering.get(match)
        if old is not None:
            if old.epoch > epoch:
                raise HoleError(f"match {match}: epoch {epoch} after {old.epoch}")
            self.waiting_bytes -= old.bytes
        batch = Batch(match, epoch, self._clock(), [], [])
        self._gathering[match] = batch
        return batch

    def _check_follows(self, batch: Batch, entry: Entry) -> None:
        if batch.entries:
            before = batch.entries[-1].n
        else:
            flying = self._flying.get(batch.match)
            if flying is None or flying.epoch != batch.epoch:
                return  # the database itself checks that the first one follows
            before = flying.last
        if entry.n != before + 1:
            if not batch.entries:
                del self._gathering[batch.match]
            raise HoleError(f"match {batch.match}: entry {entry.n} after {before}")

    def _overflow(self, loop: asyncio.AbstractEventLoop, batch: Batch) -> None:
        """Too much waits: this match fails. Told by the loop, since the caller is in the middle of something."""
        _log.error("match %s: %s bytes wait in the journal, %s in all", batch.match, batch.bytes, self.waiting_bytes)
        self._bar(batch.match, batch.epoch)
        self.meter.ended(failed := Failed(batch.match, batch.epoch))
        loop.call_soon(self._settled, batch.match, failed)

    def _bar(self, match: MatchId, epoch: int) -> None:
        """Nothing more of this epoch is stored, nor is what waits."""
        waiting = self._gathering.get(match)
        if waiting is not None and waiting.epoch <= epoch:
            del self._gathering[match]
            self.waiting_bytes -= waiting.bytes
        self._barred[match] = epoch
        if len(self._barred) > _BARRED_MATCHES:
            del self._barred[next(iter(self._barred))]

    def _plan(self, loop: asyncio.AbstractEventLoop, delay_s: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = loop.call_later(delay_s, self._send) if delay_s else loop.call_soon(self._send)

    def _send(self) -> None:
        """Give all that gathered to the thread."""
        self._timer = None
        self._flying, self._gathering = self._gathering, {}
        self._sent += 1
        if not self._flying:
            self._wake()
            return
        self._watchdog = self._open().call_later(self._cut_s, self._cut)
        self._sent_at_s = self._clock()
        self._work.put(list(self._flying.values()))

    def _cut(self) -> None:
        self._log.cut()
        self._watchdog = self._open().call_later(self._cut_s, self._cut)

    def _land(self, endings: Sequence[Ending | Skipped]) -> None:
        """A flush has ended: tell everyone, and send what gathered meanwhile."""
        loop = self._open()
        if self._watchdog is not None:
            self._watchdog.cancel()
        landed, self._flying = self._flying, {}
        self.waiting_bytes -= sum(batch.bytes for batch in landed.values())
        self._loaded = self.meter.landed(landed.values(), self._clock() - self._sent_at_s) >= _LOADED_ROWS
        skipped = False
        for ending in endings:
            if isinstance(ending, Stored):
                self.meter.kept(landed[ending.match])
                if not self._is_over(ending):
                    self._tell(ending)
            elif isinstance(ending, Skipped):
                skipped |= self._again(landed[ending.match])
            else:
                self._end(ending)
        if not skipped:
            self._wake()
        if self._gathering:
            self._plan(loop, _LOCKED_PAUSE_S if skipped else self._gather_s if self._loaded else 0)

    def _again(self, batch: Batch) -> bool:
        """Put a batch whose lease was locked before what gathered since; past its deadline it fails."""
        if self._is_over(batch):
            return False
        if self._clock() >= batch.since_s + self._deadline_s:
            self._end(Failed(batch.match, batch.epoch))
            return False
        newer = self._gathering.get(batch.match)
        self.waiting_bytes += batch.bytes
        if newer is not None:
            batch.entries += newer.entries
            batch.changes += newer.changes
            batch.bytes += newer.bytes
        self._gathering[batch.match] = batch
        return True

    def _is_over(self, of: Batch | Ending) -> bool:
        """Whether this epoch of the match has ended for its owner: by an ending, or by a newer epoch's appends."""
        newer = self._gathering.get(of.match)
        barred = bool(self._barred) and self._barred.get(of.match, -1) >= of.epoch
        return barred or (newer is not None and newer.epoch > of.epoch)

    def _end(self, ending: Ending) -> None:
        if not self._is_over(ending):
            self._bar(ending.match, ending.epoch)
            self.meter.ended(ending)
            self._tell(ending)

    def _tell(self, ending: Ending) -> None:
        """A listener's error is its own: the other matches of the flush still hear theirs."""
        try:
            self._settled(ending.match, ending)
        except Exception:  # noqa: BLE001
            _log.exception("match %s: telling %s failed", ending.match, ending)

    def _wake(self) -> None:
        # Where nothing gathers, a flush that someone waits for will not come: what was to go with it was dropped.
        upto = self._sent if self._gathering else self._sent + 1
        ready = [done for number, done in self._waiting if number <= upto]
        self._waiting = [(number, done) for number, done in self._waiting if number > upto]
        for done in ready:
            if not done.done():
                done.set_result(None)

    def _run(self) -> None:
        """The thread."""
        while (batches := self._work.get()) is not None:
            endings = self._settle(batches)
            loop = self._loop
            if loop is None or loop.is_closed():
                break
            loop.call_soon_threadsafe(self._land, endings)
        self._log.drop()

    def _settle(self, batches: Sequence[Batch]) -> Sequence[Ending | Skipped]:
        try:
            return self._flusher.settle(batches)
        except Exception:  # noqa: BLE001 - a bug of ours; without this thread nothing would ever be stored again
            _log.exception("the journal cannot tell how a flush ended")
            return [Failed(batch.match, batch.epoch) for batch in batches]
