"""What the API reads and tells about finding a match. The answers are `games.finding.told.Personal`, described here for
OpenAPI; a test holds the two together."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from games.api.shapes import ClockWish, SeatIndex, Wish
from players.ids import ALPHABET, ID_LENGTH

PublicId = Annotated[str, Field(pattern=f"^[{ALPHABET}]{{{ID_LENGTH}}}$")]
GameName = Annotated[str, Field(max_length=40, pattern=r"^[a-z0-9-]*$")]


class SeekWish(Wish):
    """Look for opponents. `pool`: bullet, blitz or rapid, for games on the clock live; `seats`: null is the fewest;
    `practice_after`: seconds after which practice opponents may take the free seats, in a match without rating, null:
    people only; `party`: together with everyone in the own party."""

    game: GameName
    pool: Annotated[str, Field(max_length=16, pattern=r"^[a-z]*$")]
    rated: bool = False
    seats: SeatIndex | None = None
    practice_after: Annotated[int, Field(ge=0, le=3600)] | None = None
    party: bool = False


class AnswerWish(Wish):
    """Yes or no."""

    yes: bool


class ChallengeWish(Wish):
    """Offer `player` (public id) a match for two. `seat`: one's own, null draws it."""

    player: PublicId
    game: GameName
    options: dict[str, Any] = {}
    clock: ClockWish | None = None
    rated: bool = False
    seat: SeatIndex | None = None


class PlayerWish(Wish):
    """A member of the party, by public id."""

    player: PublicId


class PartyPlayWish(Wish):
    """A match of the party alone; `practice`: seats for practice opponents."""

    game: GameName
    options: dict[str, Any] = {}
    clock: ClockWish | None = None
    practice: SeatIndex = 0


class Someone(Schema):
    id: str
    name: str


class Seeking(Schema):
    """A wish that waits; see `GET /api/you` in docs/finding.md."""

    game: str
    pool: str
    rated: bool
    seats: int
    size: int
    mine: bool
    waited_ms: int
    estimate_ms: int | None
    window: int | None
    practice_after_s: int | None


class Found(Schema):
    """A ready check: answer by `POST /api/pairings/<id>` before `left_ms` are over."""

    id: str
    game: str
    pool: str
    rated: bool
    seats: int
    left_ms: int
    ready: int
    players: int
    yes: bool


class Offer(Schema):
    """A challenge; `who`: the other one; `seat`: that of who challenges, null is drawn."""

    id: str
    who: Someone
    game: str
    clock: dict[str, Any] | None
    rated: bool
    seat: Literal[0, 1] | None
    left_ms: int


class PartyTold(Schema):
    """`leader`: public id."""

    id: str
    leader: str
    members: list[Someone]


class Personal(Schema):
    """All that concerns you alone. `go`: the match that you should come to now; `rest_ms`: so long you cannot look for
    one, since you let ready checks pass; `asking`: how many would like to be your friends."""

    seek: Seeking | None
    pairing: Found | None
    incoming: list[Offer]
    outgoing: list[Offer]
    party: PartyTold | None
    go: str | None
    rest_ms: int
    asking: int
