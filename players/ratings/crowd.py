"""Ratings where more than two play, or teams: OpenSkill's Plackett-Luce model on the scale of all ratings. Pure.

The method is that of Weng and Lin, "A Bayesian Approximation Method for Online Ranking" (JMLR 12, 2011), algorithm 4,
as the package `openskill` implements it, with its default parameters, so that its published values hold here. It rates
a ranking of sides as a whole. Glicko-2 knows only pairs: three opponents of one match would be three games, as if their
results were independent, and deviations would shrink three times as fast as the match deserves.

Its scale is stretched so that a new player is the same in both: μ = 25 ± 25/3 is 1500 ± 350, which makes one unit 42
points. A lead of 100 points then wins 60 of 100 matches against one opponent here, and 64 in Glicko-2: near enough
that one number may serve a game that is played by two and by more. Volatility belongs to Glicko-2 and stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from players.ratings.scale import NEW_DEVIATION, NEW_RATING, Standing, kept

if TYPE_CHECKING:
    from openskill.models import PlackettLuce

_NEW_MU = 25.0
_NEW_SIGMA = _NEW_MU / 3
_POINTS = NEW_DEVIATION / _NEW_SIGMA


def rated(sides: Sequence[Sequence[Standing]], scores: Sequence[int]) -> list[list[Standing]]:
    """The standings after one match, in the order given; `scores` are per side, more is better, equal ones are ties."""
    places = [sum(other > score for other in scores) for score in scores]
    model = _model()
    teams = [[model.rating(mu=_mu(one), sigma=one.deviation / _POINTS) for one in side] for side in sides]
    found = model.rate(teams, ranks=[float(place) for place in places])
    return [
        [_kept(before, after.mu, after.sigma) for before, after in zip(side, team, strict=True)]
        for side, team in zip(sides, found, strict=True)
    ]


@cache
def _model() -> PlackettLuce:
    # Here: the package loads all its models, a tenth of a server's start, and only such matches need one.
    from openskill.models import PlackettLuce

    return PlackettLuce(mu=_NEW_MU, sigma=_NEW_SIGMA)


def _mu(standing: Standing) -> float:
    return _NEW_MU + (standing.rating - NEW_RATING) / _POINTS


def _kept(before: Standing, mu: float, sigma: float) -> Standing:
    return kept(NEW_RATING + _POINTS * (mu - _NEW_MU), _POINTS * sigma, before.volatility)
