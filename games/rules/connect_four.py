"""Connect Four: discs fall into seven columns of six; four in a line win."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from games.rules.base import Env, NoOptions, Result, Rules

COLUMNS, ROWS = 7, 6
# A column takes seven cells, the seventh always free, so that no line runs over from one column into the next.
_STRIDE = ROWS + 1
_DIRECTIONS = (1, _STRIDE, _STRIDE + 1, _STRIDE - 1)
_BOARD = f"%-{_STRIDE}s" * COLUMNS
_BITS = {"0": str.maketrans("01 ", "100"), "1": str.maketrans("01 ", "010")}


# Sixteen are kept for takebacks; none can refer to itself, so that the collector need not walk them (gc=False).
class State(msgspec.Struct, frozen=True, gc=False):
    """`columns`: the discs of each column from the bottom, "0" or "1" a seat's; `last`: the column played last."""

    columns: tuple[str, ...]
    last: int | None = None


class ConnectFour(Rules[State, int]):
    """A move is the number of a column that is not full, 0…6 from the left. Seat 0 begins."""

    name = "connect-four"
    title = "Connect Four"
    seats = range(2, 3)
    state = State
    move = int

    def setup(self, options: NoOptions, seats: int, env: Env) -> State:
        return State(("",) * COLUMNS)

    def turns(self, state: State) -> Mapping[int, tuple[int, ...]]:
        if self.result(state):
            return {}
        mover = len("".join(state.columns)) % 2
        return {mover: tuple([column for column, discs in enumerate(state.columns) if len(discs) < ROWS])}

    def step(self, state: State, moves: Mapping[int, int], env: Env) -> State:
        ((seat, column),) = moves.items()
        fallen = state.columns[column] + str(seat)
        return State((*state.columns[:column], fallen, *state.columns[column + 1 :]), column)

    def result(self, state: State) -> Result | None:
        if state.last is None:
            return None
        winner = state.columns[state.last][-1]
        if _has_four(state.columns, winner):
            return Result.win(int(winner), 2, "line")
        return Result.draw(2, "full") if len("".join(state.columns)) == COLUMNS * ROWS else None

    def view(self, state: State, seat: int | None, shared: Any) -> State:
        return state


def _has_four(columns: tuple[str, ...], disc: str) -> bool:
    """Whether `disc` stands four times in a line: all lines at once, by shifting a board of bits."""
    bits = int((_BOARD % columns).translate(_BITS[disc]), 2)
    for shift in _DIRECTIONS:
        pairs = bits & bits >> shift
        if pairs & pairs >> 2 * shift:
            return True
    return False
