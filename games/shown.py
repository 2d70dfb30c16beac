"""What the pages' templates are told about matches and games, in plain values.

`views.py` calls it, one function for each thing that is shown: a table, a line in a list, a miniature. It reads by
selectors and writes nothing.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from games import selectors
from games.boards import board_of
from games.host import bots
from games.host.entries import text
from games.miniatures import film_of
from games.models import Match, Seat, Status
from games.rating.told import rated_of
from games.rules.catalog import AnyRules, UnknownGame, edition_of
from games.timing import control_name
from players.gone import NAME
from players.models import Player

# As many names as fit a line of a list; the rest is a number.
NAMES = 2


def table(match: Match, player: Player | None) -> dict[str, Any]:
    """A match page and a record page are the same table; raises UnknownGame where this process lacks the edition."""
    rules = edition_of(match.game, match.edition)
    seats = selectors.seats_of(match)
    seated = player is not None and any(seat is not None and seat.player_id == player.pk for seat in seats)
    return {
        "match": match,
        "clock": control_name(match.clock),
        "rules": rules,
        "board": board_of(rules),
        "seats": [_name(seat) for seat in seats],
        "names": json.dumps([_name(seat) for seat in seats]),
        "people": json.dumps([seat.player.public_id if seat and seat.player else None for seat in seats]),
        "sides": json.dumps(rules.sides(msgspec.convert(match.options, rules.options), match.seats)),
        "rated": _rated(match, seats),
        "seated": seated,
        "needed": min(rules.seats) if rules.entered else match.seats,
        "may_sit": not seated and _has_room(match, seats),
        "over": match.status in (Status.OVER, Status.ABORTED),
        "house": selectors.words_of_house(match),
    }


def _rated(match: Match, seats: list[Seat | None]) -> str:
    """What the match has done to ratings, as JSON for the record's script; empty where nothing is known."""
    rated = rated_of(match, seats)
    return "" if rated is None else text(rated)


def row(match: Match, player: Player | None = None) -> dict[str, Any]:
    """A match as a line in a list."""
    seats = selectors.seats_of(match)
    own = next((seat for seat in seats if seat and player and seat.player_id == player.pk), None)
    others = [seat for seat in seats if seat and seat is not own]
    names = _names(others)
    return {
        "match": match,
        "title": _title(match),
        "clock": control_name(match.clock),
        "names": names,
        "more": len(others) - len(names),
        "how": _how(match, seats, own),
    }


def miniature(rules: AnyRules) -> dict[str, Any]:
    """A game with a film of its last match, which the page plays slowly."""
    return {"rules": rules, "board": board_of(rules), "film": film_of(rules)}


def _has_room(match: Match, seats: list[Seat | None]) -> bool:
    """Whether someone can sit down now: while it waits, and later where players may enter."""
    if None not in seats or match.status not in (Status.WAITING, Status.LIVE):
        return False
    try:
        return match.status == Status.WAITING or edition_of(match.game, match.edition).entered
    except UnknownGame:
        return False


def _how(match: Match, seats: list[Seat | None], own: Seat | None) -> str:
    """What the line leads to, or how the match ended for who asks."""
    if match.status in (Status.OVER, Status.ABORTED):
        return _ended(match, own)
    if own is not None:
        return _("waiting") if match.status == Status.WAITING else _("Go on")
    if not _has_room(match, seats):
        return _("Watch")
    return _("Sit down") if match.status == Status.WAITING else _("Join")


def _ended(match: Match, own: Seat | None) -> str:
    if own is None:
        return _("over")
    if match.status == Status.ABORTED or match.result is None or own.score is None:
        return _("called off")
    scores = match.result["scores"]
    place = 1 + sum(score > own.score for score in scores)
    if len(scores) > 2:
        return _("place %(place)d of %(all)d") % {"place": place, "all": len(scores)}
    if len(set(scores)) == 1 and len(scores) > 1 and any(scores):
        return _("draw")
    return _("won") if place == 1 and (own.score or len(scores) == 1) else _("lost")


def _names(seats: list[Seat]) -> list[str]:
    """People first, and of practice opponents one: a crowd of them says nothing about who is there."""
    people, bots = [seat for seat in seats if not seat.bot], [seat for seat in seats if seat.bot]
    return [_name(seat) for seat in (*people, *bots[:1])][:NAMES]


def _name(seat: Seat | None) -> str:
    return "" if seat is None else called(seat.name, bot=bool(seat.bot))


def called(name: str, *, bot: bool) -> str:
    """People are called what they chose; a bot's name is a word of the house."""
    if not bot:
        return _(name) if name == NAME else name
    number = bots.number_of(name)
    return _(name) if number is None else _(bots.NUMBERED_NAME) % {"number": number}


def _title(match: Match) -> str:
    try:
        return edition_of(match.game, match.edition).title
    except UnknownGame:
        return match.game
