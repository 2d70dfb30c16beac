"""Endpoints of ratings: leaderboards, one's own place, and how a rating came about."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from games.api.auth import count_look, signed_in
from games.api.errors import Problem, not_found
from players.models import Player, Pool
from players.ratings import boards
from players.ratings.selectors import shown
from players.selectors import player_get

router = Router(tags=["ratings"])

Page = Annotated[int, Field(ge=1, le=boards.DEEPEST_PAGE)]


class PoolShown(Schema):
    """Somebody is on its list."""

    game: str
    pool: str


class PoolList(Schema):
    pools: list[PoolShown]


class PersonShown(Schema):
    id: str
    name: str


class PlaceShown(Schema):
    """`rank`: null beyond the first 10,000; equal ratings share one. `matches`: those that counted."""

    rank: int | None
    player: PersonShown
    rating: int
    deviation: int
    matches: int


class PlaceList(Schema):
    """One page, 50 places; `more`: there is a next one."""

    places: list[PlaceShown]
    page: int
    more: bool


class AroundList(Schema):
    """The own place with up to five above and below it; empty where one is not on the list."""

    places: list[PlaceShown]


class RatingShown(Schema):
    """A rating now. `provisional`: it may still be far off, and is on no list."""

    game: str
    pool: str
    rating: int
    deviation: int
    provisional: bool
    matches: int


class RatingList(Schema):
    ratings: list[RatingShown]


class PointShown(Schema):
    at: datetime
    rating: int
    deviation: int


class History(Schema):
    """The newest 500 changes, in the order of time."""

    points: list[PointShown]


@router.get("/ranks", url_name="ranks", operation_id="ranks", response={200: PoolList, 429: Problem})
def ranks(request: HttpRequest) -> dict[str, Any]:
    """The pools of ratings that have a leaderboard."""
    count_look(request)
    return {"pools": [{"game": pool.game, "pool": pool.name} for pool in boards.pools_listed()]}


@router.get(
    "/ranks/{game}/{pool}",
    url_name="rank_list",
    operation_id="rank_list",
    response={200: PlaceList, frozenset({404, 422, 429}): Problem},
)
def rank_list(request: HttpRequest, game: str, pool: str, page: Page = 1) -> dict[str, Any]:
    """A leaderboard, the best first. Who is on it has a rating that is not provisional, and has played within 30
    days."""
    count_look(request)
    found = boards.page(_pool(game, pool), page)
    return {"places": [_place(one) for one in found.places], "page": page, "more": found.more}


@router.get(
    "/ranks/{game}/{pool}/around",
    auth=signed_in,
    url_name="rank_around",
    operation_id="rank_around",
    response={200: AroundList, frozenset({401, 404, 429}): Problem},
)
def rank_around(request: HttpRequest, game: str, pool: str) -> dict[str, Any]:
    """Your own place, and who is next to it."""
    count_look(request)
    player: Player = request.auth  # type: ignore[attr-defined]  # set by `signed_in`
    return {"places": [_place(one) for one in boards.around(_pool(game, pool), player)]}


@router.get(
    "/players/{public_id}/ratings",
    url_name="ratings",
    operation_id="ratings",
    response={200: RatingList, frozenset({404, 429}): Problem},
)
def ratings(request: HttpRequest, public_id: str) -> dict[str, Any]:
    """The ratings of a player, the most played pool first."""
    count_look(request)
    rows = boards.ratings_by(_person(public_id))
    told = [(row.pool, shown(row, timezone.now())) for row in rows]
    return {"ratings": [{"game": pool.game, "pool": pool.name, **one._asdict()} for pool, one in told]}


@router.get(
    "/players/{public_id}/ratings/{game}/{pool}",
    url_name="rating_history",
    operation_id="rating_history",
    response={200: History, frozenset({404, 429}): Problem},
)
def rating_history(request: HttpRequest, public_id: str, game: str, pool: str) -> dict[str, Any]:
    """How a rating came about: what it was after each match that counted."""
    count_look(request)
    points = boards.history(_pool(game, pool), _person(public_id))
    return {"points": [{"at": at, "rating": round(rating), "deviation": round(by)} for at, rating, by in points]}


def _pool(game: str, pool: str) -> Pool:
    # PostgreSQL raises on a NUL in a parameter, and addresses may hold anything.
    found = boards.pool_get(game=game, pool=pool) if "\x00" not in game + pool else None
    if found is None:
        raise not_found()
    return found


def _person(public_id: str) -> Player:
    person = player_get(public_id)
    if person is None or not person.is_active:
        raise not_found()
    return person


def _place(one: boards.Place) -> dict[str, Any]:
    return {**one._asdict(), "player": {"id": one.player, "name": one.name}}
