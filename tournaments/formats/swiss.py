"""Swiss: everyone plays every round, against somebody with as many points, and nobody twice.

In the manner of FIDE's Dutch system (Handbook C.04.3): groups of equal points from the top, in each the upper half
against the lower one, few and low players moved down, seats balanced. What is left to an arbiter there is exact here:

1. The free round goes to the lowest who has had none and without whom the others can be paired.
2. Group by group from the top: as few as possible are moved down, the lowest first, such that all below can be paired.
3. In a group each in turn from the top is given the opponent who goes least against both wishes for a seat, and among
   those the nearest to the one due, such that the others of the group can be paired.
4. Where the players left cannot be paired without a second meeting, second meetings are allowed, then third ones.

Unlike the Dutch system it does not search for the fewest refused wishes of a whole group, and does not look at who was
moved down in rounds before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby

from tournaments.formats import seats
from tournaments.formats.entries import PlayerId, Round
from tournaments.formats.fold import Entrant, Fold
from tournaments.formats.matching import in_order, left_out, pairable

Known = dict[PlayerId, set[PlayerId]]
"""Who has met whom too often to meet again now."""


def plan(fold: Fold) -> Round:
    """The next round."""
    number = len(fold.rounds) + 1
    active = sorted(fold.active, key=rank)
    free, known = _free(active, _meetings(active))
    here = [one for one in active if one is not free]
    pairs = sorted(_pairs(here, known), key=lambda pair: (rank(pair[0]), rank(pair[1])))
    boards = tuple(seats.seated(one, other, board) for board, (one, other) in enumerate(pairs, 1))
    byes = () if free is None else (free.id,)
    return Round(number, boards, byes)


def rank(entrant: Entrant) -> tuple[int, int]:
    """The order in which players are paired: points, then the order of the start."""
    return (-entrant.points, entrant.order)


def _meetings(players: Sequence[Entrant]) -> Mapping[PlayerId, Counter[PlayerId]]:
    """How often each has had each opponent; a match that one stayed away from counts, so that they do not wait for
    the same one again."""
    return {one.id: Counter(played.opponent for played in one.history if played.opponent) for one in players}


def _free(active: Sequence[Entrant], meetings: Mapping[PlayerId, Counter[PlayerId]]) -> tuple[Entrant | None, Known]:
    """Who has no opponent this round, and who must not meet whom, such that all others can be paired."""
    bound = 1
    while True:
        known = {who: {other for other, times in met.items() if times >= bound} for who, met in meetings.items()}
        candidates = [None] if len(active) % 2 == 0 else sorted(active, key=_free_rank)
        for free in candidates:
            if pairable([one.id for one in active if one is not free], known):
                return free, known
        bound += 1


def _free_rank(entrant: Entrant) -> tuple[int, int, int]:
    """Who is given the free round first: those with the fewest so far, of them the lowest."""
    byes = sum(one.opponent is None for one in entrant.history)
    return (byes, entrant.points, -entrant.order)


def _pairs(players: Sequence[Entrant], known: Known) -> list[tuple[Entrant, Entrant]]:
    """All of `players`, who stand in order, in pairs."""
    groups = [list(group) for _points, group in groupby(players, key=lambda one: one.points)]
    by_id = {one.id: one for one in players}
    pairs: list[tuple[Entrant, Entrant]] = []
    moved: list[PlayerId] = []
    while groups:
        pool = [*moved, *(one.id for one in groups.pop(0))]
        below = [one.id for group in groups for one in group]

        def fits(out: Sequence[PlayerId], below: Sequence[PlayerId] = below) -> bool:
            return pairable([*out, *below], known)

        out = left_out(pool, known, reversed(pool), fits)
        inside = [one for one in pool if one not in out]
        pairs += _in_group([by_id[one] for one in inside], sum(one in inside for one in moved), known)
        moved = [one for one in pool if one in out]
    return pairs


def _in_group(players: Sequence[Entrant], moved: int, known: Known) -> list[tuple[Entrant, Entrant]]:
    """One group; its first `moved` players come from above."""
    by_id = {one.id: one for one in players}
    place = {one.id: index for index, one in enumerate(players)}
    wishes = {one.id: seats.wish_of(one) for one in players}
    due = _due(len(players), moved)

    def key(one: PlayerId, other: PlayerId) -> tuple[int, int, int]:
        there = place[other]
        return (seats.clash(wishes[one], wishes[other]), abs(there - due[place[one]]), there)

    return [(by_id[one], by_id[other]) for one, other in in_order([one.id for one in players], known, key)]


def _due(count: int, moved: int) -> list[int]:
    """For each place of a group the place of the opponent due: who comes from above meets the highest of the group;
    of the others the upper half meets the lower one."""
    moved = min(moved, count // 2)
    half = (count - 2 * moved) // 2
    above = [moved + place for place in range(moved)]
    met_from_above = list(range(moved))
    upper = [2 * moved + half + step for step in range(half)]
    lower = [2 * moved + step for step in range(count - 2 * moved - half)]
    return [*above, *met_from_above, *upper, *lower]
