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
from games.models import Match, Seat, Status
from games.rules.catalog import AnyRules, UnknownGame, edition_of
from games.timing import control_name
from players.errors import ServiceError
from players.models import Player

# A miniature that plays needs a match long enough to be worth watching, and short enough to be sent with the page.
MINIATURE_ENTRIES = range(7, 120)
# Of these views a miniature shows the last ones: a page carries several miniatures.
MINIATURE_VIEWS = 40
# How many recent matches are looked at for one that is worth watching.
RECENT = 6
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
        "sides": json.dumps(rules.sides(msgspec.convert(match.options, rules.options), match.seats)),
        "seated": seated,
        "needed": min(rules.seats) if rules.entered else match.seats,
        "may_sit": not seated and _has_room(match, seats),
        "over": match.status in (Status.OVER, Status.ABORTED),
    }


def row(match: Match, player: Player | None = None) -> dict[str, Any]:
    """A match as a line in a list."""
    seats = selectors.seats_of(match)
    own = next((seat for seat in seats if seat and player and seat.player_id == player.pk), None)
    names = _names([seat for seat in seats if seat and seat is not own])
    return {
        "match": match,
        "title": _title(match),
        "clock": control_name(match.clock),
        "names": names[:NAMES],
        "more": len(names) - NAMES if len(names) > NAMES else 0,
        "how": _how(match, seats, own),
    }


def miniature(rules: AnyRules) -> dict[str, Any]:
    """A game with the views of its last whole match, which the page plays slowly."""
    recent = selectors.matches_recent(rules.name, RECENT)
    views = next((_views(one) for one in recent if _is_worth_watching(one, rules)), [])
    return {"rules": rules, "board": board_of(rules), "views": json.dumps(views[-MINIATURE_VIEWS:])}


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
    """People first: a crowd of practice opponents says nothing about who is there."""
    return [_name(seat) for seat in sorted(seats, key=lambda seat: bool(seat.bot))]


def _name(seat: Seat | None) -> str:
    """People are called what they chose; a bot's name is a word of the house."""
    if seat is None:
        return ""
    return _(seat.name) if seat.bot else seat.name


def _title(match: Match) -> str:
    try:
        return edition_of(match.game, match.edition).title
    except UnknownGame:
        return match.game


def _views(match: Match) -> list[Any]:
    """Only what changes the board: sitting down and the end are versions too."""
    try:
        return [frame["view"] for frame in selectors.frames_of(match) if frame["by"] or frame["v"] == 0]
    except ServiceError:
        return []  # written by an edition that this process lacks: the board stays at rest


def _is_worth_watching(match: Match, rules: AnyRules) -> bool:
    # At ticks an entry is half a second of play: far too much to send.
    return match.edition == rules.edition and match.end_n in MINIATURE_ENTRIES and not rules.hz
