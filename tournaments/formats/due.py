"""What is to be done next, from the state, the time and who is here. The runner does it and asks again.

One thing at a time: each is one transaction, so that a crash leaves a state from which the next is found again.
"""

from __future__ import annotations

from collections.abc import Collection
from hashlib import blake2b

import msgspec

from tournaments.formats import arena, round_robin, swiss
from tournaments.formats.entries import AnyBody, Cancel, Finish, PlayerId, Start, Withdraw
from tournaments.formats.fold import ABSENT_AT_MOST, Fold

FEWEST = 2
"""Players without whom there is no tournament."""
BREAK_MS = 10_000
"""Between two rounds: time to see how one stands, and to come back from the last match."""
AT_ONCE = 10
"""Matches made in one transaction. On SQLite nobody's move is stored meanwhile: docs/tournaments.md has the figure."""


class Pairs(msgspec.Struct, frozen=True):
    """Matches to be made: round, number of the board, and players by seat."""

    boards: tuple[tuple[int, int, tuple[PlayerId, PlayerId]], ...]


Due = AnyBody | Pairs


def due(fold: Fold, *, now_ms: int, present: Collection[PlayerId]) -> Due | None:
    """The next thing to do now; None: nothing yet, or nothing any more. Results are not asked for here: they come from
    the matches."""
    if fold.status == "coming":
        return begin(fold) if now_ms >= fold.facts.start_ms else None
    if fold.status != "running":
        return None
    if (gone := next((one for one in fold.active if one.absent >= ABSENT_AT_MOST), None)) is not None:
        return Withdraw(gone.id, "absent")
    if fold.facts.format == "arena":
        return _in_arena(fold, now_ms, present)
    return _in_rounds(fold, now_ms)


def begin(fold: Fold) -> Start | Cancel:
    """The beginning, or that it does not take place."""
    if len(fold.active) < FEWEST:
        return Cancel("few")
    order = sorted(fold.active, key=lambda one: (-one.rating, _lot(fold.facts.seed, one.id)))
    return Start(tuple(one.id for one in order))


def rounds_of(fold: Fold) -> int:
    """How many rounds are played; 0 in an arena, and before it is known."""
    if fold.facts.format == "swiss":
        return fold.facts.rounds
    return round_robin.rounds_of(fold) if fold.facts.format == "round_robin" and fold.order else 0


def _in_arena(fold: Fold, now_ms: int, present: Collection[PlayerId]) -> Due | None:
    if now_ms >= fold.ends_ms:
        return Finish()
    if now_ms >= fold.ends_ms - arena.CLOSED_MS:
        return None
    pairs = arena.pairs_of(fold, now_ms=now_ms, present=present, most=AT_ONCE)
    return Pairs(tuple((0, board, pair) for board, pair in enumerate(pairs, 1))) if pairs else None


def _in_rounds(fold: Fold, now_ms: int) -> Due | None:
    unmade = fold.unmade()
    if unmade:
        number = fold.rounds[-1].round
        return Pairs(tuple((number, board, pair) for board, pair in unmade[:AT_ONCE]))
    if fold.open:
        return None
    if len(fold.rounds) >= rounds_of(fold) or len(fold.active) < FEWEST:
        return Finish()
    if fold.rounds and now_ms < fold.settled_ms + BREAK_MS:
        return None
    return swiss.plan(fold) if fold.facts.format == "swiss" else round_robin.plan(fold)


def _lot(seed: str, player: PlayerId) -> bytes:
    """Everyone's lot, which nobody can choose: the seed is drawn when the tournament is created, ids are given."""
    return blake2b(f"{seed}/{player}".encode(), digest_size=8).digest()
