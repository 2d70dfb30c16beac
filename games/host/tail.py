"""The end of a match's log: what is folded in memory, and how much of it is stored.

`match.py` owns one, decides what to append, and releases what is stored. Here an entry is made, folded, and remembered
with all that is due once it is safe. Nothing is shown from here. Pure.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import msgspec

from games.host import frames
from games.host.audience import Facts
from games.host.effects import Append, Effect, Grant, Sealed
from games.host.effects import Change as RecordChange
from games.host.entries import Ended, Entry, Kind, MatchId, chained, text
from games.host.fold import Fold
from games.host.history import Frames
from games.host.rematch import rematch_of

# What one match may have under way to the journal: a few seconds of the fastest play. Beyond it inputs are told to try
# again, since a journal so far behind will not catch up sooner for being given more.
UNSTORED_ENTRIES = 256


class Header(msgspec.Struct, frozen=True):
    """A match's facts that neither log nor rules give. `players`: primary keys by public id, for rows of records."""

    id: MatchId
    facts: Facts
    listed: bool
    players: dict[str, int]


class Unstored(msgspec.Struct):
    """An entry on its way to the journal, and what is due when it is stored."""

    fold: Fold
    kind: Kind
    seat: int | None
    c: int | None
    frames: Frames | None
    grant: Grant | None


class Tail:
    """`fold` is the newest, `shown` the newest that is stored and seen; `unstored` are the entries between them."""

    def __init__(self, header: Header, fold: Fold, *, now_ms: int, new_match: Callable[[], tuple[str, bytes]]) -> None:
        self.header = header
        self.fold = self.shown = fold
        self.unstored: deque[Unstored] = deque()
        self.players = dict(header.players)
        self.new_match = new_match
        # A gap of ownership is charged to nobody: time goes on from where the log stands.
        self._charged_from = (now_ms, fold.ms)

    @property
    def full(self) -> bool:
        """No more inputs until the journal has caught up."""
        return len(self.unstored) >= UNSTORED_ENTRIES

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
    ) -> list[Effect]:
        """Fold one entry, and the end if it decides the match. If the rules raise, nothing has changed."""
        before = self.fold
        entry = self._line(kind, seat, c, body, now_ms)
        after, change = before.after(entry, move)
        shown = frames.version_frames(before, after, change) if change.raised else None
        if after.rematch is not None and before.rematch is None:
            seed = self.new_match()[1]
            changes += (rematch_of(after, self.header, self.players, seed=seed),)
        self.fold = after
        self.unstored.append(Unstored(after, kind, seat, c, shown, grant))
        effects: list[Effect] = [Append(entry, changes)]
        return effects + self.seal(now_ms) if after.outcome is not None and not after.over else effects

    def seal(self, now_ms: int) -> list[Effect]:
        """The `end` entry of a match that is decided."""
        before = self.fold
        assert before.outcome is not None
        scores, reason = before.outcome.scores, before.outcome.reason
        entry = self._line("end", None, None, text(Ended(scores, reason)), now_ms)
        self.fold, _ = before.after(entry)
        self.unstored.append(Unstored(self.fold, "end", None, None, frames.end_frame(self.fold), None))
        sealed = Sealed(
            status="aborted" if self.fold.status == "aborted" else "over",
            scores=scores,
            reason=reason,
            n=entry.n,
            digest=entry.digest,
            sides=before.sides,
        )
        return [Append(entry, (sealed,))]

    def take(self, n: int, now_ms: int) -> Unstored | None:
        """The next entry that is stored, if there is one up to `n`; it counts as shown from now on."""
        if not self.unstored or self.unstored[0].fold.n > n:
            return None
        one = self.unstored.popleft()
        if self.shown.status == "waiting" and one.fold.status == "live":
            self._charged_from = (now_ms, one.fold.ms)
        self.shown = one.fold
        return one

    def rewind(self, stored: Fold, now_ms: int) -> list[Unstored]:
        """Go on from `stored`; returns what is dropped, which nobody has seen."""
        dropped = [one for one in self.unstored if one.fold.n > stored.n]
        self.unstored.clear()
        self.fold = self.shown = stored
        self._charged_from = (now_ms, stored.ms)
        return dropped

    def _line(self, kind: Kind, seat: int | None, c: int | None, body: str, now_ms: int) -> Entry:
        before = self.fold
        return chained(before.digest, n=before.n + 1, kind=kind, seat=seat, c=c, ms=self._charged(now_ms), body=body)

    def _charged(self, now_ms: int) -> int:
        """Milliseconds charged since the match began; before the start time stands still."""
        since_ms, base_ms = self._charged_from
        return base_ms + now_ms - since_ms if self.fold.status == "live" else base_ms
