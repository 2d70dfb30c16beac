"""Rock paper scissors: how rounds make a match. Which throw beats which, OpenSpiel says (`test_hidden_oracle.py`)."""

from __future__ import annotations

from games.rules.base import Env, Result
from games.rules.rock_paper_scissors import Options, RockPaperScissors, State, Throw

RULES = RockPaperScissors()


def played(*rounds: tuple[Throw, Throw], best_of: int = 3) -> State:
    state = RULES.setup(Options(best_of), 2, Env(seed=bytes(32), n=0, ms=0))
    for n, throws in enumerate(rounds, 1):
        assert set(RULES.turns(state)) == {0, 1}
        state = RULES.step(state, dict(enumerate(throws)), Env(seed=bytes(32), n=n, ms=0))
    return state


def test_equal_throws_count_for_nobody_and_the_round_is_played_again() -> None:
    state = played(("rock", "rock"), ("rock", "scissors"), ("paper", "paper"))
    assert RULES.result(state) is None
    assert RULES.view(state, None, None)["wins"] == (1, 0)


def test_the_match_ends_as_soon_as_one_cannot_be_caught() -> None:
    state = played(("rock", "paper"), ("rock", "paper"), best_of=3)
    assert RULES.result(state) == Result((0, 2), "rounds")
    assert RULES.turns(state) == {}


def test_two_who_always_throw_the_same_come_to_a_draw() -> None:
    assert RULES.result(played(*[("rock", "rock")] * 29)) is None
    assert RULES.result(played(*[("rock", "rock")] * 30)) == Result((1, 1), "rounds")


def test_who_is_ahead_at_the_last_round_has_won() -> None:
    state = played(("rock", "scissors"), *[("rock", "rock")] * 29)
    assert RULES.result(state) == Result((2, 0), "rounds")


def test_everyone_is_shown_all_rounds_and_nothing_of_the_one_that_is_open() -> None:
    state = played(("rock", "paper"))
    views = [RULES.view(state, seat, None) for seat in (0, 1, None)]
    assert views == [{"best_of": 3, "wins": (0, 1), "rounds": (("rock", "paper"),)}] * 3
