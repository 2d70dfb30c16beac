"""What tournaments there can be and who may join: bounds with their reasons, and the sentences that refuse.

A part of `services.py`, which calls it inside its transactions. It changes nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from games.rules.catalog import AnyRules, UnknownGame, all_newest, newest
from games.timing import pool_of
from players.errors import ServiceError
from players.models import Player
from players.ratings.selectors import Shown, ratings_of
from players.throttle import Throttle, network_of
from tournaments.formats.entries import Format as FormatName
from tournaments.formats.entries import PlayerId
from tournaments.formats.fold import Fold
from tournaments.models import Format, Status, Tournament

ADD = "tournaments.add_tournament"
"""The permission without which nobody creates a tournament."""
CHANGE = "tournaments.change_tournament"
"""The permission of who keeps order: they may start, call off and take out in every tournament."""
SHORTEST_NAME, LONGEST_NAME = 3, 60
MOST_PLAYERS = {Format.ARENA: 500, Format.SWISS: 500, Format.ROUND_ROBIN: 32}
"""What is measured (docs/tournaments.md); a round robin of 32 has 31 rounds already."""
MINUTES = range(5, 12 * 60 + 1)
"""Of an arena: less is over before it begins, and nobody plays for more than half a day."""
ROUNDS = range(2, 16)
"""Of a Swiss: nine decide between 512 players; more rounds only sharpen the middle."""
MOST_OPEN = 5
"""Tournaments of one creator that are to come or under way."""
FARTHEST = timedelta(days=90)
"""Ahead: plans change."""
MOST_MATCHES = 1000
"""Rated matches that may be asked of who joins."""


# Looks per address: a class of thirty watches behind one, each asking every two seconds.
_watches = Throttle(burst=300, per_minute=1500)


def count_watch(address: str) -> None:
    """Raises ServiceError("rate_limited") where one address looks on too often."""
    wait_s = _watches.wait_s(network_of(address))
    if wait_s:
        why = _("You are asking too often; try again in %(seconds)d seconds.") % {"seconds": wait_s}
        raise ServiceError("rate_limited", why, retry_s=wait_s)


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """A tournament as somebody wants it. `minutes`: of an arena; `rounds`: of a Swiss; `double`: of a round robin;
    `least_matches`: rated ones of this game at this speed that are asked of who joins, which makes it for accounts."""

    name: str
    format: FormatName
    game: str
    options: dict[str, Any] = {}
    clock: dict[str, Any] | None = None
    rated: bool = False
    start_at: datetime
    minutes: int = 0
    rounds: int = 0
    double: bool = False
    streaks: bool = True
    accounts_only: bool = False
    least_matches: int = 0


def playable() -> list[AnyRules]:
    """The games of which there are tournaments: those for two that nobody enters later."""
    return [rules for rules in all_newest() if 2 in rules.seats and not rules.entered]


def refuse_game(game: str) -> None:
    """Raises ServiceError("unknown_game")."""
    if game not in {rules.name for rules in playable()}:
        raise ServiceError("unknown_game", _("There are no tournaments of this game; choose one of the list."))


def rating_of(row: Tournament, player: Player) -> Shown:
    """The rating of `player` in the pool in which the tournament is played."""
    try:
        pool = pool_of(hz=newest(row.game).hz, clock=row.clock)
    except UnknownGame:
        raise ServiceError("unknown_game", _("This game cannot be played here any more.")) from None
    return ratings_of([player.pk], game=row.game, pool=pool)[player.pk]


def refuse_creator(by: Player) -> None:
    """Raises ServiceError: not_allowed_here, too_many_open."""
    if not by.has_perm(ADD):
        raise ServiceError("not_allowed_here", _("You may not create tournaments; ask who runs this site."))
    # The row's lock makes two wishes at once count one after the other.
    Player.objects.select_for_update().get(pk=by.pk)
    under_way = Tournament.objects.filter(created_by=by, status__in=(Status.COMING, Status.RUNNING)).count()
    if under_way >= MOST_OPEN:
        raise ServiceError(
            "too_many_open",
            _("%(count)d of your tournaments are to come or under way; let one end or call it off first.")
            % {"count": MOST_OPEN},
        )


def clean_name(name: str) -> str:
    """The name without needless space. Raises ServiceError("bad_name")."""
    clean = " ".join(name.split())
    if not SHORTEST_NAME <= len(clean) <= LONGEST_NAME or not clean.isprintable():
        raise ServiceError(
            "bad_name",
            _("A tournament's name has %(fewest)d to %(most)d characters.")
            % {"fewest": SHORTEST_NAME, "most": LONGEST_NAME},
        )
    return clean


def refuse_clock(wish: Wish) -> None:
    """Raises ServiceError("bad_clock"). Everyone waits for the slowest: without a clock it might never end."""
    if newest(wish.game).hz:
        return
    if wish.clock is None or wish.clock["kind"] == "correspondence":
        raise ServiceError("bad_clock", _("A tournament is played in one sitting; choose a clock for it."))


def refuse_length(wish: Wish) -> None:
    """Raises ServiceError: bad_length, bad_conditions."""
    if wish.format == "arena" and wish.minutes not in MINUTES:
        told = {"least": MINUTES.start, "most": MINUTES.stop - 1}
        raise ServiceError("bad_length", _("An arena lasts %(least)d to %(most)d minutes.") % told)
    if wish.format == "swiss" and wish.rounds not in ROUNDS:
        told = {"least": ROUNDS.start, "most": ROUNDS.stop - 1}
        raise ServiceError("bad_length", _("A Swiss tournament has %(least)d to %(most)d rounds.") % told)
    if not 0 <= wish.least_matches <= MOST_MATCHES:
        raise ServiceError(
            "bad_conditions", _("Ask for at most %(most)d rated matches of who joins.") % {"most": MOST_MATCHES}
        )


def refuse_start(made: Tournament) -> None:
    """Raises ServiceError("bad_start"). By the database's clock, so the row is there already; a minute ago is now."""
    row = Tournament.objects.annotate(now=Now()).get(pk=made.pk)
    if not row.now - timedelta(minutes=1) <= row.start_at <= row.now + FARTHEST:
        raise ServiceError(
            "bad_start", _("Let it start within the next %(days)d days, and not in the past.") % {"days": FARTHEST.days}
        )


def refuse_over(fold: Fold) -> None:
    """Raises ServiceError("tournament_over")."""
    if fold.status in ("finished", "cancelled"):
        raise ServiceError("tournament_over", _("This tournament is over."))


def refuse_joining(row: Tournament, fold: Fold, by: Player) -> None:
    """Raises ServiceError where `by` cannot come in, or back."""
    refuse_over(fold)
    known = fold.players.get(PlayerId(by.public_id))
    if known is not None and known.withdrawn == "removed":
        raise ServiceError("taken_out", _("The organisers have taken you out of this tournament."))
    if known is None:
        _refuse_new(row, fold)
        refuse_conditions(row, by)


def refuse_stranger(row: Tournament, fold: Fold) -> None:
    """Raises ServiceError where somebody who has no name here yet could not join as a guest."""
    refuse_over(fold)
    _refuse_new(row, fold)
    if row.accounts_only:
        raise _accounts_only()


def may_organise(row: Tournament, by: Player) -> bool:
    """Whether `by` created it, or keeps order here."""
    return by.pk == row.created_by_id or by.has_perm(CHANGE)


def refuse_organiser(row: Tournament, by: Player) -> None:
    """Raises ServiceError("not_yours") unless `by` created it, or keeps order here."""
    if not may_organise(row, by):
        raise ServiceError("not_yours", _("Only who created this tournament can do that."))


def _refuse_new(row: Tournament, fold: Fold) -> None:
    if fold.status == "running" and row.format != Format.ARENA:
        raise ServiceError("joining_closed", _("It has begun, and nobody can join any more; come to the next one."))
    if len(fold.players) >= MOST_PLAYERS[Format(row.format)]:
        raise ServiceError("tournament_full", _("This tournament is full; come to the next one."))


def _accounts_only() -> ServiceError:
    return ServiceError("accounts_only", _("This tournament is for accounts; create one and join then."))


def refuse_conditions(row: Tournament, by: Player) -> None:
    """Raises ServiceError where `by` does not meet what the tournament asks for: accounts_only, more_matches."""
    if row.accounts_only and by.is_guest:
        raise _accounts_only()
    if row.least_matches and (played := rating_of(row, by).matches) < row.least_matches:
        raise ServiceError(
            "more_matches",
            _("This tournament asks for %(least)d rated matches of this game at this speed; you have %(played)d.")
            % {"least": row.least_matches, "played": played},
        )
