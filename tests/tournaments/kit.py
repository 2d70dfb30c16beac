"""Tournaments for tests: played on a clock of their own by the pure formats, or through services with matches that are
written to an end without a host."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import Permission
from django.utils import timezone

from players.models import Player
from tests.games.played import FIRST_WINS, guest, played
from tournaments import limits, log, presence, runner, services
from tournaments.formats.due import Pairs, due
from tournaments.formats.entries import (
    DRAW,
    LOSS,
    WIN,
    AnyBody,
    Board,
    Create,
    Join,
    Line,
    MatchId,
    Pair,
    PlayerId,
    Result,
)
from tournaments.formats.fold import Fold
from tournaments.models import Pairing, Tournament

SECOND_WINS = (0, 1, 2, 1, 0, 1, 2, 1)
BLITZ = {"kind": "fischer", "base_ms": 180_000, "extra_ms": 0}
Decide = Callable[[Board], tuple[int, int]]


class Virtual:
    """A tournament without a database. Time passes only when it is told to."""

    def __init__(self, count: int, **facts: Any) -> None:
        self.fold, self.lines, self.now_ms = Fold(), list[Line](), 0
        self.write(Create(**({"start_ms": 0, "seed": "seed"} | facts)))
        for number in range(count):
            self.write(Join(PlayerId(f"p{number:03}"), 2000 - number))

    def write(self, body: AnyBody) -> None:
        line = Line(self.fold.n + 1, self.now_ms, body)
        self.lines.append(line)
        self.fold.apply(line)

    def everyone(self) -> set[PlayerId]:
        return set(self.fold.players)

    def go_on(self, present: Collection[PlayerId] | None = None) -> None:
        """Do all that is due now."""
        here = self.everyone() if present is None else present
        while (wanted := due(self.fold, now_ms=self.now_ms, present=here)) is not None:
            self.write(self._made(wanted) if isinstance(wanted, Pairs) else wanted)

    def _made(self, pairs: Pairs) -> Pair:
        names = (MatchId(f"m{len(self.fold.boards) + number}") for number in range(len(pairs.boards)))
        return Pair(tuple(Board(name, *board) for name, board in zip(names, pairs.boards, strict=True)))

    def decide(self, decide: Decide) -> None:
        """Every open match ends."""
        for board in self.fold.open:
            self.write(Result(board.match, decide(board)))

    def played_out(self, decide: Decide) -> Fold:
        """All rounds."""
        while self.fold.status in ("coming", "running"):
            self.go_on()
            self.decide(decide)
            self.now_ms += 11_000
        return self.fold


def by_chance(seed: int = 0) -> Decide:
    rng = random.Random(seed)
    return lambda _board: rng.choice([(WIN, LOSS), (LOSS, WIN), (DRAW, DRAW)])


def the_lower_number(board: Board) -> tuple[int, int]:
    """Who has the lower number wins."""
    return (WIN, LOSS) if board.players[0] < board.players[1] else (LOSS, WIN)


# ── through services ────────────────────────────────────────────────────────────────────────────────────────


def organiser() -> Player:
    player = guest("Olga")
    player.is_guest = False
    player.save()
    player.user_permissions.add(Permission.objects.get(codename="add_tournament"))
    return Player.objects.get(pk=player.pk)


def wish(**facts: Any) -> limits.Wish:
    usual = {"name": "Cup", "format": "arena", "game": "connect-four", "clock": BLITZ, "minutes": 60, "rounds": 3}
    return limits.Wish(**({"start_at": timezone.now() - timedelta(seconds=1)} | usual | facts))


def created(by: Player | None = None, **facts: Any) -> Tournament:
    return services.tournament_create(by=by or organiser(), wish=wish(**facts))


def with_players(count: int, **facts: Any) -> tuple[Tournament, list[Player]]:
    tournament = created(**facts)
    players = [guest(f"Player {number}") for number in range(count)]
    for player in players:
        services.tournament_join(tournament=tournament, by=player)
    return tournament, players


def run(tournament: Tournament) -> None:
    """All that is due now."""
    presence.store()
    while runner.advance(tournament.pk):
        pass
    tournament.refresh_from_db()


def end_all(tournament: Tournament, moves: Collection[int] = FIRST_WINS) -> None:
    for pairing in Pairing.objects.filter(tournament=tournament, open=True).select_related("match"):
        played(pairing.match, moves)


def fold_of(tournament: Tournament) -> Fold:
    with log.shown.reading(tournament) as fold:
        return fold
