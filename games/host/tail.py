"""The end of a match's log: what is folded in memory, and how much of it is stored.

`match.py` owns one, decides what to append, and releases what is stored. Here an entry is made, folded, and remembered
with all that is due once it is safe. Nothing is shown from here. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from games.host import frames
from games.host.effects import Append, Effect, Grant, Sealed
from games.host.effects import Change as RecordChange
from games.host.entries import Chunk, Ended, Kind, MatchId, chained, text
from games.host.fold import Fold
from games.host.greeting import Facts
from games.host.history import Frames, Viewer
from games.host.kinds import Change
from games.host.successor import following_of, rematch
from games.protocol.messages import RatedInfo

# Half a second of play is what a crash of a real-time match may cost; the players are told so. Of it 0.4 s gather, and
# 0.1 s are for the way to the disk.
WINDOW_MS = 400
# Play runs on while a chunk is stored; two more mean that the journal is a second behind, and time stands still.
CHUNKS_UNDER_WAY = 2
# What one match may have under way to the journal: a few seconds of the fastest play. Beyond it inputs are told to try
# again, since a journal so far behind will not catch up sooner for being given more.
UNSTORED_ENTRIES = 256


class Header(msgspec.Struct, frozen=True, gc=False):
    """A match's facts that neither log nor rules give. `players`: primary keys by public id, for rows of records;
    `gap_ms`: for how long nobody had the match; `rated` and `pool`: as of the match that follows it; `ratings`: what
    the match has done to ratings before it was loaded."""

    id: MatchId
    facts: Facts
    listed: bool
    players: Mapping[str, int]
    gap_ms: int = 0
    rated: bool = False
    pool: str = ""
    ratings: RatedInfo | None = None


class Unstored(msgspec.Struct, gc=False):
    """An entry on its way to the journal, and what is due when it is stored."""

    fold: Fold
    kind: Kind
    seat: int | None
    c: int | None
    frames: Frames | None
    grant: Grant | None


class Tail:
    """`fold` is the newest, `shown` the newest that may be seen; `unstored` are the entries on their way.

    Without ticks `shown` is what is stored. Ticks are seen at once and stored in chunks: `stored_fold` is the fold
    exactly after the last stored entry, of which a snapshot may be taken.
    """

    __slots__ = (
        "_charged_from",
        "_first_tick",
        "_runs",
        "_through",
        "_window",
        "fold",
        "header",
        "looking",
        "new_match",
        "players",
        "rated",
        "shown",
        "stored_fold",
        "unstored",
    )

    def __init__(self, header: Header, fold: Fold, *, now_ms: int, new_match: Callable[[], tuple[str, bytes]]) -> None:
        self.header = header
        self.fold = self.shown = fold
        self.unstored: list[Unstored] = []  # seldom more than two; an empty deque takes 700 bytes
        self.players = header.players
        self.new_match = new_match
        self.looking: Callable[[], Iterable[Viewer]] = tuple
        """Whose views somebody looks at; the match says so."""
        self.rated = header.ratings
        """What the match has done to ratings; the match says so."""
        self._window = now_ms // WINDOW_MS
        self._first_tick = fold.ticks + 1
        self._runs: list[tuple[int, int, int, msgspec.Raw]] = []
        self.stored_fold = fold
        # A gap of ownership is charged to nobody: time goes on from where the log stands. Correspondence goes through.
        self._through = fold.control is not None and fold.control.kind == "correspondence"
        self._charged_from = (now_ms - header.gap_ms if self._through else now_ms, fold.ms)

    @property
    def full(self) -> bool:
        """No more inputs until the journal has caught up."""
        return len(self.unstored) >= UNSTORED_ENTRIES

    @property
    def stalled(self) -> bool:
        """Ticks wait: for what must be stored before anything after it is seen, or for a journal that is far behind."""
        if not self.unstored:
            return False
        chunks = sum(one.kind == "chunk" for one in self.unstored)
        return chunks > CHUNKS_UNDER_WAY or chunks < len(self.unstored)

    def tick(self, moves: Mapping[int, tuple[int, Any]]) -> tuple[Fold, Change]:
        """One step on the clock, seen at once and stored within the window; returns the fold before, and the change."""
        before = self.fold
        after = before.copy()
        change = after.tick(moves)
        if change.by:
            self._runs += [(after.ticks, seat, c, msgspec.Raw(text(move).encode())) for seat, c, move in change.by]
        self.fold = self.shown = after
        return before, change

    def window_closes(self, now_ms: int) -> bool:
        """Whether the ticks so far should be stored now; asked once a tick, it remembers the window. Windows end by the
        clock, for all matches alike: so their chunks share a flush, where each alone would keep the journal busy."""
        window, self._window = self._window, now_ms // WINDOW_MS
        return self._window != window

    def gather(self) -> list[Effect]:
        """The chunk of the ticks that are in no entry yet; none if there are none."""
        count = self.fold.ticks - self._first_tick + 1
        if count <= 0:
            return []
        body = text(Chunk(self._first_tick, count, tuple(self._runs)))
        before = self.fold
        entry = chained(before.digest, before.n + 1, "chunk", None, None, before.ms, body)
        self.fold = self.shown = before.noted(entry)
        self.unstored.append(Unstored(self.fold, "chunk", None, None, None, None))
        self._first_tick, self._runs = self.fold.ticks + 1, []
        return [Append(entry)]

    def append(
        self,
        kind: Kind,
        seat: int | None,
        c: int | None,
        body: str,
        *,
        now_ms: int,
        move: object = None,
        changes: tuple[RecordChange, ...] = (),
        grant: Grant | None = None,
        forgiven_ms: int = 0,
    ) -> list[Effect]:
        """Fold one entry, and the end if it decides the match. If the rules raise, nothing has changed.

        `forgiven_ms` of the time since the last entry are charged to nobody.
        """
        if not self.fold.hz:
            ms = self._counted(now_ms, forgiven_ms)
            return self._fold_in(kind, seat, c, ms, body, move, changes, grant, now_ms)
        was = self.fold, self.shown, self._first_tick, self._runs
        effects = self.gather()
        gathered = self.fold
        try:
            return effects + self._fold_in(kind, seat, c, gathered.ms, body, move, changes, grant, now_ms)
        except BaseException:
            if effects and self.fold is gathered:  # the chunk goes back, too: its append would otherwise be lost
                self.unstored.pop()
                self.fold, self.shown, self._first_tick, self._runs = was
            raise

    def _fold_in(
        self,
        kind: Kind,
        seat: int | None,
        c: int | None,
        ms: int,
        body: str,
        move: object,
        changes: tuple[RecordChange, ...],
        grant: Grant | None,
        now_ms: int,
    ) -> list[Effect]:
        before = self.fold
        entry = chained(before.digest, before.n + 1, kind, seat, c, ms, body)
        after, change = before.after(entry, move)
        shown = frames.version_frames(before, after, change, self.looking) if change.raised else None
        if after.rematch is not None and before.rematch is None:
            changes += (rematch(after, self.header, self.players, self.rated, seed=self.new_match()[1]),)
        self.fold = after
        self.unstored.append(Unstored(after, kind, seat, c, shown, grant))
        if after.outcome is not None and not after.over:
            return [Append(entry, changes), *self.seal(now_ms)]
        return [Append(entry, changes)]

    def _counted(self, now_ms: int, forgiven_ms: int) -> int:
        """At which charged time an input counts that has come now."""
        if not self.running:
            return self.fold.ms
        # Not before the turn was seen; but an answer may be forgiven to before another's that waits with it.
        since_ms, base_ms = self._charged_from
        return max(base_ms, base_ms + now_ms - since_ms - forgiven_ms)

    def seal(self, now_ms: int) -> list[Effect]:
        """The `end` entry of a match that is decided."""
        effects = self.gather()
        before = self.fold
        assert before.outcome is not None
        scores, reason = before.outcome.scores, before.outcome.reason
        following = following_of(before, self.header, self.players, self.new_match)
        ended = text(Ended(scores, reason, None if following is None else following.public_id))
        ms = self.charged(now_ms)
        entry = chained(before.digest, before.n + 1, "end", None, None, ms, ended)
        self.fold, _ = before.after(entry)
        self.unstored.append(Unstored(self.fold, "end", None, None, frames.end_frame(self.fold), None))
        sealed = Sealed(
            status="aborted" if self.fold.status == "aborted" else "over",
            scores=scores,
            reason=reason,
            n=entry.n,
            digest=entry.digest,
            sides=before.sides,
            steps=before.step,
        )
        return [*effects, Append(entry, (sealed,) if following is None else (sealed, following))]

    def take(self, n: int, now_ms: int) -> Unstored | None:
        """The next entry that is stored, if there is one up to `n`; it counts as shown from now on."""
        unstored = self.unstored
        if not unstored or unstored[0].fold.n > n:
            return None
        one = unstored.pop(0)
        fold = self.stored_fold = one.fold
        if one.kind == "chunk":
            return one  # its ticks were seen long ago
        self.shown = fold
        if one.frames is not None and not (unstored and self.standing):
            # What storing took is nobody's: time goes on with the release, from where the entry stopped it.
            self._charged_from = (now_ms, fold.ms)
        return one

    def rewind(self, stored: Fold, now_ms: int) -> list[Unstored]:
        """Go on from `stored`; returns what is dropped, which nobody has seen."""
        dropped = [one for one in self.unstored if one.fold.n > stored.n]
        self.unstored.clear()
        self.fold = self.shown = self.stored_fold = stored
        self._first_tick, self._runs = stored.ticks + 1, []
        self._charged_from = (now_ms, stored.ms)
        return dropped

    @property
    def standing(self) -> bool:
        """A version is on its way to the journal: time stands still until it is seen.

        A move that only waits for others stops nobody's time but its maker's: they think on, and must not learn of it.
        """
        # A plain loop: mostly there are none, and it is asked several times a move.
        for one in self.unstored:  # noqa: SIM110
            if one.frames is not None:
                return True
        return False

    @property
    def running(self) -> bool:
        """Whether time is being charged: not before the start, in a pause, where ticks have their own, or while
        `standing`."""
        fold = self.fold
        if fold.hz or fold.status != "live" or fold.paused_by is not None:
            return False
        return not (self.unstored and self.standing)

    def charged(self, now_ms: int) -> int:
        """Milliseconds charged since the match began."""
        since_ms, base_ms = self._charged_from
        return base_ms + now_ms - since_ms if self.running else self.fold.ms

    def stood(self, ms: int, now_ms: int) -> None:
        """For so long nobody could play: it is charged to nobody, as a gap of ownership is."""
        if not self._through:
            since_ms, base_ms = self._charged_from
            self._charged_from = (min(since_ms + ms, now_ms), base_ms)

    def when(self, charged_ms: int) -> int:
        """The driver's time at which so much will have been charged, if nothing happens before."""
        since_ms, base_ms = self._charged_from
        return since_ms + charged_ms - base_ms
