"""Who stands where: points, and how ties are broken in each format.

Arena: more wins, then who had the points first. Swiss: Buchholz, Sonneborn-Berger, the matches among the tied, more
wins. Round robin: the matches among the tied, more wins, Sonneborn-Berger. At last the order of the start. The
definitions are FIDE's (Handbook C.07, Tie-Break Regulations): for Buchholz a round that was not played counts as one
against a dummy with the player's own points, as article 16 has it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from tournaments.formats.entries import Format, PlayerId
from tournaments.formats.fold import Entrant, Fold


class Place(msgspec.Struct, frozen=True):
    """A line of the standings. `place`: equal for who cannot be told apart; `ties`: the tie-breaks in their order,
    in halves (Sonneborn-Berger in quarters)."""

    place: int
    player: PlayerId
    points: int
    ties: tuple[int, ...]


TIES: Mapping[Format, tuple[str, ...]] = {
    "arena": ("wins",),
    "swiss": ("buchholz", "sonneborn", "direct", "wins"),
    "round_robin": ("direct", "wins", "sonneborn"),
}
"""The tie-breaks of each format, in order."""

Measure = Callable[[Entrant, Fold, Sequence[Entrant]], int]


def standings(fold: Fold) -> list[Place]:
    """Everyone who has joined and was there when it began, or has played; the best first."""
    format_ = fold.facts.format
    tied: dict[int, list[Entrant]] = defaultdict(list)
    for one in fold.players.values():
        if not one.withdrawn or one.history or fold.status != "coming":
            tied[one.points].append(one)
    keyed = [(_key(one, fold, tied[one.points]), one) for group in tied.values() for one in group]
    keyed.sort(key=lambda line: (line[0], _last(line[1], format_)))
    return _placed(keyed, format_)


def _key(one: Entrant, fold: Fold, tied: Sequence[Entrant]) -> tuple[int, ...]:
    measures = (MEASURES[name](one, fold, tied) for name in TIES[fold.facts.format])
    return (-one.points, *(-value for value in measures))


def _last(one: Entrant, format_: Format) -> tuple[int, int]:
    """In an arena who had the points first is before who came to them later."""
    return (one.reached_n if format_ == "arena" else 0, one.order)


def _placed(keyed: Sequence[tuple[tuple[int, ...], Entrant]], format_: Format) -> list[Place]:
    places: list[Place] = []
    before: Any = None
    for index, (key, one) in enumerate(keyed, 1):
        whole = (key, one.reached_n) if format_ == "arena" else key
        place = places[-1].place if places and whole == before else index
        places.append(Place(place, one.id, one.points, tuple(-value for value in key[1:])))
        before = whole
    return places


def _wins(one: Entrant, _fold: Fold, _tied: Sequence[Entrant]) -> int:
    return one.wins


def _buchholz(one: Entrant, fold: Fold, _tied: Sequence[Entrant]) -> int:
    """What the opponents have."""
    return sum(_worth(played.opponent if played.played else None, one, fold) for played in one.history)


def _worth(opponent: PlayerId | None, one: Entrant, fold: Fold) -> int:
    return one.points if opponent is None else fold.players[opponent].points


def _sonneborn(one: Entrant, fold: Fold, _tied: Sequence[Entrant]) -> int:
    """What the beaten opponents have, and half of what those have with whom it was a draw."""
    played = (played for played in one.history if played.played and played.opponent)
    return sum(each.points * _worth(each.opponent, one, fold) for each in played)


def _direct(one: Entrant, _fold: Fold, tied: Sequence[Entrant]) -> int:
    """Points against the others with as many; only where all of these have met each other."""
    others = {each.id for each in tied}
    if not all(others - {each.id} <= _opponents(each) for each in tied):
        return 0
    return sum(played.points for played in one.history if played.opponent in others)


def _opponents(one: Entrant) -> set[PlayerId]:
    return {played.opponent for played in one.history if played.opponent}


MEASURES: Mapping[str, Measure] = {
    "wins": _wins,
    "buchholz": _buchholz,
    "sonneborn": _sonneborn,
    "direct": _direct,
}
