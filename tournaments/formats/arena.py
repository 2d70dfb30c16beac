"""Arena: whoever is free is paired at once with somebody near in points, for as long as the time lasts.

The rules are those of lichess's arenas (lichess.org/tournament/help and its source, `modules/tournament`): a win is 2
points, a draw 1; after two wins running all points count twice, until a match is not won; what is still played when the
time is over does not count; no pairs are made shortly before. Not taken over: berserk, and points lost for quick draws.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from tournaments.formats import seats
from tournaments.formats.entries import PlayerId
from tournaments.formats.fold import Entrant, Fold
from tournaments.formats.matching import in_order, left_out

CLOSED_MS = 30_000
"""So long before the end nobody is paired any more: what would hardly be finished should not be begun."""
WAVE_MS = 5_000
"""So long the first who is free waits for others to come free: of several, somebody is near in points. lichess waits
6 seconds and a tenth of what a match takes."""
AGAIN_MS = 20_000
"""Who has waited so long may meet the same opponent again; before, somebody else may come free."""


def pairs_of(fold: Fold, *, now_ms: int, present: Collection[PlayerId], most: int) -> list[tuple[PlayerId, PlayerId]]:
    """Who is to play now, by seats, the highest pairs first, at most `most`; nobody while the wave gathers."""
    free = free_of(fold, present)
    if not _gathered(fold, free, now_ms):
        return []
    met = _met(free, now_ms, alone=_alone(fold, free))
    by_id = {one.id: one for one in free}
    order = [one.id for one in sorted(free, key=rank)]
    # Who came free last can wait best.
    latest = sorted(order, key=lambda one: -by_id[one].free_since_ms)
    waiting = set(left_out(order, met, latest, lambda _out: True))
    pairs = in_order([one for one in order if one not in waiting], met, most=most)
    return [seats.seated(by_id[one], by_id[other], board) for board, (one, other) in enumerate(pairs, 1)]


def free_of(fold: Fold, present: Collection[PlayerId]) -> list[Entrant]:
    """Who can be paired: in, here, and not in a match of the tournament."""
    return [one for one in fold.active if one.match is None and one.id in present]


def rank(entrant: Entrant) -> tuple[int, int, int]:
    """Near in this order is near in strength: points, then rating, then lots or the order of arrival."""
    return (-entrant.points, -entrant.rating, entrant.order)


def _gathered(fold: Fold, free: Sequence[Entrant], now_ms: int) -> bool:
    """Whether it is time: somebody has waited long enough, or comes for the first time, or nobody else can come."""
    if not any(one.match for one in fold.players.values()):
        return True
    return any(one.last is None or now_ms - one.free_since_ms >= WAVE_MS for one in free)


def _alone(fold: Fold, free: Sequence[Entrant]) -> bool:
    """Whether these two are all there is: then they need not wait for somebody else."""
    return len(free) == 2 and not any(one.match for one in fold.players.values())


def _met(free: Sequence[Entrant], now_ms: int, *, alone: bool) -> dict[PlayerId, set[PlayerId]]:
    """Who has just played whom."""
    met: dict[PlayerId, set[PlayerId]] = {one.id: set() for one in free}
    here = {one.id: one for one in free}
    if alone:
        return met
    for one in free:
        other = here.get(one.last) if one.last else None
        if other is not None and now_ms - max(one.free_since_ms, other.free_since_ms) < AGAIN_MS:
            met[one.id].add(other.id)
            met[other.id].add(one.id)
    return met
