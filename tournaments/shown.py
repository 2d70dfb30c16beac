"""What pages and the API are told about a tournament, in plain values: standings, boards, and what concerns one player.

What everybody sees is worked out once for each line of the log, however many look.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any

from players.errors import ServiceError
from players.models import Player
from tournaments import limits, log, selectors
from tournaments.formats.due import rounds_of
from tournaments.formats.entries import Board, PlayerId
from tournaments.formats.fold import Entrant, Fold
from tournaments.formats.standings import TIES, Place, standings
from tournaments.models import Tournament

PER_PAGE = 50
"""Lines of the standings on a page: two screens, and about 8 KB."""
BOARDS = 20
"""Matches shown, the highest boards first: nobody reads 250."""
KEPT = 32
"""Tournaments whose standings are kept in memory."""
_SHEET = 12
"""Results behind a name: the last dozen, of which five fit a phone."""

# Seconds after which a page asks again, by how many play: five hundred pages ask a hundred times a second, which half a
# core answers (docs/tournaments.md).
_AGAIN_S = ((50, 2), (200, 3))
_AGAIN_CROWD_S = 5


class Seen:
    """A tournament after line `n`, as far as somebody has looked at it."""

    def __init__(self, n: int, places: list[Place]) -> None:
        self.n = n
        self.places = places
        self.by_player = {place.player: place for place in places}
        self.pages: dict[int, dict[str, Any]] = {}


_seen: OrderedDict[str, Seen] = OrderedDict()
_lock = threading.Lock()


def page_of(tournament: Tournament, number: int = 1) -> dict[str, Any]:
    """What everybody sees: the standings from 50 × (`number` - 1) on, the boards, and how it stands. Not to be
    changed."""
    with log.shown.reading(tournament) as fold:
        seen = _seen_of(tournament, fold)
        if number not in seen.pages:
            seen.pages[number] = _told(tournament, fold, seen.places, number)
        return seen.pages[number]


def you_of(tournament: Tournament, player: Player | None) -> dict[str, Any]:
    """What concerns one who looks: whether they are in, their place, the match that waits for them."""
    with log.shown.reading(tournament) as fold:
        entrant = fold.players.get(PlayerId(player.public_id)) if player else None
        place = _seen_of(tournament, fold).by_player.get(entrant.id) if entrant else None
        return {
            "joined": entrant is not None and not entrant.withdrawn,
            "withdrawn": entrant.withdrawn if entrant else "",
            "place": place.place if place else None,
            "points": _points(fold, place.points) if place else None,
            "match": entrant.match if entrant and fold.status == "running" else None,
            "why_not": _why_not(tournament, fold, player, entrant),
        }


def again_s(tournament: Tournament) -> int:
    """In how many seconds a page that shows it should ask again."""
    return next((again for most, again in _AGAIN_S if tournament.players <= most), _AGAIN_CROWD_S)


def _seen_of(tournament: Tournament, fold: Fold) -> Seen:
    with _lock:
        seen = _seen.get(tournament.public_id)
        if seen is None or seen.n != fold.n:
            seen = _seen[tournament.public_id] = Seen(fold.n, standings(fold))
        _seen.move_to_end(tournament.public_id)
        if len(_seen) > KEPT:
            _seen.popitem(last=False)
        return seen


def _told(tournament: Tournament, fold: Fold, places: list[Place], number: int) -> dict[str, Any]:
    start = (number - 1) * PER_PAGE
    boards = _boards(fold)
    page = places[start : start + PER_PAGE]
    names = selectors.names_of([*(one.player for one in page), *(who for board in boards for who in board.players)])
    return {
        "id": tournament.public_id,
        "n": fold.n,
        "name": tournament.name,
        "format": tournament.format,
        "game": tournament.game,
        "clock": tournament.clock,
        "rated": tournament.rated,
        "status": fold.status,
        "why": fold.why,
        "players": len(places),
        "round": len(fold.rounds),
        "rounds": rounds_of(fold),
        "starts_ms": fold.started_ms or fold.facts.start_ms,
        "ends_ms": _ends(fold),
        "page": number,
        "pages": max(1, -(-len(places) // PER_PAGE)),
        "ties": list(TIES[fold.facts.format]),
        "standings": [_row(fold, one, names) for one in page],
        "boards": [_board(fold, board, names) for board in boards],
        "playing": len(fold.open) if fold.status == "running" else 0,
    }


def _ends(fold: Fold) -> int | None:
    """When it is over, if that is known."""
    if fold.ended_ms:
        return fold.ended_ms
    if fold.facts.format != "arena":
        return None
    return fold.ends_ms if fold.started_ms else fold.facts.start_ms + fold.facts.minutes * 60_000


def _row(fold: Fold, place: Place, names: dict[PlayerId, str]) -> dict[str, Any]:
    entrant = fold.players[place.player]
    return {
        "place": place.place,
        "player": {"id": place.player, "name": names.get(place.player, "")},
        "points": _points(fold, place.points),
        "ties": [_tie(fold, name, value) for name, value in zip(TIES[fold.facts.format], place.ties, strict=True)],
        "sheet": [_points(fold, played.gained) for played in entrant.history[-_SHEET:]],
        "on_fire": fold.facts.format == "arena" and fold.facts.streaks and entrant.on_fire,
        "withdrawn": bool(entrant.withdrawn),
        "match": entrant.match if fold.status == "running" else None,
    }


def _points(fold: Fold, halves: int) -> float:
    """An arena counts 2 for a win, rounds count 1: stored are halves."""
    return halves if fold.facts.format == "arena" else halves / 2


def _tie(fold: Fold, name: str, value: int) -> float:
    divisor = {"wins": 1, "sonneborn": 4}.get(name, 2)
    return value / divisor if divisor > 1 else value


def _boards(fold: Fold) -> list[Board]:
    """What is played now, the players who stand highest first; of rounds the whole last one."""
    if fold.facts.format == "arena":
        boards = fold.open if fold.status == "running" else []
        return sorted(boards, key=lambda board: -max(fold.players[who].points for who in board.players))[:BOARDS]
    last = len(fold.rounds)
    return [board for board in fold.boards.values() if board.round == last][:BOARDS]


def _board(fold: Fold, board: Board, names: dict[PlayerId, str]) -> dict[str, Any]:
    result = fold.results.get(board.match)
    points = None if result is None else [points / 2 for points in result.points]
    if result is not None and result.how == "void":
        points = [0.5, 0.5]
    return {
        "match": board.match,
        "round": board.round,
        "board": board.board,
        "players": [{"id": who, "name": names.get(who, "")} for who in board.players],
        "points": points,
    }


def _why_not(tournament: Tournament, fold: Fold, player: Player | None, entrant: Entrant | None) -> str:
    """Why who looks cannot join; empty where they can, or are in."""
    if entrant is not None and not entrant.withdrawn:
        return ""
    try:
        if player is None:
            limits.refuse_stranger(tournament, fold)
        else:
            limits.refuse_joining(tournament, fold, player)
    except ServiceError as refused:
        return refused.why
    return ""
