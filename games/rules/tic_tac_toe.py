"""Tic-tac-toe: three in a row on a board of nine cells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from games.rules.base import Env, NoOptions, Result, Rules

_LINES = ((0, 1, 2), (3, 4, 5), (6, 7, 8), (0, 3, 6), (1, 4, 7), (2, 5, 8), (0, 4, 8), (2, 4, 6))


class State(msgspec.Struct, frozen=True, gc=False):
    """`board`: cell 0…8 row by row, "." free, "0" or "1" a seat's mark; `last`: the cell marked last."""

    board: str
    last: int | None = None


class TicTacToe(Rules[State, int]):
    """A move is the number of a free cell, 0…8 row by row. Seat 0 begins."""

    name = "tic-tac-toe"
    title = "Tic-tac-toe"
    seats = range(2, 3)
    state = State
    move = int

    def setup(self, options: NoOptions, seats: int, env: Env) -> State:
        return State("." * 9)

    def turns(self, state: State) -> Mapping[int, tuple[int, ...]]:
        if self.result(state):
            return {}
        return {_mover(state): tuple(cell for cell, mark in enumerate(state.board) if mark == ".")}

    def step(self, state: State, moves: Mapping[int, int], env: Env) -> State:
        ((seat, cell),) = moves.items()
        return State(f"{state.board[:cell]}{seat}{state.board[cell + 1 :]}", cell)

    def result(self, state: State) -> Result | None:
        for a, b, c in _LINES:
            if state.board[a] != "." and state.board[a] == state.board[b] == state.board[c]:
                return Result.win(int(state.board[a]), 2, "line")
        return None if "." in state.board else Result.draw(2, "full")

    def view(self, state: State, seat: int | None, shared: Any) -> State:
        return state


def _mover(state: State) -> int:
    return (9 - state.board.count(".")) % 2
