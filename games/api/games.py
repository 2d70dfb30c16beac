"""Endpoint of the games that can be started."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
from django.http import HttpRequest
from ninja import Router

from games.api.shapes import GameList
from games.rules.catalog import AnyRules, all_newest

router = Router(tags=["games"])


@router.get("/games", response=GameList, url_name="games", operation_id="games")
def games(request: HttpRequest) -> dict[str, Any]:
    """The games that can be started, with the shapes of their options and moves."""
    return {"games": _games()}


@cache
def _games() -> list[dict[str, Any]]:
    # The catalogue is fixed when the process starts, and titles are told in English: programs know games by name.
    return [_game(rules) for rules in all_newest()]


def _game(rules: AnyRules) -> dict[str, Any]:
    same = ("name", "title", "edition", "hz", "secret")
    return {name: getattr(rules, name) for name in same} | {
        "seats": (rules.seats.start, rules.seats.stop - 1),
        "offers": sorted(rules.offers),
        "options": msgspec.json.schema(rules.options),
        "move": msgspec.json.schema(rules.move),
    }
