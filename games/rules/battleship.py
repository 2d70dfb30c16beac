"""Battleship: both place a fleet in secret, then shoot in turn at a sea that they cannot see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import msgspec

from games.rules import fleets
from games.rules.base import Env, Moves, Result, Rules
from games.rules.fleets import Ship, Shots
from games.rules.rng import Rng

# The lengths of the ships, by name. All fit a sea of 6 by 6, though closely: 18 of 36 cells at most.
FLEETS = {"small": (4, 3, 2), "classic": (5, 4, 3, 3, 2), "large": (4, 3, 3, 2, 2, 2, 2)}


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    size: Annotated[int, msgspec.Meta(ge=6, le=10, title="Rows and columns")] = 8
    fleet: Annotated[Literal["small", "classic", "large"], msgspec.Meta(title="Fleet")] = "classic"


class Fleet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first move: a ship for each length of the fleet, in that order."""

    ships: Annotated[tuple[Ship, ...], msgspec.Meta(max_length=7)]


class State(msgspec.Struct, frozen=True, gc=False):
    """`seas`: each seat's ships, none before both fleets are placed; `shots`: the cells of its sea that were shot
    at, in order; `gone`: seats that gave up, and `why`.
    """

    size: int
    lengths: tuple[int, ...]
    seas: tuple[tuple[Ship, ...], ...] = ((), ())
    shots: tuple[tuple[int, ...], ...] = ((), ())
    gone: tuple[int, ...] = ()
    why: str = ""


class Fleets:
    """All ways to place a fleet: too many to list, and to count."""

    __slots__ = ("_lengths", "_size")

    def __init__(self, size: int, lengths: tuple[int, ...]) -> None:
        self._size, self._lengths = size, lengths

    def __contains__(self, move: object) -> bool:
        return isinstance(move, Fleet) and fleets.fits(self._size, self._lengths, move.ships)

    def sample(self, rng: Rng) -> Fleet:
        return Fleet(fleets.drawn(self._size, self._lengths, rng))

    def count(self) -> None:
        return None


class Battleship(Rules[State, "Fleet | int"]):
    """The first move of both is a `Fleet`; then a move is the cell to shoot at, row by row. Seat 0 shoots first.

    Everyone is told what is hit, and where a ship lies once it is sunk. The fleets are shown when the match is over.
    """

    name = "battleship"
    title = "Battleship"
    seats = range(2, 3)
    secret = True
    # Words could tell where a fleet lies: a match could be given away, or sold, past all that `view` hides.
    chat = "quick"
    state = State
    move = Fleet | int
    options = Options
    offers = frozenset()

    def setup(self, options: Options, seats: int, env: Env) -> State:
        return State(options.size, FLEETS[options.fleet])

    def turns(self, state: State) -> Mapping[int, Moves[Any] | tuple[int, ...]]:
        if self.result(state):
            return {}
        if not state.seas[0]:
            return dict.fromkeys((0, 1), Fleets(state.size, state.lengths))
        mover = _mover(state)
        tried = frozenset(state.shots[1 - mover])
        return {mover: tuple(cell for cell in range(state.size**2) if cell not in tried)}

    def step(self, state: State, moves: Mapping[int, Fleet | int], env: Env) -> State:
        if not state.seas[0]:
            return msgspec.structs.replace(state, seas=tuple(_ships(moves[seat]) for seat in (0, 1)))
        ((seat, cell),) = moves.items()
        assert isinstance(cell, int), "who has placed a fleet shoots"
        shots = list(state.shots)
        shots[1 - seat] = (*shots[1 - seat], cell)
        return msgspec.structs.replace(state, shots=tuple(shots))

    def result(self, state: State) -> Result | None:
        if state.gone:
            return Result.draw(2, state.why) if len(state.gone) == 2 else Result.win(1 - state.gone[0], 2, state.why)
        # Only the sea that was shot at last can have lost its fleet just now: the mover's.
        mover = _mover(state)
        afloat = not state.seas[mover] or len(_shots(state, mover).sunk) < len(state.lengths)
        return None if afloat else Result.win(1 - mover, 2, "fleet")

    def view(self, state: State, seat: int | None, shared: Any) -> Any:
        return {
            "size": state.size,
            "lengths": state.lengths,
            "turns": tuple(self.turns(state)),
            "placed": bool(state.seas[0]),
            "seas": {str(one): sea for one, sea in enumerate(self._seas(state, seat))},
        }

    def changes(self, old: State, new: State, seat: int | None, shared: Any) -> Any:
        before, after = self._seas(old, seat), self._seas(new, seat)
        seas = {str(one): _grown(*pair) for one, pair in enumerate(zip(before, after, strict=True))}
        placed = {"placed": True} if new.seas[0] and not old.seas[0] else {}
        return {"turns": tuple(self.turns(new)), **placed, "seas": {one: patch for one, patch in seas.items() if patch}}

    def _seas(self, state: State, seat: int | None) -> tuple[dict[str, Any], ...]:
        """Both seas as `seat` may see them: its own whole, and all when the match is over."""
        over = self.result(state) is not None
        return tuple(_sea(state, one, ships=over or one == seat) for one in (0, 1))

    def absent(self, state: State, seats: Sequence[int], why: str, env: Env) -> State:
        return msgspec.structs.replace(state, gone=tuple(sorted({*state.gone, *seats})), why=why)

    def unknown(self, state: State, seat: int | None, rng: Rng) -> State:
        if not state.seas[0] or self.result(state):
            return state
        seas = (
            ships if one == seat else fleets.drawn_again(state.size, state.lengths, _shots(state, one), rng) or ships
            for one, ships in enumerate(state.seas)
        )
        return msgspec.structs.replace(state, seas=tuple(seas))


def _mover(state: State) -> int:
    return (len(state.shots[0]) + len(state.shots[1])) % 2


def _ships(move: Fleet | int) -> tuple[Ship, ...]:
    assert isinstance(move, Fleet), "the first move is a fleet"
    return move.ships


def _shots(state: State, seat: int) -> Shots:
    """What was shot at in the sea of `seat`, and to which end."""
    shot = hits = 0
    for cell in state.shots[seat]:
        shot |= 1 << cell
    sunk = {}
    for index, (length, ship) in enumerate(zip(state.lengths, state.seas[seat], strict=True)):
        cells = fleets.cells(state.size, length, ship)
        hits |= cells & shot
        if not cells & ~shot:
            sunk[index] = ship
    return Shots(shot, hits, sunk)


def _sea(state: State, seat: int, *, ships: bool) -> dict[str, Any]:
    """One sea as it is shown: `shots` and `hits` in the order they came, the ships that are `sunk` by their index."""
    if not state.seas[seat]:
        return {"shots": (), "hits": (), "sunk": {}, "ships": ()}
    shots = _shots(state, seat)
    return {
        "shots": state.shots[seat],
        "hits": tuple(cell for cell in state.shots[seat] if shots.hits >> cell & 1),
        "sunk": {str(index): ship for index, ship in shots.sunk.items()},
        "ships": state.seas[seat] if ships else (),
    }


def _grown(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """The patch from one view of a sea to a later one: things are added to it, and nothing is taken away."""
    patch = {f"{key}+": new[key][len(old[key]) :] for key in ("shots", "hits", "ships")}
    patch["sunk"] = {index: ship for index, ship in new["sunk"].items() if index not in old["sunk"]}
    return {key: added for key, added in patch.items() if added}
