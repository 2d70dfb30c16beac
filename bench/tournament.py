"""`python -m bench.tournament`: 500 players in an arena and a Swiss, 30 in a round robin, on a clock of their own.

The pure formats alone, without a database: how long the largest pairing takes, how many there are in a second of
computing, whether anybody met anybody again, how long people wait between matches and how near they are in points, how
seats are balanced. `--stored`: `tournament_stored.py`.
"""

from __future__ import annotations

import argparse
import heapq
import random
import time
from collections import Counter
from collections.abc import Callable, Collection
from itertools import pairwise

import msgspec

from bench.load import quantile
from tournaments.formats.due import Pairs, due
from tournaments.formats.entries import (
    AnyBody,
    Board,
    Create,
    Format,
    Join,
    Line,
    MatchId,
    Pair,
    PlayerId,
    Result,
)
from tournaments.formats.fold import Entrant, Fold
from tournaments.formats.standings import standings

# A blitz match takes three to eight minutes for both, most of them five; who is back at once waits two seconds.
SHORTEST_MS, USUAL_MS, LONGEST_MS = 60_000, 180_000, 480_000
LOOK_MS = 1_000
DRAWS = 0.1


class Figures(msgspec.Struct):
    """What came of one tournament."""

    players: int = 0
    matches: int = 0
    pairing_ms: list[float] = []
    waits_ms: list[int] = []
    apart: list[int] = []
    standings_ms: float = 0
    fold_ms: float = 0
    lines: int = 0


class Played:
    """A tournament on a clock of its own; players win as their ratings say."""

    def __init__(self, format_: Format, players: int, *, seed: int, **facts: int) -> None:
        self._rng = random.Random(seed)
        self.fold, self.lines, self.figures = Fold(), list[Line](), Figures(players=players)
        self.now_ms = 0
        self._running: list[tuple[int, MatchId]] = []
        self._write(Create(format_, 0, "seed", **facts))  # type: ignore[arg-type]
        for number in range(players):
            self._write(Join(PlayerId(f"p{number:03}"), round(self._rng.gauss(1500, 300))))

    def run(self) -> Figures:
        """To its end."""
        everyone = set(self.fold.players)
        while self.fold.status in ("coming", "running"):
            self._results()
            self._pairings(everyone)
            self.now_ms += LOOK_MS
        began = time.perf_counter()
        standings(self.fold)
        self.figures.standings_ms = (time.perf_counter() - began) * 1000
        self._fold_again()
        return self.figures

    def _pairings(self, everyone: Collection[PlayerId]) -> None:
        while True:
            began = time.perf_counter()
            wanted = due(self.fold, now_ms=self.now_ms, present=everyone)
            took_ms = (time.perf_counter() - began) * 1000
            if wanted is None:
                return
            if not isinstance(wanted, Pairs):
                self.figures.pairing_ms.append(took_ms)
                self._write(wanted)
                continue
            if self.fold.facts.format == "arena":
                self.figures.pairing_ms.append(took_ms)
            self._begin(wanted)

    def _begin(self, pairs: Pairs) -> None:
        boards = []
        for round_, number, players in pairs.boards:
            match = MatchId(f"m{self.figures.matches}")
            self.figures.matches += 1
            boards.append(Board(match, round_, number, players))
            one, other = (self.fold.players[who].points for who in players)
            self.figures.apart.append(abs(one - other))
            for who in players:
                if self.fold.players[who].history:
                    self.figures.waits_ms.append(self.now_ms - self.fold.players[who].free_since_ms)
            length = self._rng.triangular(SHORTEST_MS, LONGEST_MS, USUAL_MS)
            heapq.heappush(self._running, (self.now_ms + round(length), match))
        self._write(Pair(tuple(boards)))

    def _results(self) -> None:
        while self._running and self._running[0][0] <= self.now_ms:
            _at, match = heapq.heappop(self._running)
            one, other = (self.fold.players[who].rating for who in self.fold.boards[match].players)
            wins = 1 / (1 + 10 ** ((other - one) / 400)) * (1 - DRAWS)
            lot = self._rng.random()
            self._write(Result(match, (2, 0) if lot < wins else (1, 1) if lot < wins + DRAWS else (0, 2)))

    def _write(self, body: AnyBody) -> None:
        line = Line(self.fold.n + 1, self.now_ms, body)
        self.lines.append(line)
        self.fold.apply(line)

    def _fold_again(self) -> None:
        began = time.perf_counter()
        again = Fold()
        for line in self.lines:
            again.apply(line)
        self.figures.fold_ms = (time.perf_counter() - began) * 1000
        self.figures.lines = len(self.lines)


def again_running(entrant: Entrant) -> int:
    """How often somebody met the same opponent twice running."""
    opponents = [one.opponent for one in entrant.history]
    return sum(one is not None and one == other for one, other in pairwise(opponents))


def again(entrant: Entrant) -> int:
    """How often somebody met an opponent again."""
    met = Counter(one.opponent for one in entrant.history if one.opponent)
    return sum(times - 1 for times in met.values())


def apart(fold: Fold) -> list[int]:
    """By player, how many more first seats than second ones, or the other way round."""
    return [abs(sum(1 - 2 * one.seat for one in player.history if one.played)) for player in fold.players.values()]


KINDS: dict[str, tuple[Callable[[int], Played], Callable[[Entrant], int]]] = {
    "arena, 500 players, 60 min": (lambda seed: Played("arena", 500, seed=seed, minutes=60), again_running),
    "Swiss, 500 players, 9 rounds": (lambda seed: Played("swiss", 500, seed=seed, rounds=9), again),
    "round robin, 30 players": (lambda seed: Played("round_robin", 30, seed=seed), again),
}


def row(name: str, played: Played, repeats: Callable[[Entrant], int]) -> str:
    """A line of the table."""
    figures = played.run()
    pairings = sorted(figures.pairing_ms)
    waits = sorted(figures.waits_ms) or [0]
    points = sorted(figures.apart)
    balance = sorted(apart(played.fold))
    cells = (
        name,
        f"{figures.matches}",
        f"{max(pairings):.0f}",
        f"{figures.matches / (sum(pairings) / 1000):.0f}",
        f"{sum(repeats(one) for one in played.fold.players.values()) // 2}",
        f"{quantile(waits, 0.5) / 1000:.0f} / {quantile(waits, 0.95) / 1000:.0f}",
        f"{quantile(points, 0.5) / 2:g} / {quantile(points, 0.95) / 2:g}",
        f"{quantile(balance, 0.5)} / {max(balance)}",
        f"{figures.standings_ms:.1f}",
        f"{figures.lines}: {figures.fold_ms:.0f}",
    )
    return f"| {' | '.join(cells)} |"


HEAD = (
    "| | matches | largest pairing ms | matches paired per s | met again | wait s p50 / p95 | "
    "wins apart p50 / p95 | seats apart p50 / most | standings ms | lines: fold ms |"
)


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--stored", action="store_true")
    chosen = arguments.parse_args()
    if chosen.stored:
        # Only here: the pure formats run where Django is not set up.
        from bench import tournament_stored

        print(tournament_stored.table())
        return
    print(f"{HEAD}\n|{'---|' * 10}")
    for name, (make, repeats) in KINDS.items():
        print(row(name, make(chosen.seed), repeats), flush=True)


if __name__ == "__main__":
    main()
