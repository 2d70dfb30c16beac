"""What the API of tournaments reads and tells, as OpenAPI describes it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import AwareDatetime, Field

from games.api.shapes import ClockShown, ClockWish, Wish
from tournaments.models import Tournament

FormatName = Literal["arena", "swiss", "round_robin"]
Standing = Literal["coming", "running", "finished", "cancelled"]


class TournamentWish(Wish):
    """A new tournament, of a game for two. `minutes`: of an arena; `rounds`: of a Swiss; `double`: in a round robin
    everyone meets everyone twice; `streaks`: in an arena points double after two wins running; `least_matches`: rated
    ones of this game at this speed that are asked of who joins."""

    name: Annotated[str, Field(max_length=100)]
    format: FormatName
    game: Annotated[str, Field(max_length=40)]
    options: dict[str, Any] = {}
    clock: ClockWish | None = None
    rated: bool = False
    start_at: Annotated[AwareDatetime, Field(strict=False)]
    minutes: Annotated[int, Field(ge=0, le=10_000)] = 0
    rounds: Annotated[int, Field(ge=0, le=1_000)] = 0
    double: bool = False
    streaks: bool = True
    accounts_only: bool = False
    least_matches: Annotated[int, Field(ge=0, le=100_000)] = 0


class TournamentLine(Schema):
    """A tournament in a list. `by`: public id of its creator, null where the account is gone."""

    id: str
    name: str
    format: FormatName
    game: str
    options: dict[str, Any]
    clock: ClockShown | None
    rated: bool
    status: Standing
    start_at: datetime
    minutes: int
    rounds: int
    double: bool
    streaks: bool
    accounts_only: bool
    least_matches: int
    players: int
    by: str | None


class TournamentList(Schema):
    """One page; `more`: there is a next one."""

    tournaments: list[TournamentLine]
    page: int
    more: bool


class Person(Schema):
    id: str
    name: str


class PlaceShown(Schema):
    """A line of the standings. `ties`: the tie-breaks, as `ties` of the tournament names them; `sheet`: what the last
    matches were worth; `match`: where they play now."""

    place: int
    player: Person
    points: float
    ties: list[float]
    sheet: list[float]
    on_fire: bool
    withdrawn: bool
    match: str | None


class BoardShown(Schema):
    """A match of the tournament. `players`: by seat; `points`: by seat, ½ for a draw, null while it lasts."""

    match: str
    round: int
    board: int
    players: list[Person]
    points: list[float] | None


class TournamentShown(Schema):
    """How it stands after line `n` of its log. Times are Unix milliseconds; `ends_ms`: null where nobody knows."""

    id: str
    n: int
    name: str
    format: FormatName
    game: str
    clock: ClockShown | None
    rated: bool
    status: Standing
    why: str
    players: int
    round: int
    rounds: int
    starts_ms: int
    ends_ms: int | None
    page: int
    pages: int
    ties: list[str]
    standings: list[PlaceShown]
    boards: list[BoardShown]
    playing: int


class You(Schema):
    """`withdrawn`: why you are not paired any more; `match`: the one that waits for you; `why_not`: why you cannot
    join."""

    joined: bool
    withdrawn: str
    place: int | None
    points: float | None
    match: str | None
    why_not: str


class Live(Schema):
    n: int
    now_ms: int
    again_s: int
    you: You
    tournament: TournamentShown | None


_SAME = (
    *("name", "format", "game", "options", "clock", "rated", "status", "start_at", "minutes", "rounds", "double"),
    *("streaks", "accounts_only", "least_matches", "players"),
)


def line_shown(tournament: Tournament) -> dict[str, Any]:
    """A tournament from `selectors` as `TournamentLine` has it; no query."""
    by = tournament.created_by
    return {name: getattr(tournament, name) for name in _SAME} | {
        "id": tournament.public_id,
        "by": by.public_id if by else None,
    }
