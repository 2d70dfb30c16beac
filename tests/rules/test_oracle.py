"""An oracle that we did not write: OpenSpiel plays the same random matches and must agree move by move."""

from __future__ import annotations

from typing import Any

import pytest

from games.rules.base import Env, Rules
from games.rules.connect_four import ConnectFour
from games.rules.rng import Rng
from games.rules.tic_tac_toe import TicTacToe
from tests.rules.open_spiel import pyspiel

# Enough that a fault in one of the 69 lines of Connect Four, met in a few matches of a thousand, is not missed.
MATCHES = 3_000


@pytest.mark.parametrize(
    ("game", "name"),
    [(TicTacToe(), "tic_tac_toe"), (ConnectFour(), "connect_four")],
    ids=["tic-tac-toe", "connect-four"],
)
def test_open_spiel_agrees_on_turns_moves_and_results_of_random_matches(game: Rules[Any, Any], name: str) -> None:
    theirs = pyspiel.load_game(name)
    endings = set()
    for index in range(MATCHES):
        endings.add(played_side_by_side(game, theirs, index.to_bytes(32, "big")))
    # Both seats have won and a draw was met, or the comparison would have seen too little.
    assert {result.scores for result in endings} == {(2, 0), (0, 2), (1, 1)}


def played_side_by_side(game: Rules[Any, Any], theirs: Any, seed: bytes) -> Any:
    """Plays one match in both and compares after every move; the result."""
    rng = Rng(seed, -1)
    state, other = game.setup(game.options(), 2, Env(seed=seed, n=0, ms=0)), theirs.new_initial_state()
    n = 0
    while turns := game.turns(state):
        ((seat, moves),) = turns.items()
        assert (seat, list(moves)) == (other.current_player(), other.legal_actions()), seed.hex()
        assert game.result(state) is None
        move, n = rng.choice(moves), n + 1
        state = game.step(state, {seat: move}, Env(seed=seed, n=n, ms=0))
        other.apply_action(move)
    result = game.result(state)
    assert result is not None
    assert other.is_terminal(), seed.hex()
    assert [score - 1 for score in result.scores] == other.returns(), seed.hex()
    return result
