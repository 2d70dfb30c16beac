"""The scale on which every rating is kept and shown, whichever method it comes from, and how exactly. Pure.

The values are Glickman's for a new player: 1500 with a deviation of 350 and a volatility of 0.06.
"""

from __future__ import annotations

from typing import NamedTuple

NEW_RATING, NEW_DEVIATION, NEW_VOLATILITY = 1500.0, 350.0, 0.06

# While the deviation is above this, a rating may be off by two hundred points and more: shown with a question mark, and
# on no list. The same bound as on lichess; a new player passes it after about ten matches.
PROVISIONAL_DEVIATION = 110.0

# Digits that are kept, of which every next match is reckoned. Platforms' `exp` and `log` may differ in the sixteenth
# digit; rounded, that is gone before it can grow. One match moves a volatility by some 10⁻⁶: it keeps more digits.
_DIGITS, _DIGITS_OF_VOLATILITY = 4, 8


class Standing(NamedTuple):
    """What is known of a player's strength: true strength lies within two deviations of the rating in 95 of 100
    cases. `volatility`: how erratic the results are."""

    rating: float = NEW_RATING
    deviation: float = NEW_DEVIATION
    volatility: float = NEW_VOLATILITY


def kept(rating: float, deviation: float, volatility: float) -> Standing:
    """As it is stored. Nobody is less known than a new player."""
    return Standing(
        round(rating, _DIGITS),
        round(min(deviation, NEW_DEVIATION), _DIGITS),
        round(volatility, _DIGITS_OF_VOLATILITY),
    )


def is_provisional(deviation: float) -> bool:
    """Whether a rating with this deviation may still be far off."""
    return deviation > PROVISIONAL_DEVIATION
