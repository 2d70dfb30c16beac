"""Whether players can all be paired without one meeting another again, and the pairing that does it best.

Exact: "can be paired" is a perfect matching in the graph of who may meet whom, found by Edmonds' blossoms; mostly it
need not be looked for, since a graph of n players where each may meet at least n/2 others always has one (Dirac 1952).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from itertools import combinations
from typing import TypeVar

P = TypeVar("P")

Met = Mapping[P, Set[P]]
"""Who must not meet whom; symmetric, and without a line for who may meet everyone."""
_NOBODY: frozenset[object] = frozenset()


def pairable(players: Sequence[P], met: Met[P]) -> bool:
    """Whether all can be paired at once."""
    count = len(players)
    if count % 2:
        return False
    if count - 1 - max((len(met.get(one, ())) for one in players), default=0) >= count / 2:
        return True
    here = set(players)
    if count - 1 - max((len(here & met.get(one, set())) for one in players), default=0) >= count / 2:
        return True
    return all(partner >= 0 for partner in _matching([[_may(a, b, met) for b in players] for a in players]))


def left_out(
    players: Sequence[P], met: Met[P], order: Iterable[P], fits: Callable[[Sequence[P]], bool]
) -> tuple[P, ...]:
    """The fewest players without whom the others can be paired among themselves, the first in `order` before others,
    such that `fits` holds of them."""
    candidates = list(order)
    for size in range(len(players) % 2, len(players) + 1, 2):
        for out in combinations(candidates, size):
            gone = set(out)
            rest = [one for one in players if one not in gone]
            if pairable(rest, met) and fits(out):
                return out
    raise ValueError("these players cannot be paired; ask pairable() first")


def in_order(
    players: Sequence[P], met: Met[P], key: Callable[[P, P], object] | None = None, most: int | None = None
) -> list[tuple[P, P]]:
    """Pairs of all players: each in turn is given the opponent with the least `key` who leaves the others pairable;
    without `key` the next one. So it is the first of all pairings in the order of their keys, read from the first
    player on.

    `most`: only so many pairs are wanted now, the first. Raises ValueError where not all can be paired.
    """
    pairs: list[tuple[P, P]] = []
    waiting = list(players)
    while waiting and len(pairs) != most:
        one = waiting.pop(0)
        mine = met.get(one, _NOBODY)
        for other in _candidates(one, [other for other in waiting if other not in mine], key):
            rest = [who for who in waiting if who != other]
            if pairable(rest, met):
                break
        else:
            raise ValueError("these players cannot be paired; ask pairable() first")
        pairs.append((one, other))
        waiting = rest
    return pairs


def _candidates(one: P, others: list[P], key: Callable[[P, P], object] | None) -> list[P]:
    return others if key is None else sorted(others, key=lambda other: key(one, other))  # type: ignore[arg-type, return-value]


def _may(one: P, other: P, met: Met[P]) -> bool:
    return one != other and other not in met.get(one, _NOBODY)


def _matching(may: Sequence[Sequence[bool]]) -> list[int]:
    """A largest matching: the partner of each, -1 without one. Edmonds 1965, one augmenting path after the other."""
    near = [[other for other, yes in enumerate(row) if yes] for row in may]
    partner = [-1] * len(may)
    for one, others in enumerate(near):
        if partner[one] < 0:
            free = next((other for other in others if partner[other] < 0), -1)
            if free >= 0:
                partner[one], partner[free] = free, one
    for root in range(len(may)):
        if partner[root] < 0:
            _augment(root, near, partner)
    return partner


def _augment(root: int, near: Sequence[Sequence[int]], partner: list[int]) -> None:
    """Match `root` too, if an alternating path leads from it to another free one."""
    count = len(near)
    parent, base = [-1] * count, list(range(count))
    reached = [False] * count
    reached[root] = True
    queue = deque([root])
    while queue:
        one = queue.popleft()
        for other in near[one]:
            if base[one] == base[other] or partner[one] == other:
                continue
            if other == root or (partner[other] >= 0 and parent[partner[other]] >= 0):
                _contract(one, other, base, parent, partner, reached, queue)
            elif parent[other] < 0:
                parent[other] = one
                if partner[other] < 0:
                    _turn(other, parent, partner)
                    return
                reached[partner[other]] = True
                queue.append(partner[other])


def _turn(end: int, parent: Sequence[int], partner: list[int]) -> None:
    """Swap matched and unmatched along the path that ends here."""
    while end >= 0:
        before = parent[end]
        after = partner[before]
        partner[end], partner[before] = before, end
        end = after


def _contract(
    one: int, other: int, base: list[int], parent: list[int], partner: list[int], reached: list[bool], queue: deque[int]
) -> None:
    """A ring of odd length: all of it counts as one from now on."""
    top = _common(one, other, base, parent, partner)
    ring = [False] * len(base)
    _mark(one, top, other, base, parent, partner, ring)
    _mark(other, top, one, base, parent, partner, ring)
    for who in range(len(base)):
        if ring[base[who]]:
            base[who] = top
            if not reached[who]:
                reached[who] = True
                queue.append(who)


def _common(one: int, other: int, base: Sequence[int], parent: Sequence[int], partner: Sequence[int]) -> int:
    """Where the ways of two to the root meet."""
    seen = set()
    while True:
        one = base[one]
        seen.add(one)
        if partner[one] < 0:
            break
        one = parent[partner[one]]
    while True:
        other = base[other]
        if other in seen:
            return other
        other = parent[partner[other]]


def _mark(
    one: int, top: int, child: int, base: Sequence[int], parent: list[int], partner: Sequence[int], ring: list[bool]
) -> None:
    while base[one] != top:
        ring[base[one]] = ring[base[partner[one]]] = True
        parent[one] = child
        child = partner[one]
        one = parent[partner[one]]
