"""How the house offers its games: which may be begun, with what, and how many at once.

Services ask before a match begins, pages before they offer one. Read from the database at most every two seconds by
each process, so that a switch holds everywhere within that time and no match costs a query for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from games.models import GameSetting, Match, Status
from players.errors import ServiceError

FRESH_S = 2.0
"""So long a process may not know of a switch: an admin sees it hold at their next look."""


class Offer(NamedTuple):
    """One game. `allowed`: of these options only these values."""

    playable: bool = True
    rated: bool = True
    practice: bool = True
    most_live: int | None = None
    allowed: Mapping[str, Any] = {}


WITHOUT_LIMITS = Offer()


class Offers:
    """The settings of all games, kept for `FRESH_S`. On any thread: two that look at once read twice."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._read_s = float("-inf")
        self._offers: dict[str, Offer] = {}

    def of(self, game: str) -> Offer:
        """How `game` is offered; one that nobody has set is offered without limits."""
        now_s = self._now_s()
        if now_s - self._read_s >= FRESH_S:
            rows = GameSetting.objects.values_list("game", *Offer._fields)
            self._offers, self._read_s = {game: Offer(*facts) for game, *facts in rows}, now_s
        return self._offers.get(game, WITHOUT_LIMITS)

    def forget(self) -> None:
        """Read anew next time: an admin sees at once what they have switched."""
        self._read_s = float("-inf")


offers = Offers()


def is_playable(game: str) -> bool:
    """Whether new matches of `game` may begin."""
    return offers.of(game).playable


def refuse(game: str, *, rated: bool, practice: bool, options: Mapping[str, Any]) -> None:
    """Raises ServiceError where the house does not offer such a match now: switched_off, not_rated_here,
    no_practice_here, bad_options, too_many_live."""
    offer = offers.of(game)
    if not offer.playable:
        raise ServiceError("switched_off", _("This game is switched off at the moment; choose another one."))
    if rated and not offer.rated:
        raise ServiceError("not_rated_here", _("Rated matches of this game are not offered here; play without rating."))
    if practice and not offer.practice:
        raise ServiceError("no_practice_here", _("Practice opponents are not offered for this game; ask a person."))
    for name, values in offer.allowed.items():
        if name in options and options[name] not in values:
            told = {"option": name, "values": ", ".join(map(str, values))}
            raise ServiceError("bad_options", _("Of “%(option)s” only these are offered: %(values)s.") % told)
    if offer.most_live is not None and _live(game, offer.most_live) >= offer.most_live:
        raise ServiceError("too_many_live", _("As many matches of this game as we can hold go on; try again soon."))


def _live(game: str, most: int) -> int:
    """How many go on, counted no further than needed; the index of live matches has them together."""
    return Match.objects.filter(status=Status.LIVE, game=game).order_by()[:most].count()
