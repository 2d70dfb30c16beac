"""Glicko-2, from Mark E. Glickman's paper "Example of the Glicko-2 system" (glicko.net, 22 March 2022), step by step.

`book.py` rates with it every match between two. Pure: numbers in, numbers out. Numbers in parentheses name the paper's
steps; μ, φ and σ are its rating, deviation and volatility on the scale of step 2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import exp, log, pi, sqrt
from typing import NamedTuple

from players.ratings.scale import NEW_RATING, Standing, kept

# How far volatility may change (1). The paper says between 0.3 and 1.2; its example, and we, use 0.5.
TAU = 0.5
# The paper's convergence bound (5.1).
_EPSILON = 0.000001
# Glicko's points for one unit of μ (2).
_POINTS = 173.7178


class Game(NamedTuple):
    """One game of a rating period. `score`: 1 won, 0.5 drawn, 0 lost."""

    opponent: Standing
    score: float


def rated(player: Standing, games: Sequence[Game], *, tau: float = TAU) -> Standing:
    """The standing after one rating period with these games (steps 2 to 8), rounded as it is kept.

    Opponents count as they were before the period. Without games only the deviation grows (step 6).
    """
    if not games:
        return away(player, 1)
    mu, phi = _unpointed(player)
    met = [(*_unpointed(game.opponent), game.score) for game in games]
    weights = [(_g(phi_j), _expected(mu, mu_j, phi_j), score) for mu_j, phi_j, score in met]
    v = 1 / _total(g * g * e * (1 - e) for g, e, _ in weights)  # (3)
    gain = _total(g * (score - e) for g, e, score in weights)
    sigma = _volatility(phi, player.volatility, delta=v * gain, v=v, tau=tau)  # (4) gives Δ = v · gain
    phi_star = sqrt(phi * phi + sigma * sigma)  # (6)
    phi_after = 1 / sqrt(1 / (phi_star * phi_star) + 1 / v)  # (7)
    mu_after = mu + phi_after * phi_after * gain
    return kept(NEW_RATING + _POINTS * mu_after, _POINTS * phi_after, sigma)  # (8)


def away(player: Standing, periods: int) -> Standing:
    """The standing after so many rating periods without a game: step 6 for each, and nobody becomes less known than a
    new player."""
    if periods <= 0:
        return player
    _, phi = _unpointed(player)
    phi_after = sqrt(phi * phi + periods * player.volatility * player.volatility)
    return kept(player.rating, _POINTS * phi_after, player.volatility)


def _unpointed(standing: Standing) -> tuple[float, float]:
    """μ and φ (2)."""
    return (standing.rating - NEW_RATING) / _POINTS, standing.deviation / _POINTS


def _g(phi: float) -> float:
    return 1 / sqrt(1 + 3 * phi * phi / (pi * pi))


def _expected(mu: float, mu_j: float, phi_j: float) -> float:
    return 1 / (1 + exp(-_g(phi_j) * (mu - mu_j)))


def _total(terms: Iterable[float]) -> float:
    """One after the other: `sum` rounds otherwise from Python 3.12 on."""
    total = 0.0
    for term in terms:
        total += term
    return total


def _volatility(phi: float, sigma: float, *, delta: float, v: float, tau: float) -> float:
    """σ′ (5): the zero of f, by the Illinois algorithm; the letters are the paper's."""
    a = log(sigma * sigma)

    def f(x: float) -> float:
        spread = phi * phi + v + exp(x)
        return exp(x) * (delta * delta - spread) / (2 * spread * spread) - (x - a) / (tau * tau)

    lower = a  # (5.2): A and B enclose ln σ′²
    upper = log(delta * delta - phi * phi - v) if delta * delta > phi * phi + v else _below(f, a, tau)
    f_lower, f_upper = f(lower), f(upper)
    while abs(upper - lower) > _EPSILON:  # (5.4)
        between = lower + (lower - upper) * f_lower / (f_upper - f_lower)
        f_between = f(between)
        if f_between * f_upper <= 0:
            lower, f_lower = upper, f_upper
        else:
            f_lower /= 2
        upper, f_upper = between, f_between
    return exp(lower / 2)  # (5.5)


def _below(f: Callable[[float], float], a: float, tau: float) -> float:
    """The first a - kτ at which f is not negative (5.2)."""
    k = 1
    while f(a - k * tau) < 0:
        k += 1
    return a - k * tau
