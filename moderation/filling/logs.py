"""One real log for each game without ticks, played at random: what every match of a filled database is a copy of."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from games.host.entries import FOLD, Ended, Entry, Kind, Ruled, Sit, chained, genesis, seed_hash, text
from games.host.fold import Fold
from games.rules.base import Result
from games.rules.catalog import AnyRules, all_newest
from games.rules.rng import Rng

SEED = bytes(range(32))
# One think of this long before each move.
_MS = 1500


class Log(NamedTuple):
    """A finished match of `rules`: its lines, and the columns of its row."""

    rules: AnyRules
    seats: int
    options: str
    entries: tuple[Entry, ...]
    result: str
    scores: tuple[int, ...]


def logs(entries: int) -> list[Log]:
    """Of each game that can be, none longer than `entries` lines."""
    return [_played(rules, entries) for rules in all_newest() if not rules.hz_of(rules.options()) and not rules.entered]


def _played(rules: AnyRules, most: int) -> Log:
    seats, options = rules.seats.start, rules.options()
    plain = msgspec.to_builtins(options)
    start = genesis(
        game=rules.name, edition=rules.edition, fold=FOLD, options=plain, seats=seats, hashed_seed=seed_hash(SEED)
    )
    table = _Table(Fold.begin(rules, options=options, seats=seats, seed=SEED, genesis=start))
    for seat in range(seats):
        table.append("sit", seat, None, text(Sit(name=f"Seat {seat}")))
    # Two lines are kept for a ruling and the end.
    while table.fold.outcome is None and table.fold.n < most - 2:
        table.move()
    if table.fold.outcome is None:
        scores = (1,) * (max(table.fold.sides) + 1)
        table.append("ruled", None, None, text(Ruled(scores, "Long enough.")))
    outcome: Result | None = table.fold.outcome
    assert outcome is not None
    ended = text(Ended(outcome.scores, outcome.reason))
    table.append("end", None, None, ended)
    scores = tuple(outcome.scores[side] for side in table.fold.sides)
    return Log(rules, seats, text(plain), tuple(table.entries), ended, scores)


class _Table:
    """A fold and its lines."""

    def __init__(self, fold: Fold) -> None:
        self.fold = fold
        self.entries: list[Entry] = []

    def move(self) -> None:
        """Who is asked moves by chance."""
        for seat, moves in dict(self.fold.turns).items():
            if seat not in self.fold.pool and seat in self.fold.turns:
                move: Any = moves.sample(Rng(SEED, -self.fold.n))
                self.append("move", seat, self.fold.cs[seat] + 1, text(move))

    def append(self, kind: Kind, seat: int | None, c: int | None, body: str) -> None:
        """One more line, folded."""
        before = self.fold
        entry = chained(before.digest, n=before.n + 1, kind=kind, seat=seat, c=c, ms=before.ms + _MS, body=body)
        before.apply(entry)
        self.entries.append(entry)
