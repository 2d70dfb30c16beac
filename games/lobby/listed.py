"""What the first page's template is told of the lobby, in plain values: the lists as they are before a script is there.

`static/pages/lists.js` draws the same lines from then on. It reads and writes nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import islice
from typing import Any, Final

import msgspec
from django.utils.translation import gettext as _

from games import shown
from games.lobby import reading
from games.lobby.reading import Lines
from games.protocol.messages import ListedMatch, ListedSeat
from games.rules.catalog import all_newest
from games.timing import control_name
from players.models import Player

# Lines of each list: both stand beside the games without scrolling, and their room is kept while they are empty.
LINES: Final = 3
# As many names as fit a line; the rest is a number.
NAMES: Final = 2


def lobby(player: Player | None) -> dict[str, Any]:
    """Both lists without the player's own matches, how many there are in all, and what a script needs for more."""
    waiting, live = reading.lists()
    games = {rules.name: {"title": _(rules.title), "entered": rules.entered} for rules in all_newest()}
    return {
        "open": _rows(waiting, player, live=False),
        "live": _rows(live, player, live=True),
        "counts": reading.counts(),
        "games": json.dumps(games),
        "lines": LINES,
    }


def _rows(lines: Lines, player: Player | None, *, live: bool) -> list[dict[str, Any]]:
    others = ((key, line) for key, line in lines.items() if player is None or not _sits(player, line))
    return [_row(key, line, live=live) for key, line in islice(others, LINES)]


def _sits(player: Player, line: ListedMatch) -> bool:
    return any(seat.player == player.public_id for seat in line.sitting.values())


def _row(public_id: str, line: ListedMatch, *, live: bool) -> dict[str, Any]:
    clock = None if line.clock is None else msgspec.to_builtins(line.clock)
    rules = next((one for one in all_newest() if one.name == line.game), None)
    seats = list(line.sitting.values())[:NAMES]
    rated = f"{_('rated')} {' – '.join(map(_rating, seats))}" if line.rated else ""
    return {
        "id": public_id,
        "names": " – ".join(shown.called(seat.name, bot=bool(seat.bot)) for seat in seats),
        "more": line.taken - len(seats),
        "what": _joined([_(rules.title) if rules else line.game, control_name(clock), rated]),
        "how": _how(live=live, room=line.taken < line.seats and rules is not None and rules.entered),
    }


def _rating(seat: ListedSeat) -> str:
    return "–" if seat.rating is None else f"{seat.rating}{'?' if seat.provisional else ''}"


def _how(*, live: bool, room: bool) -> str:
    if not live:
        return _("Sit down")
    return _("Join") if room else _("Watch")


def _joined(facts: Iterable[str]) -> str:
    return " · ".join(fact for fact in facts if fact)
