"""`Bids`, a fair game of secrets, leaking them, each time in one way: what `secrecy.py` must find.

Leaks in a clock are `test_clock_match.py`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from games.rules.base import Env, Moves, Rules
from games.rules.rng import Rng
from tests.rules.fair import Aimed, Aims, Bids, Depth, Depths, Held


def other(seat: int | None) -> int:
    """The seat whose secret leaks to `seat`."""
    return 0 if seat is None else 1 - seat


class InTheView(Bids):
    def view(self, state: Held, seat: int | None, shared: Any) -> Any:
        return {**super().view(state, seat, shared), "sum": sum(state.cards)}


class ToSpectators(Bids):
    def view(self, state: Held, seat: int | None, shared: Any) -> Any:
        return {**super().view(state, seat, shared), "cards": state.cards if seat is None else None}


class InTheOrderOfMembers(Bids):
    """The same view, written the other way round."""

    def view(self, state: Held, seat: int | None, shared: Any) -> Any:
        shown = super().view(state, seat, shared)
        return shown if state.cards[other(seat)] % 2 else dict(reversed(list(shown.items())))


class InSize(Bids):
    """Sometimes the patch, sometimes the whole view: the same is known after both."""

    def changes(self, old: Held, new: Held, seat: int | None, shared: Any) -> Any:
        return super().changes(old, new, seat, shared) if new.cards[other(seat)] % 2 else None


class InThePatch(Bids):
    """The patch takes away what was never there."""

    def changes(self, old: Held, new: Held, seat: int | None, shared: Any) -> Any:
        patch = super().changes(old, new, seat, shared)
        return patch and {**patch, f"hint{new.bids[-1][other(seat)]}": None}


class InTheMoves(Bids):
    def turns(self, state: Held) -> Mapping[int, Any]:
        return {seat: moves[: 2 + state.cards[1 - seat] % 2] for seat, moves in super().turns(state).items()}


class InWhoIsAsked(Bids):
    """Seat 1 need not bid against a low card."""

    def turns(self, state: Held) -> Mapping[int, Any]:
        asked = super().turns(state)
        return {0: asked[0]} if asked and state.cards[0] < 5 else asked

    def step(self, state: Held, moves: Mapping[int, Any], env: Env) -> Held:
        return super().step(state, {1: 1, **moves}, env)


class Counted(Depths):
    def __init__(self, count: int) -> None:
        self._count = count

    def __contains__(self, move: object) -> bool:
        return isinstance(move, Depth) and 0 <= move.at < 10

    def sample(self, rng: Rng) -> Depth:
        return Depth(rng.below(10))

    def count(self) -> int:
        return self._count


class InTheCount(Bids):
    """Too many moves to list, and their number tells."""

    move = Depth

    def turns(self, state: Held) -> Mapping[int, Moves[Depth]]:
        return {seat: Counted(1000 + state.cards[1 - seat]) for seat in super().turns(state)}

    def step(self, state: Held, moves: Mapping[int, Depth], env: Env) -> Held:
        return super().step(state, {seat: 1 + move.at % 3 for seat, move in moves.items()}, env)


class Probed(Counted):
    """One of ten moves is refused: the other's card."""

    def __init__(self, card: int) -> None:
        super().__init__(9)
        self._card = card

    def __contains__(self, move: object) -> bool:
        return super().__contains__(move) and move != Depth(self._card)

    def sample(self, rng: Rng) -> Depth:
        return Depth((self._card + 1 + rng.below(9)) % 10)


class InRefusals(InTheCount):
    def turns(self, state: Held) -> Mapping[int, Moves[Depth]]:
        return {seat: Probed(state.cards[1 - seat]) for seat in Bids.turns(self, state)}


class InTheNumberOfFrames(Bids):
    """Whoever holds a high card need not wait for the other."""

    def ready(self, state: Held, pool: Mapping[int, int]) -> bool:
        return len(pool) == 2 or any(state.cards[seat] > 6 for seat in pool)

    def step(self, state: Held, moves: Mapping[int, Any], env: Env) -> Held:
        return super().step(state, {0: 1, 1: 1, **moves}, env)


class InTheTicksPatch(Aims):
    """The patch takes away what was never there."""

    def changes(self, old: Aimed, new: Aimed, seat: int | None, shared: Any) -> Any:
        patch = super().changes(old, new, seat, shared)
        return {**patch, f"hint{new.aims[other(seat)]}": None}


class InTheTicksSize(Aims):
    """A large aim makes the frame longer, and nothing else: the same is known after both."""

    def changes(self, old: Aimed, new: Aimed, seat: int | None, shared: Any) -> Any:
        return super().changes(old, new, seat, shared) if new.aims[other(seat)] > 5 else None


class InTheTicksPicture(Aims):
    def view(self, state: Aimed, seat: int | None, shared: Any) -> Any:
        return {**super().view(state, seat, shared), "warm": abs(state.aims[0] - state.aims[1]) < 3}

    def changes(self, old: Aimed, new: Aimed, seat: int | None, shared: Any) -> Any:
        return None


class InWhatATickRefuses(Aims):
    """Nobody may aim where the other does."""

    def turns(self, state: Aimed) -> Mapping[int, Any]:
        asked = super().turns(state)
        return {seat: tuple(aim for aim in aims if aim != state.aims[1 - seat]) for seat, aims in asked.items()}


_BEFORE, _STEERED, _TICKED = "before a tick", "when others have steered", "at a tick"

LEAKING_AT_TICKS: tuple[tuple[Rules[Any, Any], str, str], ...] = (
    (InTheTicksPatch(), _TICKED, "hint"),
    (InTheTicksSize(), _TICKED, '"view":{'),
    (InTheTicksPicture(), _BEFORE, "warm"),
    (InWhatATickRefuses(), _BEFORE, '"moves"'),
)

_AT_ONCE, _UNSEEN, _AFTER = "before anybody has answered", "when others have answered", "after a step"

LEAKING: tuple[tuple[Rules[Any, Any], str, str], ...] = (
    (InTheView(), _AT_ONCE, "sum"),
    (ToSpectators(), "spectator, " + _AT_ONCE, "cards"),
    (InTheOrderOfMembers(), _AT_ONCE, '"view":{"all":'),
    (InSize(), _AFTER, '"d":{'),
    (InThePatch(), _AFTER, "hint"),
    (InTheMoves(), _AT_ONCE, '"moves":{'),
    (InWhoIsAsked(), "seat 1, " + _AT_ONCE, '"moves":{}'),
    (InTheCount(), _AT_ONCE, '"moves":{'),
    (InRefusals(), _AT_ONCE, '"code":"illegal"'),
    (InTheNumberOfFrames(), _UNSEEN, '"type":"update"'),
)
"""Each with the moment at which it is found, and what is then in one of the two frames."""
