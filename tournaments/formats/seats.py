"""Who sits first: what a player's seats so far make them wish for, and which of two is given it.

After FIDE's Basic Rules for Swiss Systems (Handbook C.04.1, f to h) and the colour preferences of its Dutch system
(C.04.3, A.6, E): the difference between first and second seats stays small, nobody sits the same way three times
running where it can be helped, the stronger wish is granted.
"""

from __future__ import annotations

from typing import NamedTuple

from tournaments.formats.entries import PlayerId
from tournaments.formats.fold import Entrant


class Wish(NamedTuple):
    """`seat`: 0 or 1, -1 for who has not played; `strength`: 0 to alternate, 1 one seat behind, 2 it should not be
    refused."""

    seat: int
    strength: int


def seats_of(entrant: Entrant) -> list[int]:
    """The seats at which they have played, in order; matches that were lost by staying away count for nothing."""
    return [one.seat for one in entrant.history if one.played]


def wish_of(entrant: Entrant) -> Wish:
    """The seat that is due to a player."""
    seats = seats_of(entrant)
    if not seats:
        return Wish(-1, 0)
    more_firsts = seats.count(0) - seats.count(1)
    if more_firsts:
        due = 1 if more_firsts > 0 else 0
        same_twice = len(seats) > 1 and seats[-1] == seats[-2] != due
        return Wish(due, 2 if abs(more_firsts) > 1 or same_twice else 1)
    due = 1 - seats[-1]
    return Wish(due, 2 if len(seats) > 1 and seats[-1] == seats[-2] else 0)


def clash(one: Wish, other: Wish) -> int:
    """How much goes against the wishes of two if they meet: 0 nothing, up to 3."""
    if -1 in (one.seat, other.seat) or one.seat != other.seat:
        return 0
    return 1 + min(one.strength, other.strength)


def seated(one: Entrant, other: Entrant, number: int) -> tuple[PlayerId, PlayerId]:
    """The two in the order of their seats. `one` stands higher; `number` of the board, for who has not played yet."""
    first = _first(one, other, number)
    return (one.id, other.id) if first is one else (other.id, one.id)


def _first(one: Entrant, other: Entrant, number: int) -> Entrant:
    mine, theirs = wish_of(one), wish_of(other)
    if mine.seat < 0 and theirs.seat < 0:
        return one if number % 2 else other  # by turns down the boards
    if mine.seat != theirs.seat:
        decides = one if mine.seat >= 0 else other
    elif mine.strength != theirs.strength:
        decides = one if mine.strength > theirs.strength else other
    else:
        return _as_they_last_differed(one, other, mine.seat)
    wish = mine if decides is one else theirs
    rival = other if decides is one else one
    return decides if wish.seat == 0 else rival


def _as_they_last_differed(one: Entrant, other: Entrant, wanted: int) -> Entrant:
    """Both want the same as much: they sit the other way round than when they last sat differently; else the higher
    standing has their wish."""
    for mine, theirs in zip(reversed(seats_of(one)), reversed(seats_of(other)), strict=False):
        if mine != theirs:
            return one if mine == 1 else other
    return one if wanted == 0 else other
