"""What the API reads and tells, as OpenAPI describes it; and how a match is told.

Wishes refuse unknown fields and convert nothing: `"1"` and `true` are no seat.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field

from games.host.clock import LEAST_MS, MOST_EXTRA_MS, MOST_MS
from games.models import Match, Seat
from games.rating.told import told_of
from games.selectors import seats_of

SeatIndex = Annotated[int, Field(ge=0, le=1000)]


class Wish(Schema):
    """Base of all that is sent."""

    model_config = ConfigDict(extra="forbid", strict=True)


class ClockWish(Wish):
    """A time control: `base_ms` for each seat, and what a turn adds; docs/clocks.md tells what the kinds mean."""

    kind: Literal["fischer", "delay", "bronstein", "move", "correspondence"]
    base_ms: Annotated[int, Field(ge=LEAST_MS, le=MOST_MS)]
    extra_ms: Annotated[int, Field(ge=0, le=MOST_EXTRA_MS)] = 0


class MatchWish(Wish):
    """A new match. `seat`: null draws one; `listed`: open to anyone, else by its address only; `seats`: null is the
    fewest; `clock`: null measures nobody's time; `rated`: it counts for the ratings of both, which needs a clock and
    people."""

    game: Annotated[str, Field(max_length=40)]
    options: dict[str, Any] = {}
    seat: SeatIndex | None = None
    seats: SeatIndex | None = None
    listed: bool = True
    opponent: Literal["person", "practice"] = "person"
    clock: ClockWish | None = None
    rated: bool = False


class JoinWish(Wish):
    """`seat`: null takes the first free one."""

    seat: SeatIndex | None = None


class GuestWish(Wish):
    """`name`: null is given two friendly words; `language`: of those words, and of sentences to this player."""

    name: str | None = None
    language: str | None = None


class MeWish(Wish):
    """What is null stays as it is."""

    name: str | None = None
    language: str | None = None


class GameShown(Schema):
    """A game that can be started. `options` and `move`: JSON Schema; `seats`: fewest and most; `hz`: ticks a second,
    0 none."""

    name: str
    title: str
    edition: int
    seats: tuple[int, int]
    hz: int
    secret: bool
    offers: list[str]
    options: dict[str, Any]
    move: dict[str, Any]


class GameList(Schema):
    games: list[GameShown]


class RatingGain(Schema):
    """A rating in whole points before a match and after it. `provisional`: it may still be far off."""

    before: int
    after: int
    provisional: bool


class SeatShown(Schema):
    """`player`: public id, null for a bot; `bot`: its kind, null for a player; `score`: when the match is over;
    `rating`: what a rated match that counts has done to it, moments after the end."""

    seat: int
    name: str
    player: str | None
    bot: str | None
    score: int | None
    rating: RatingGain | None


class ResultShown(Schema):
    """Integer score per side, for two sides in half points, and the reason as a slug."""

    scores: list[int]
    reason: str


class ClockShown(Schema):
    kind: str
    base_ms: int
    extra_ms: int


class MatchShown(Schema):
    """`clock`: null where nobody's time is measured; `rated`: in `pool`; `uncounted`: why a rated match did not count,
    a slug of `docs/ratings.md`; `seats`: by index, null where free; `socket`: the path of its WebSocket."""

    id: str
    game: str
    edition: int
    options: dict[str, Any]
    clock: ClockShown | None
    status: Literal["waiting", "live", "over", "aborted"]
    listed: bool
    rated: bool
    pool: str
    uncounted: str | None
    seats: list[SeatShown | None]
    seed_hash: str
    rematch_of: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    result: ResultShown | None
    socket: str


class MatchList(Schema):
    """One page; `more`: there is a next one."""

    matches: list[MatchShown]
    page: int
    more: bool


class SeatGiven(Schema):
    seat: int


class RecordShown(Schema):
    """The finished log: `docs/records.md` describes it. `seed` is null while the match lasts."""

    model_config = ConfigDict(extra="allow")

    match: str
    game: str
    edition: int
    fold: int
    options: dict[str, Any]
    clock: dict[str, Any] | None
    seats: int
    seed_hash: str
    seed: str | None
    digest: str
    entries: list[dict[str, Any]]


class FrameList(Schema):
    """The spectator's view after each version; ask again with `after` = the last `v` while `more`."""

    frames: list[dict[str, Any]]
    more: bool
    hz: int | None = None
    ms: int | None = None


class Me(Schema):
    """`id` is public; there is no other."""

    id: str
    name: str
    guest: bool
    language: str


class NewGuest(Me):
    """`key` is told this once: send it as `Authorization: Bearer <key>`."""

    key: str


class TicketGiven(Schema):
    """Say it as `hello.token` on the WebSocket, once, within `expires_s` seconds."""

    ticket: str
    expires_s: int


_SAME = (
    *("game", "edition", "options", "clock", "status", "listed", "seed_hash"),
    *("created_at", "started_at", "finished_at", "result", "rated", "pool"),
)


def match_shown(match: Match) -> dict[str, Any]:
    """A match from `selectors` as `MatchShown` has it; no query."""
    return {name: getattr(match, name) for name in _SAME} | {
        "id": match.public_id,
        "uncounted": match.uncounted or None,
        "seats": [_seat_shown(seat) for seat in seats_of(match)],
        "rematch_of": match.rematch_of.public_id if match.rematch_of else None,
        "socket": f"/ws/match/{match.public_id}",
    }


def _seat_shown(seat: Seat | None) -> dict[str, Any] | None:
    if seat is None:
        return None
    return {
        "seat": seat.index,
        "name": seat.name,
        "player": seat.player.public_id if seat.player else None,
        "bot": seat.bot or None,
        "score": seat.score,
        "rating": None if (told := told_of(seat)) is None else dict(zip(RatingGain.model_fields, told, strict=True)),
    }
