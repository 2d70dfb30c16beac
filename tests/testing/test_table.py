"""Scripted matches: what an author writes, and what they are told where it does not hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from games.host.clock import Control
from games.rules.base import Env, Result, Rules
from games.rules.laws import golden
from games.rules.tic_tac_toe import State, TicTacToe
from games.testing import Table, assert_golden, assert_keeps_laws
from tests.rules.fair import Depth, FirstCome, Hands, Pile, Race, Reach, Sticks


def test_moves_go_to_the_seat_that_is_asked_until_somebody_has_won() -> None:
    table = Table(TicTacToe()).play(0, 3, 1, 4, 2)
    table.assert_result(2, 0, reason="line")
    assert table.state.board == "000" + "11." + "..."
    assert table.view() == table.view(0) == table.view(1) == {"board": "00011....", "last": 2}


def test_where_several_are_asked_each_answers_in_order_and_sees_only_its_own() -> None:
    table = Table(Hands(), seed=3).play(1)
    assert table.turns == (1,)
    assert table.view(1)["bids"] == table.view(None)["bids"] == []
    table.play(3)
    assert table.view(None)["bids"] == [1, 3]


def test_chance_follows_from_the_seed() -> None:
    cards = [Table(Hands(), seed=seed).state.cards for seed in (1, 1, 2)]
    assert cards[0] == cards[1] != cards[2]


def test_options_are_given_by_name_and_bounds_hold() -> None:
    assert Table(Sticks(), options={"sticks": 4}).moves(0) == [1, 2, 3]
    with pytest.raises(msgspec.ValidationError, match="sticks"):
        Table(Sticks(), options={"sticks": 31})


def test_a_number_of_seats_that_the_game_does_not_have_is_refused() -> None:
    assert Table(Race(), seats=5).turns == (0, 1, 2, 3, 4)
    with pytest.raises(ValueError, match="race is played by 3 to 5 seats"):
        Table(Race(), seats=6)


def test_a_move_that_is_not_legal_fails_with_what_is() -> None:
    with pytest.raises(AssertionError, match=r"seat 1 may not play 0 \(illegal: .*Legal now: \{1: \[1, 2, 3, 4, 5"):
        Table(TicTacToe()).play(0, 0)


def test_a_move_after_the_end_fails_with_the_end() -> None:
    table = Table(Sticks(), options={"sticks": 1}).play(1)
    with pytest.raises(AssertionError, match=r"nobody may play 1: The match ended \(2, 0\) by last-stick"):
        table.play(1)


def test_refusals_can_be_expected_and_change_nothing() -> None:
    table = Table(Sticks())
    table.assert_refused(0, 4)
    table.assert_refused(0, "three")
    table.assert_refused(1, 1, code="not_your_turn")
    with pytest.raises(AssertionError, match="expected illegal, but it was accepted"):
        table.assert_refused(0, 3)
    table.play(3)


def test_another_result_than_expected_is_told() -> None:
    table = Table(Sticks(), options={"sticks": 1})
    with pytest.raises(AssertionError, match=r"the match goes on: Legal now: \{0: \[1\]\}"):
        table.assert_result(2, 0)
    table.play(1)
    with pytest.raises(AssertionError, match=r"expected \(0, 2\), but it ended \(2, 0\) by last-stick"):
        table.assert_result(0, 2)
    with pytest.raises(AssertionError, match=r"expected \(2, 0\) by luck, but"):
        table.assert_result(2, 0, reason="luck")


def test_resignations_offers_and_answers_are_the_hosts() -> None:
    table = Table(TicTacToe()).play(4)
    table.offer(0, "draw")
    table.answer(1, "draw", yes=False)
    table.resign(1)
    table.assert_result(2, 0, reason="resigned")
    level = Table(TicTacToe()).play(4)
    level.offer(0, "draw")
    level.offer(1, "draw")
    level.assert_result(1, 1, reason="agreement")


def test_an_endgame_begins_where_the_test_says() -> None:
    table = Table(TicTacToe()).put(State("00.11....", 4))
    assert table.moves(0) == [2, 5, 6, 7, 8]
    table.play(8, 5)
    table.assert_result(0, 2, reason="line")


def test_ticks_are_stepped_with_the_moves_that_apply_at_them() -> None:
    table = Table(Race(), seats=3).tick({0: "run", 2: "run"}).tick(count=4)
    assert table.steps == 5
    assert table.state.places[1] == 0
    assert table.wait(1).steps == 15
    with pytest.raises(AssertionError, match="runs on ticks: use tick"):
        table.play("run")
    with pytest.raises(AssertionError, match=r"seat 1 may not play 'fly' \(illegal"):
        table.tick({1: "fly"})


class Whistle(Race):
    """Nobody may run in the first five ticks."""

    def turns(self, state: Reach) -> Mapping[int, Any]:
        open_to = super().turns(state)
        return {seat: moves if state.tick >= 5 else () for seat, moves in open_to.items()}


def test_a_move_that_is_illegal_at_its_tick_is_told() -> None:
    table = Table(Whistle(), seats=3)
    with pytest.raises(AssertionError, match=r"seat 1 may not play 'run' \(illegal"):
        table.tick({1: "run"})
    table.assert_refused(0, "run")
    table.tick(count=5).tick({0: "run"})


def test_bots_think_on_the_virtual_clock() -> None:
    table = Table(Sticks(), bots=(1,)).play(2)
    assert table.turns == (1,)
    assert table.wait(1).turns == (0,)


def test_a_flag_falls_when_the_time_has_passed() -> None:
    table = Table(TicTacToe(), clock=Control("fischer", 60_000, 0)).play(4)
    table.wait(59)
    assert table.result is None
    table.wait(2).assert_result(2, 0, reason="flagged")


def test_who_leaves_comes_back_to_the_same_picture() -> None:
    table = Table(TicTacToe()).play(4)
    table.leave(1)
    table.come_back(1)
    table.play(0)
    assert table.view(1)["board"] == "1...0...."


def test_a_match_at_random_comes_to_an_end_in_games_of_every_kind() -> None:
    games: Sequence[Rules[Any, Any]] = (TicTacToe(), Sticks(), Hands(), Race(), FirstCome())
    for rules in games:
        assert Table(rules, seed=4).play_at_random().result is not None
    assert Table(Sticks(), seed=4, bots=(0, 1)).play_at_random().result is not None
    assert Table(Sticks(), seed=4).play_at_random(steps=2).steps == 2


def test_moves_that_cannot_be_listed_are_given_as_the_rules_give_them() -> None:
    table = Table(FirstCome())
    assert table.moves(2).count() == 1_000_000
    table.move(3, Depth(7))
    table.assert_refused(0, Depth(1_000_000))
    assert table.state.rung == (3,)


# ── what the kit finds by itself ────────────────────────────────────────────────────────────────────────────


class WrongPatch(Sticks):
    def changes(self, old: Pile, new: Pile, seat: int | None, shared: Any) -> Any:
        return {"left": new.left}


def test_a_patch_that_does_not_make_the_view_fails_at_the_first_move() -> None:
    with pytest.raises(AssertionError, match=r"pieced together \{'left': 8, 'taken': \[\]\} at"):
        Table(WrongPatch()).play(1)


class Forgetful(Sticks):
    calls = 0

    def step(self, state: Pile, moves: Mapping[int, int], env: Env) -> Pile:
        type(self).calls += 1
        return msgspec.structs.replace(super().step(state, moves, env), taken=(self.calls,))

    def changes(self, old: Pile, new: Pile, seat: int | None, shared: Any) -> None:
        return None


def test_a_log_that_folds_to_another_end_fails_when_the_match_is_over() -> None:
    with pytest.raises(AssertionError, match="the log folds to another end"):
        Table(Forgetful(), options={"sticks": 2}).play(1, 1)


def test_the_laws_fail_with_the_finding_that_checkgame_prints() -> None:
    assert_keeps_laws(Sticks(), matches=3)
    with pytest.raises(AssertionError, match=r"sticks \(edition 1\)\nBROKEN patches_agree\n"):
        assert_keeps_laws(WrongPatch(), matches=3)


class OtherWinner(Sticks):
    def result(self, state: Pile) -> Result | None:
        return None if state.left else Result((0, 0), "nobody")


def test_a_golden_record_holds_or_the_test_fails(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r"There is no .*sticks\.1\.json; `checkgame --write-golden` writes it"):
        assert_golden(Sticks(), tmp_path)
    golden.written(golden.recorded(Sticks(), bytes(32)), golden.path_of(Sticks(), tmp_path))
    assert_golden(Sticks(), tmp_path)
    with pytest.raises(AssertionError, match="the golden record ended"):
        assert_golden(OtherWinner(), tmp_path)
