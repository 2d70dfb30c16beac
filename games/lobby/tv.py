"""Which live match of each game is the one to watch.

The rule: the highest mean rating of its seats; among equals the most people at them, then the most spectators, then the
one that began last. What is shown stays until it is over, however good the next one is: nobody likes a screen that
jumps. Only listed matches, and none by correspondence, in which hours pass without a move.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from statistics import mean
from typing import Final, NamedTuple

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Now

from games.hosts import living
from games.lobby.strength import Rated, strengths
from games.models import Match, Seat, Status, Watched
from games.rules.catalog import all_newest

# Longer than any match in real time lasts; what began before has most likely been left.
RECENT: Final = timedelta(hours=2)
# Of these the best is chosen: a few minutes' matches of a busy site, and so few that reading them costs milliseconds.
CANDIDATES: Final = 200

_FACTS = ("game", "public_id", "rated", "started_at")


class Candidate(NamedTuple):
    """A match, and what speaks for it, in this order. `rating`: the mean of its seats, 0 where it is not rated."""

    game: str
    rating: float
    people: int
    spectators: int
    began: float
    match: str


def chosen(before: Mapping[str, str]) -> dict[str, str]:
    """The match to watch, by game. `before`: what was chosen last."""
    going_on = _watchable().filter(public_id__in=before.values()).values_list("game", "public_id")
    still = {game: match for game, match in going_on if before.get(game) == match}
    wanted = {rules.name for rules in all_newest()} - still.keys()
    return still | best(_candidates(wanted) if wanted else ())


def best(candidates: Iterable[Candidate]) -> dict[str, str]:
    """Of each game the match that stands first by the rule."""
    return {one.game: one.match for one in sorted(candidates)}  # the last of each game, which is the best, stays


def _candidates(games: Collection[str]) -> list[Candidate]:
    people = Count("sitting", filter=Q(sitting__player__isnull=False))
    recent = _watchable().filter(game__in=games, started_at__gte=Now() - RECENT).annotate(people=people)
    found = list(recent.order_by("-started_at").only(*_FACTS)[:CANDIDATES])
    watching, ratings = _watching(match.pk for match in found), _ratings(match for match in found if match.rated)
    return [_candidate(match, ratings.get(match.pk, 0), match.people, watching.get(match.pk, 0)) for match in found]


def _candidate(match: Match, rating: float, people: int, spectators: int) -> Candidate:
    began = match.started_at
    assert began is not None  # it is live
    return Candidate(match.game, rating, people, spectators, began.timestamp(), match.public_id)


def _ratings(matches: Iterable[Match]) -> dict[int, float]:
    """The mean at each rated match."""
    sitting = Seat.objects.filter(match__in=list(matches), player__isnull=False)
    facts = sitting.values_list("match_id", "match__game", "match__pool", "player_id")
    rated = [(match, Rated(game, pool, player)) for match, game, pool, player in facts]
    known = strengths(one for _, one in rated)
    at: dict[int, list[int]] = {}
    for match, one in rated:
        at.setdefault(match, []).append(known[one].rating)
    return {match: mean(ratings) for match, ratings in at.items()}


def _watching(matches: Iterable[int]) -> dict[int, int]:
    watched = Watched.objects.filter(living("host__"), match_id__in=list(matches))
    return dict(watched.values_list("match_id").annotate(Sum("spectators")))


def _watchable() -> QuerySet[Match]:
    return Match.objects.filter(status=Status.LIVE, listed=True).exclude(pool="correspondence")
