"""Counts that others have published: every match and every position of a game, not a sample of them."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Any

from games.rules.base import Env
from games.rules.connect_four import ConnectFour
from games.rules.tic_tac_toe import TicTacToe

ENV = Env(seed=bytes(32), n=1, ms=0)


def after(game: Any, state: Any) -> list[Any]:
    """The states one move on."""
    return [game.step(state, {seat: move}, ENV) for seat, moves in game.turns(state).items() for move in moves]


def test_tic_tac_toe_has_255168_matches_and_5478_positions() -> None:
    game = TicTacToe()
    boards = set()

    @cache
    def matches(state: Any) -> Counter[tuple[int, ...]]:
        boards.add(state.board)
        if result := game.result(state):
            return Counter([result.scores])
        return sum((matches(one) for one in after(game, state)), Counter())

    ends = matches(game.setup(game.options(), 2, ENV))
    assert ends == {(2, 0): 131_184, (0, 2): 77_904, (1, 1): 46_080}
    assert ends.total() == 255_168
    assert len(boards) == 5_478


def test_connect_four_has_as_many_positions_by_ply_as_oeis_a212693_says() -> None:
    game = ConnectFour()
    positions = {(state := game.setup(game.options(), 2, ENV)).columns: state}
    counts = [len(positions)]
    while len(counts) < 8:
        positions = {one.columns: one for state in positions.values() for one in after(game, state)}
        counts.append(len(positions))
    assert counts == [1, 7, 49, 238, 1_120, 4_263, 16_422, 54_859]
