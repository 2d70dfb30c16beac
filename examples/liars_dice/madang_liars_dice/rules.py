"""Liar's dice: bid on the dice under all cups, or doubt the bid before; who is wrong loses a die."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import msgspec
from games.rules.base import Env, Result, Rules
from games.rules.rng import Rng

_FACES = 6


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    dice: Annotated[int, msgspec.Meta(ge=1, le=5, title="Dice for each")] = 5


class Bid(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """At least `count` dice under all cups show `face`."""

    count: Annotated[int, msgspec.Meta(ge=1, le=30)]
    face: Annotated[int, msgspec.Meta(ge=1, le=6)]


Move = Bid | Literal["doubt"]


class Shown(msgspec.Struct, frozen=True):
    """How the last round ended: the cups lifted, the bid that was doubted, and who lost a die by it."""

    cups: tuple[tuple[int, ...], ...]
    bid: Bid
    loser: int


class State(msgspec.Struct, frozen=True):
    """`cups`: the dice of each seat, sorted; none for who is out. `bidder` made the `bid`; `mover` answers it."""

    cups: tuple[tuple[int, ...], ...]
    mover: int = 0
    bid: Bid | None = None
    bidder: int | None = None
    shown: Shown | None = None


class LiarsDice(Rules[State, Move]):
    """A move is a higher bid, by more dice or by as many of a higher face; or a doubt of the bid before."""

    name = "liars-dice"
    title = "Liar's dice"
    seats = range(2, 7)
    secret = True
    state = State
    move = Move
    options = Options
    offers = frozenset()

    def setup(self, options: Options, seats: int, env: Env) -> State:
        return State(_rolled([options.dice] * seats, env.rng))

    def turns(self, state: State) -> Mapping[int, tuple[Move, ...]]:
        if self.result(state):
            return {}
        doubt: tuple[Move, ...] = ("doubt",) if state.bid else ()
        return {state.mover: (*doubt, *_higher(state.bid, sum(map(len, state.cups))))}

    def step(self, state: State, moves: Mapping[int, Move], env: Env) -> State:
        move = moves[state.mover]
        if isinstance(move, Bid):
            after = _next([len(cup) for cup in state.cups], state.mover)
            return State(state.cups, after, bid=move, bidder=state.mover, shown=state.shown)
        assert state.bid is not None
        assert state.bidder is not None
        there = sum(cup.count(state.bid.face) for cup in state.cups)
        loser = state.mover if there >= state.bid.count else state.bidder
        left = [len(cup) - (seat == loser) for seat, cup in enumerate(state.cups)]
        return _round(left, loser, Shown(state.cups, state.bid, loser), env.rng)

    def result(self, state: State) -> Result | None:
        within = [seat for seat, cup in enumerate(state.cups) if cup]
        if not within:
            return Result.draw(len(state.cups), "nobody")
        return Result.win(within[0], len(state.cups), "last-dice") if len(within) == 1 else None

    def view(self, state: State, seat: int | None, shared: Any) -> Any:
        return {
            "dice": [len(cup) for cup in state.cups],
            "own": None if seat is None else state.cups[seat],
            "mover": state.mover,
            "bid": state.bid,
            "bidder": state.bidder,
            "shown": state.shown,
        }

    def unknown(self, state: State, seat: int | None, rng: Rng) -> State:
        cups = _rolled([len(cup) for cup in state.cups], rng)
        cups = tuple(state.cups[one] if one == seat else cup for one, cup in enumerate(cups))
        return msgspec.structs.replace(state, cups=cups)

    def absent(self, state: State, seats: Sequence[int], why: str, env: Env) -> State:
        """They take their dice along, and the others begin a round anew."""
        left = [0 if seat in seats else len(cup) for seat, cup in enumerate(state.cups)]
        return _round(left, state.mover, state.shown, env.rng)


def _rolled(dice: Sequence[int], rng: Rng) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(sorted(1 + rng.below(_FACES) for _ in range(count))) for count in dice)


def _round(dice: Sequence[int], first: int, shown: Shown | None, rng: Rng) -> State:
    """All dice are rolled anew; `first` begins, or who is next if it is out."""
    return State(_rolled(dice, rng), first if dice[first] or not any(dice) else _next(dice, first), shown=shown)


def _next(dice: Sequence[int], seat: int) -> int:
    """The seat after this one that has dice."""
    after = (seat + 1) % len(dice)
    return after if dice[after] else _next(dice, after)


def _higher(bid: Bid | None, dice: int) -> tuple[Bid, ...]:
    lowest = (bid.count, bid.face) if bid else (0, _FACES)
    bids = (Bid(count, face) for count in range(1, dice + 1) for face in range(1, _FACES + 1))
    return tuple(one for one in bids if (one.count, one.face) > lowest)
