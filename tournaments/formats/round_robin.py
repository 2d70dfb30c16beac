"""Round robin: everyone meets everyone, by the tables of Johann Berger as FIDE prints them (Handbook C.05, annex 1).

The circle method: one player stays, the others move on by half a circle. In the second half of a double one all seats
are the other way round.
"""

from __future__ import annotations

from tournaments.formats.entries import PlayerId, Round
from tournaments.formats.fold import Fold


def table(count: int) -> list[list[tuple[int, int]]]:
    """For each round the pairs of numbers from 1 to `count`, first seat first. An odd count has one free each round:
    who would meet the number that is not there is left out."""
    even = count + count % 2
    rounds = [_round(number, even) for number in range(1, even)]
    return [[pair for pair in pairs if max(pair) <= count] for pairs in rounds]


def _round(number: int, even: int) -> list[tuple[int, int]]:
    """Round `number` of the table for an even count."""
    turning = even - 1
    # Who meets the one that stays goes on by half a circle from round to round.
    lead = (number - 1) * (even // 2) % turning
    stays = (lead + 1, even) if number % 2 else (even, lead + 1)
    others = [((lead + step) % turning + 1, (lead - step) % turning + 1) for step in range(1, even // 2)]
    return [stays, *others]


def rounds_of(fold: Fold) -> int:
    """How many rounds there are in all."""
    count = len(fold.order)
    return (count - 1 + count % 2) * (2 if fold.facts.double else 1)


def plan(fold: Fold) -> Round:
    """The next round. Who has withdrawn gives their points away."""
    number = len(fold.rounds) + 1
    order = [fold.players[player] for player in fold.order]
    single = table(len(order))
    pairs: list[tuple[PlayerId, PlayerId]] = []
    walkovers: list[tuple[PlayerId, PlayerId]] = []
    paired: set[PlayerId] = set()
    for first, second in single[(number - 1) % len(single)]:
        one, other = order[first - 1], order[second - 1]
        paired |= {one.id, other.id}
        if number > len(single):
            one, other = other, one
        if not one.withdrawn and not other.withdrawn:
            pairs.append((one.id, other.id))
        elif bool(one.withdrawn) != bool(other.withdrawn):
            walkovers.append((other.id, one.id) if one.withdrawn else (one.id, other.id))
    byes = tuple(one.id for one in order if one.id not in paired and not one.withdrawn)
    return Round(number, tuple(pairs), byes, tuple(walkovers))
