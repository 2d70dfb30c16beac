"""What the log of a tournament keeps: one line per decision, in the order in which they were stored.

Players and matches are named by their public ids; names are looked up when they are shown, so that a player who leaves
for good leaves no name behind. Points are counted in halves: a win is 2, a draw 1.
"""

from __future__ import annotations

from typing import Literal, NewType

import msgspec

PlayerId = NewType("PlayerId", str)
MatchId = NewType("MatchId", str)
Format = Literal["arena", "swiss", "round_robin"]

WIN, DRAW, LOSS = 2, 1, 0


class Body(msgspec.Struct, frozen=True, tag_field="kind"):
    """Base of all bodies."""


class Create(Body, frozen=True, tag="create"):
    """The facts that never change. `start_ms`: when it is to begin; `minutes`: of an arena; `rounds`: of a Swiss;
    `double`: in a round robin everyone meets everyone twice; `streaks`: an arena doubles points on a streak; `seed`:
    what lots are drawn from."""

    format: Format
    start_ms: int
    seed: str
    minutes: int = 0
    rounds: int = 0
    double: bool = False
    streaks: bool = True


class Join(Body, frozen=True, tag="join"):
    """A player is in. `rating`: as it stood then, for the first order; 0 where nobody knows one."""

    player: PlayerId
    rating: int = 0


class Withdraw(Body, frozen=True, tag="withdraw"):
    """A player is not paired any more: they left, did not come to two matches, or were taken out."""

    player: PlayerId
    why: Literal["left", "absent", "removed"] = "left"


class Return(Body, frozen=True, tag="return"):
    """A player who had withdrawn is paired again."""

    player: PlayerId


class Start(Body, frozen=True, tag="start"):
    """It begins, with the players in this order: the strongest first, lots where ratings are equal."""

    order: tuple[PlayerId, ...]


class Round(Body, frozen=True, tag="round"):
    """Who plays whom in a round, whole before the first of its matches is made. `pairs`: the first of each sits at seat
    0; `byes`: who has no opponent; `walkovers`: who wins since the second of them has withdrawn."""

    round: int
    pairs: tuple[tuple[PlayerId, PlayerId], ...]
    byes: tuple[PlayerId, ...] = ()
    walkovers: tuple[tuple[PlayerId, PlayerId], ...] = ()


class Board(msgspec.Struct, frozen=True, array_like=True):
    """One match of a tournament. `players`: by seat; `round`: 0 in an arena; `board`: from 1, the top pair first."""

    match: MatchId
    round: int
    board: int
    players: tuple[PlayerId, PlayerId]


class Pair(Body, frozen=True, tag="pair"):
    """These matches were made, in the transaction of this entry."""

    boards: tuple[Board, ...]


class Result(Body, frozen=True, tag="result"):
    """How a match ended, from its record. `points`: by seat; `how`: `played` to an end, lost by who was `absent` or
    `called_off` by one of them, or `void`, which was nobody's fault; `idle`: seats that never moved."""

    match: MatchId
    points: tuple[int, int]
    how: Literal["played", "absent", "called_off", "void"] = "played"
    idle: tuple[int, ...] = ()


class Finish(Body, frozen=True, tag="finish"):
    """It is over; what is still played does not count."""


class Cancel(Body, frozen=True, tag="cancel"):
    """It does not take place, or stops: too `few` players, or an `organiser` said so."""

    why: Literal["few", "organiser"]


AnyBody = Create | Join | Withdraw | Return | Start | Round | Pair | Result | Finish | Cancel

KINDS = ("create", "join", "withdraw", "return", "start", "round", "pair", "result", "finish", "cancel")

_decoder: msgspec.json.Decoder[AnyBody] = msgspec.json.Decoder(AnyBody)


class Line(msgspec.Struct, frozen=True):
    """Line `n` of a log, from 1 without gaps; `at_ms`: by the database's clock."""

    n: int
    at_ms: int
    body: AnyBody


def text(body: AnyBody) -> str:
    """What is stored."""
    return msgspec.json.encode(body, order="deterministic").decode()


def read(stored: str) -> AnyBody:
    """What was stored."""
    return _decoder.decode(stored)


def kind_of(body: AnyBody) -> str:
    """The slug of a body's kind."""
    return str(body.__struct_config__.tag)
