"""What goes to the database, how it ends, and what a log of either database must do.

Shared words of the journal's parts; no behaviour beyond judging a batch by what the database holds.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, Protocol

import msgspec

from games.host.effects import Change
from games.host.entries import Entry, MatchId


class Batch(msgspec.Struct):
    """Entries of one match, without gaps, of one epoch, and the changes of records that belong to them."""

    match: MatchId
    epoch: int
    since_s: float
    """Monotonic time of the first append: the deadline counts from it."""
    entries: list[Entry] = []
    changes: list[Change] = []
    bytes: int = 0

    @property
    def before(self) -> int:
        """The `n` that must be the last stored one when these come."""
        return self.entries[0].n - 1

    @property
    def last(self) -> int:
        return self.entries[-1].n


class Stored(msgspec.Struct, frozen=True):
    """All entries up to `n`, and their changes, are durable."""

    match: MatchId
    epoch: int
    n: int


class Refused(msgspec.Struct, frozen=True):
    """The lease has another epoch, or the log holds another's entries: step down."""

    match: MatchId
    epoch: int


class Poisoned(msgspec.Struct, frozen=True):
    """The database refuses the data. Nothing from `n` on was stored; other matches were."""

    match: MatchId
    epoch: int
    n: int


class Failed(msgspec.Struct, frozen=True):
    """Nothing certain before the deadline: drop what is in memory, take the lease anew, fold again from the log.

    Taking the lease raises its epoch. That, and nothing else, makes sure that a statement lost on its way cannot store
    a dropped input later.
    """

    match: MatchId
    epoch: int


class Skipped(msgspec.Struct, frozen=True):
    """The lease's row was locked: not stored, and not stale. Never leaves the journal; the batch goes again."""

    match: MatchId
    epoch: int


Ending = Stored | Refused | Poisoned | Failed


class RejectedError(Exception):
    """The database refused the data and has stored nothing of what was sent. The cause is chained."""


# What encoding a value raises before anything is sent: a lone surrogate, an integer beyond 64 bits, ...
CLIENT_SIDE = (ValueError, TypeError, OverflowError, msgspec.MsgspecError)


class Standing(NamedTuple):
    """What is stored of a match: its lease's epoch, the last `n`, and digests by `n` in the asked range."""

    epoch: int | None
    last: int
    digests: Mapping[int, str]


class Log(Protocol):
    """One connection to one database, used by one thread but for `cut`. An error but `RejectedError` means: unknown."""

    def connect(self) -> None:
        """Connect, unless connected."""

    def store(self, batches: Sequence[Batch]) -> Collection[MatchId]:
        """Store in one transaction what the fence lets pass; the matches of which every entry was stored just now."""

    def standings(self, batches: Sequence[Batch]) -> Mapping[MatchId, Standing]:
        """What is there now, in one snapshot."""

    def drop(self) -> None:
        """Close, whatever state the connection is in. Never raises."""

    def cut(self) -> None:
        """Called by another thread: make a call that hangs in the connection fail soon."""


def judge(batch: Batch, standing: Standing) -> Stored | Refused | None:
    """What became of `batch`; None: it is not there and may be sent (again)."""
    if standing.digests:
        whole = all(standing.digests.get(entry.n) == entry.digest for entry in batch.entries)
        return Stored(batch.match, batch.epoch, batch.last) if whole else Refused(batch.match, batch.epoch)
    if standing.epoch != batch.epoch or standing.last != batch.before:
        return Refused(batch.match, batch.epoch)
    return None
