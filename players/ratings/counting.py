"""Which rated matches count, and why one does not: each rule a function of the record alone. Pure.

`book.py` asks before it rates a match. Records never change, so whoever recomputes all ratings comes to the same
answers. docs/ratings.md tells players the same rules.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from itertools import combinations

import msgspec

DAY_MS = 24 * 3600 * 1000

# From its second step on a match counts: until then whoever opened it may call it off.
LEAST_STEPS = 2
# Of a match on the clock, which steps by itself: what ends sooner was left, not played.
LEAST_LIVE_MS = 3000
# An evening's play of two people counts whole; a hundred matches won from one's own second account do not.
MOST_MEETINGS = 10
MEETINGS_WITHIN_MS = DAY_MS
# A rating period of Glicko-2 without a match. Of five days each: who is known to 60 points and stays away for a year
# comes back nearly provisional, which is how lichess has it, too.
PERIOD_DAYS = 5


class Why(StrEnum):
    """Why a rated match changed nobody's rating. Stored with the match; the words are `games/rating/words.py`'s."""

    ABORTED = "aborted"
    BOTS = "bots"
    UNKNOWN = "unknown"
    ALONE = "alone"
    SHORT = "short"
    REPEATED = "repeated"


class Seated(msgspec.Struct, frozen=True):
    """Who sat at one seat. `player`: primary key, None where there was nobody, or a `bot`; `score`: that of its side,
    None where there was no result."""

    player: int | None
    side: int
    score: int | None
    bot: bool = False


class Played(msgspec.Struct, frozen=True):
    """A finished rated match, as its record tells it. `steps`: None where they were not written down; `lasted_ms`: from
    its start to its end; `at_ms`: Unix milliseconds of its end."""

    seq: int
    at_ms: int
    seats: tuple[Seated, ...]
    aborted: bool = False
    live: bool = False
    steps: int | None = None
    lasted_ms: int = 0

    @property
    def players(self) -> list[int]:
        """Primary keys, by seat."""
        return [seat.player for seat in self.seats if seat.player is not None]

    @property
    def sides(self) -> list[int]:
        """The sides that somebody played, in order."""
        return sorted({seat.side for seat in self.seats})


Meetings = Callable[[int, int], int]
"""In how many counted matches of the pool two players have met within a day before this one."""


def why_not(played: Played, meetings: Meetings) -> Why | None:
    """The first rule that keeps the match from counting; None: it counts."""
    if played.aborted or any(seat.score is None for seat in played.seats):
        return Why.ABORTED
    if any(seat.bot for seat in played.seats):
        return Why.BOTS
    if any(seat.player is None for seat in played.seats):
        return Why.UNKNOWN
    if len(played.sides) < 2:
        return Why.ALONE
    if is_short(played):
        return Why.SHORT
    return Why.REPEATED if is_repeated(played, meetings) else None


def is_short(played: Played) -> bool:
    """Whether it ended before it had properly begun."""
    if played.live:
        return played.lasted_ms < LEAST_LIVE_MS
    return played.steps is not None and played.steps < LEAST_STEPS


def is_repeated(played: Played, meetings: Meetings) -> bool:
    """Whether any two of its players have met too often of late."""
    return any(meetings(one, other) >= MOST_MEETINGS for one, other in combinations(played.players, 2))


def periods_away(last_ms: int | None, now_ms: int) -> int:
    """Whole rating periods between a player's last match and now."""
    return 0 if last_ms is None else max(0, now_ms - last_ms) // (PERIOD_DAYS * DAY_MS)
