"""Whether an input may be stored, and if not, why: one function for each kind, each answering with a code or None.

They look at the newest fold, stored or not, and change nothing. Pure.
"""

from __future__ import annotations

from typing import Any

from games.host.fold import Fold
from games.protocol.codes import Code

# A door bell and a telephone; who needs more should meet another day.
PAUSES_EACH = 2
# Both sides have moved once: from then on a match counts.
ABORTABLE_STEPS = 2


def move(fold: Fold, seat: int, on: int | None, chosen: Any) -> Code | None:
    """A move must answer the turn that is open, by a seat that is asked, with a move that is legal."""
    if fold.outcome is not None or fold.status == "waiting":
        return playing(fold)
    if fold.paused_by is not None:
        return Code.PAUSED
    if not fold.hz:
        if on is None:
            return Code.BAD_MESSAGE
        if not fold.turn_v <= on <= fold.v:
            return Code.STALE
    moves = fold.turns.get(seat)
    if moves is None or seat in fold.pool:
        return Code.NOT_YOUR_TURN
    return None if chosen in moves else Code.ILLEGAL


def resign(fold: Fold, seat: int) -> Code | None:
    """A seat may resign once, while the match lasts."""
    return playing(fold) or (Code.NOT_YOUR_TURN if seat in fold.out else None)


def claim(fold: Fold, gone: list[int]) -> Code | None:
    """Who is left alone may end it, when the others have been away beyond the game's grace."""
    return playing(fold) or (None if gone else Code.NOT_GONE)


def abort(fold: Fold) -> Code | None:
    """Anyone seated may call the match off until both sides have moved."""
    if fold.outcome is not None:
        return Code.OVER
    return Code.TOO_LATE if fold.step >= ABORTABLE_STEPS else None


def offer(fold: Fold, seat: int, what: str) -> Code | None:
    """A draw: in play, where the rules know it, once until the next step. A rematch: after the end."""
    if fold.seats < 2:
        return Code.NO_OFFER
    if what == "rematch":
        return None if fold.status == "over" and fold.rematch is None and what not in fold.offers else Code.NO_OFFER
    if (code := playing(fold)) is not None:
        return code
    known = what in fold.may_offer and what not in fold.offers
    if what == "takeback" and not any(seat in one.movers for one in fold.past):
        return Code.NO_OFFER
    # One refusal answers a position: asking again before anything has happened would only be pestering.
    return None if known and fold.offered_at.get(f"{what}/{seat}") != fold.step else Code.NO_OFFER


def answer(fold: Fold, seat: int, what: str) -> Code | None:
    """Only who was asked may answer, and only while the offer stands."""
    said_yes = fold.offers.get(what)
    return Code.NOT_OFFERED if said_yes is None or seat in said_yes else None


def playing(fold: Fold) -> Code | None:
    """Whether the match is under way at all."""
    if fold.outcome is not None:
        return Code.OVER
    return Code.NOT_STARTED if fold.status == "waiting" else None


def pause(fold: Fold, seat: int) -> Code | None:
    """Where the game allows it, each seat may stop the time now and then; anyone may let it go on."""
    if (code := playing(fold)) is not None:
        return code
    may = fold.rules.pauses and fold.pauses.get(seat, 0) < PAUSES_EACH
    return None if may or fold.paused_by is not None else Code.NO_PAUSE
