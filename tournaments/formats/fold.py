"""The fold: what a tournament is after its entries. `state = fold(entries)`, nothing else changes it.

`log.py` applies lines as they were stored; `due.py`, `standings.py` and the pages read. A line that the log cannot have
held raises ValueError: services and the runner write only what follows from this state.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, assert_never

import msgspec

from tournaments.formats.entries import (
    DRAW,
    LOSS,
    WIN,
    AnyBody,
    Board,
    Cancel,
    Create,
    Finish,
    Join,
    Line,
    MatchId,
    Pair,
    PlayerId,
    Result,
    Return,
    Round,
    Start,
    Withdraw,
)

Status = Literal["coming", "running", "finished", "cancelled"]

ABSENT_AT_MOST = 2
"""Matches in a row that a player may stay away from; then they are withdrawn. One may be an accident."""


class Played(msgspec.Struct, frozen=True):
    """One round or match of one player. `opponent`: None without one; `seat`: -1 likewise; `points`: in halves;
    `gained`: what it was worth, more than `points` on a streak."""

    round: int
    opponent: PlayerId | None
    seat: int
    points: int
    gained: int
    played: bool = True


class Entrant(msgspec.Struct):
    """A player of a tournament, as far as the log goes."""

    id: PlayerId
    order: int
    rating: int
    withdrawn: str = ""
    match: MatchId | None = None
    free_since_ms: int = 0
    points: int = 0
    reached_n: int = 0
    streak: int = 0
    absent: int = 0
    last: PlayerId | None = None
    history: list[Played] = msgspec.field(default_factory=list)

    @property
    def wins(self) -> int:
        """Matches won at the board."""
        return sum(one.played and one.points == WIN for one in self.history)

    @property
    def on_fire(self) -> bool:
        """The next points count twice: the last two matches were won."""
        return self.streak >= 2


class Fold:
    """A tournament after line `n`."""

    def __init__(self) -> None:
        self.n = 0
        self.facts: Create
        self.status: Status = "coming"
        self.why = ""
        self.players: dict[PlayerId, Entrant] = {}
        self.boards: dict[MatchId, Board] = {}
        self.results: dict[MatchId, Result] = {}
        self.rounds: list[Round] = []
        self.order: tuple[PlayerId, ...] = ()
        """Who was in when it began, the strongest first."""
        self.started_ms = 0
        self.settled_ms = 0
        """When the last result came, or the last round was drawn up."""
        self.ended_ms = 0

    def apply(self, line: Line) -> None:
        """Go on by one line."""
        if line.n != self.n + 1:
            raise ValueError(f"line {line.n} cannot follow line {self.n}")
        self.n = line.n
        self._apply(line.body, line.at_ms)

    def _apply(self, body: AnyBody, at_ms: int) -> None:
        match body:
            case Create():
                self.facts = body
            case Join() | Withdraw() | Return():
                self._company(body, at_ms)
            case Start():
                self._start(body, at_ms)
            case Round():
                self._round(body, at_ms)
            case Pair():
                for board in body.boards:
                    self._pair(board)
            case Result():
                self._result(body, at_ms)
            case Finish() | Cancel():
                self._end(body, at_ms)
            case _:
                assert_never(body)

    # ── what is asked of it ─────────────────────────────────────────────────────────────────────────────

    @property
    def ends_ms(self) -> int:
        """When the time of an arena is over."""
        return self.started_ms + self.facts.minutes * 60_000

    @property
    def open(self) -> list[Board]:
        """Boards without a result."""
        return [board for match, board in self.boards.items() if match not in self.results]

    @property
    def active(self) -> list[Entrant]:
        """Who has not withdrawn."""
        return [one for one in self.players.values() if not one.withdrawn]

    def unmade(self) -> list[tuple[int, tuple[PlayerId, PlayerId]]]:
        """Pairs of the last round that have no match yet, with their boards' numbers."""
        if not self.rounds:
            return []
        last = self.rounds[-1]
        made = {board.board for board in self.boards.values() if board.round == last.round}
        return [(number, pair) for number, pair in enumerate(last.pairs, 1) if number not in made]

    # ── steps ───────────────────────────────────────────────────────────────────────────────────────────

    def _company(self, body: Join | Withdraw | Return, at_ms: int) -> None:
        match body:
            case Join():
                order = len(self.players)
                self.players[body.player] = Entrant(body.player, order, body.rating, free_since_ms=at_ms)
            case Withdraw():
                self.players[body.player].withdrawn = body.why
            case Return():
                entrant = self.players[body.player]
                entrant.withdrawn, entrant.absent, entrant.free_since_ms = "", 0, at_ms

    def _end(self, body: Finish | Cancel, at_ms: int) -> None:
        self.ended_ms = at_ms
        if isinstance(body, Finish):
            self.status = "finished"
        else:
            self.status, self.why = "cancelled", body.why

    def _start(self, body: Start, at_ms: int) -> None:
        self.status, self.started_ms, self.settled_ms = "running", at_ms, at_ms
        self.order = body.order
        for order, player in enumerate(body.order):
            self.players[player].order = order
        for entrant in self.players.values():
            entrant.free_since_ms = at_ms

    def _round(self, body: Round, at_ms: int) -> None:
        self.rounds.append(body)
        self.settled_ms = at_ms
        # Where everybody meets everybody a free round is part of the plan; in a Swiss it is nobody's wish.
        bye = WIN if self.facts.format == "swiss" else LOSS
        for player in body.byes:
            self._note(self.players[player], Played(body.round, None, -1, bye, bye, played=False))
        for winner, absent in body.walkovers:
            self._note(self.players[winner], Played(body.round, absent, -1, WIN, WIN, played=False))
            self._note(self.players[absent], Played(body.round, winner, -1, LOSS, LOSS, played=False))

    def _pair(self, board: Board) -> None:
        self.boards[board.match] = board
        for seat, player in enumerate(board.players):
            entrant = self.players[player]
            entrant.match, entrant.last = board.match, board.players[1 - seat]

    def _result(self, body: Result, at_ms: int) -> None:
        board = self.boards[body.match]
        if body.match in self.results:
            raise ValueError(f"match {body.match} has a result already")
        self.results[body.match] = body
        self.settled_ms = at_ms
        for seat, player in enumerate(board.players):
            entrant = self.players[player]
            entrant.match, entrant.free_since_ms = None, at_ms
            entrant.absent = entrant.absent + 1 if seat in body.idle else 0
            self._score(entrant, board, seat, body)

    def _score(self, entrant: Entrant, board: Board, seat: int, body: Result) -> None:
        arena = self.facts.format == "arena"
        if body.how == "void" and arena:
            return  # there is another match in a moment
        # Nobody's fault, and the round goes on: half a point each.
        points = DRAW if body.how == "void" else body.points[seat]
        gained = 2 * points if arena and self.facts.streaks and entrant.on_fire else points
        entrant.streak = entrant.streak + 1 if points == WIN else 0
        opponent = board.players[1 - seat]
        self._note(entrant, Played(board.round, opponent, seat, points, gained, played=body.how == "played"))

    def _note(self, entrant: Entrant, played: Played) -> None:
        entrant.history.append(played)
        if played.gained:
            entrant.points += played.gained
            entrant.reached_n = self.n


def folded(lines: Iterable[Line]) -> Fold:
    """The tournament after these lines, from the first on."""
    fold = Fold()
    for line in lines:
        fold.apply(line)
    return fold
