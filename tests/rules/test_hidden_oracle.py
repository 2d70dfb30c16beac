"""OpenSpiel judges the games of simultaneous and secret moves: every throw, every shot, every result."""

from __future__ import annotations

import re
from itertools import pairwise, product
from typing import Any

import pytest

from games.rules.base import Env, moves_of
from games.rules.battleship import FLEETS, Options
from games.rules.battleship import State as Seas
from games.rules.rng import Rng
from games.rules.rock_paper_scissors import THROWS, State, Throw, winner
from tests.rules.open_spiel import pyspiel
from tests.rules.test_battleship import RULES as BATTLESHIP
from tests.rules.test_battleship import drawn_match
from tests.rules.test_rock_paper_scissors import RULES as RPS

RPS_MATCHES = 1_000
# Every size with every fleet, ten times each: some 18,000 shots. OpenSpiel takes most of the time.
MATCHES = 150
# One's own shots and their answers, as OpenSpiel tells them: water, hit, sunk.
SHOT = re.compile(r"/shot_(\d+)_(\d+):([WHS])")


def their_score(first: Throw, second: Throw) -> float:
    """What OpenSpiel's matrix game gives the first of two who throw at once."""
    state = pyspiel.load_game("matrix_rps").new_initial_state()
    names = [state.action_to_string(0, action).lower() for action in state.legal_actions(0)]
    assert names == list(THROWS)
    state.apply_actions([names.index(first), names.index(second)])
    return float(state.returns()[0])


@pytest.mark.parametrize(("first", "second"), list(product(THROWS, THROWS)))
def test_open_spiel_agrees_on_every_round(first: Throw, second: Throw) -> None:
    assert {0: 1, 1: -1, None: 0}[winner(first, second)] == their_score(first, second)


def test_open_spiels_scores_of_the_rounds_add_up_to_the_results_of_random_matches() -> None:
    endings = set()
    for index in range(RPS_MATCHES):
        rng = Rng(index.to_bytes(32, "big"), -1)
        best_of = rng.choice((1, 3, 5, 7, 9))
        state, scores = State(best_of), [0, 0]
        while RPS.result(state) is None:
            assert 2 * max(scores) < best_of
            throws = (rng.choice(THROWS), rng.choice(THROWS))
            score = their_score(*throws)
            scores[0] += score > 0
            scores[1] += score < 0
            state = RPS.step(state, dict(enumerate(throws)), Env(seed=bytes(32), n=1, ms=0))
        result = RPS.result(state)
        assert result is not None
        assert result.scores == ((2, 0) if scores[0] > scores[1] else (0, 2))
        endings.add((best_of, result.scores))
    assert len(endings) == 10


def test_open_spiel_answers_every_shot_and_scores_every_random_match_alike() -> None:
    """OpenSpiel's fleets are placed ship by ship, ours at once; it scores ships sunk, we whose fleet is left.

    So it is given our fleets, and its returns must be the number of ships that each has sunk, less its own.
    """
    endings = set()
    for index in range(MATCHES):
        chosen = Options(6 + index % 5, sorted(FLEETS)[index % 3])  # type: ignore[arg-type]
        endings.add(played_side_by_side(chosen, index.to_bytes(32, "big")))
    assert {scores for scores, _ in endings} == {(2, 0), (0, 2)}


def played_side_by_side(chosen: Options, seed: bytes) -> tuple[tuple[int, ...], str]:
    states = drawn_match(chosen, seed)
    theirs = with_our_fleets(states[0])
    answers: list[list[tuple[int, str]]] = [[], []]
    for before, after in pairwise(states):
        ((seat, moves),) = BATTLESHIP.turns(before).items()
        assert (seat, list(moves_of(moves))) == (theirs.current_player(), theirs.legal_actions()), seed.hex()
        cell = after.shots[1 - seat][-1]
        theirs.apply_action(cell)
        answers[seat].append((cell, answer(before, after, 1 - seat, cell)))
    for seat in (0, 1):
        told = SHOT.findall(theirs.information_state_string(seat))
        assert answers[seat] == [(int(row) * chosen.size + int(column), how) for row, column, how in told], seed.hex()
    result = BATTLESHIP.result(states[-1])
    assert result is not None
    assert theirs.is_terminal(), seed.hex()
    sunk = [len(sea["sunk"]) for sea in seas(states[-1])]
    ahead = sunk[1] - sunk[0]
    assert theirs.returns() == [ahead, -ahead], seed.hex()
    assert (ahead > 0) == (result.scores == (2, 0))
    return result.scores, result.reason


def seas(state: Seas) -> list[dict[str, Any]]:
    return list(BATTLESHIP.view(state, None, None)["seas"].values())


def answer(before: Seas, after: Seas, seat: int, cell: int) -> str:
    """Water, hit or sunk, in OpenSpiel's letters."""
    if len(seas(after)[seat]["sunk"]) > len(seas(before)[seat]["sunk"]):
        return "S"
    return "H" if cell in seas(after)[seat]["hits"] else "W"


def with_our_fleets(state: Seas) -> Any:
    """OpenSpiel's match with these fleets placed. It wants the shortest ships first, and both place in turn."""
    order = sorted(range(len(state.lengths)), key=lambda index: state.lengths[index])
    cells = state.size**2
    game = pyspiel.load_game(
        "battleship",
        {
            "board_width": state.size,
            "board_height": state.size,
            "ship_sizes": "[" + ";".join(str(state.lengths[index]) for index in order) + "]",
            "ship_values": "[" + ";".join("1" for _ in order) + "]",
            "num_shots": cells,
            "allow_repeated_shots": False,
            "loss_multiplier": 1.0,
        },
    )
    theirs = game.new_initial_state()
    for index in order:
        for seat in (0, 1):
            ship = state.seas[seat][index]
            # Its actions: first every cell to shoot at, then every cell for a ship across, then for one down.
            theirs.apply_action(ship.at + cells * (2 if ship.down else 1))
    return theirs
