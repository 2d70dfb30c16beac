"""Seats that come and go in the matches that laws play: a game that is entered, and what is wrong with some."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec
import pytest

from games.protocol import patch
from games.rules.base import Env, Result, Rules
from games.rules.laws import Broken, broken, golden, laws_of, report, seeds
from games.rules.laws.play import Play
from games.rules.laws.seating import Seating
from games.rules.rng import Rng
from tests.rules.fair import Race, Sticks

LAWS = laws_of(patch.apply)


class Floor(msgspec.Struct, frozen=True):
    seats: int
    dancing: tuple[int, ...] = ()
    gone: tuple[int, ...] = ()
    ticks: int = 0


class Dance(Rules[Floor, Literal["spin"]]):
    """Two to twenty come to dance; it is over after two hundred ticks, or when all have gone home."""

    name = "dance"
    title = "Dance"
    seats = range(2, 21)
    hz = 20
    per_seat = True
    state = Floor
    move = Literal["spin"]
    offers = frozenset()

    def setup(self, options: Any, seats: int, env: Env) -> Floor:
        return Floor(seats)

    def turns(self, state: Floor) -> Mapping[int, tuple[Any, ...]]:
        return {} if self.result(state) else dict.fromkeys(state.dancing or range(state.seats), ("spin",))

    def step(self, state: Floor, moves: Mapping[int, Any], env: Env) -> Floor:
        return msgspec.structs.replace(state, ticks=state.ticks + 1)

    def result(self, state: Floor) -> Result | None:
        if state.ticks < 200 and (state.dancing or not state.gone):
            return None
        return Result((1,) * state.seats, "late")

    def enter(self, state: Floor, seat: int, env: Env) -> Floor | None:
        if seat in state.dancing or seat in state.gone:
            return None
        return msgspec.structs.replace(state, dancing=(*state.dancing, seat))

    def absent(self, state: Floor, seats: Sequence[int], why: str, env: Env) -> Floor:
        dancing = tuple(seat for seat in state.dancing if seat not in seats)
        return msgspec.structs.replace(state, dancing=dancing, gone=tuple(sorted({*state.gone, *seats})))

    def view(self, state: Floor, seat: int | None, shared: Any) -> Any:
        return {"dancing": state.dancing, "you": seat in state.dancing}


def test_a_game_that_is_entered_can_keep_every_law() -> None:
    assert [str(found) for found in broken(Dance(), LAWS, seeds(40))] == []


def test_matches_begin_with_the_fewest_seats_and_then_seats_come_and_go() -> None:
    came = went = 0
    for seed in seeds(40):
        _, first, second, *rest = Play(Dance(), seed).walk()
        assert [len(one.state.dancing) for one in (first, second)] == [1, 2]
        came += sum(one.came is not None for one in rest)
        went += sum(one.went is not None for one in rest)
    assert came > 20
    assert went > 20


def test_without_ticks_nobody_comes_or_goes() -> None:
    seating = Seating(Sticks(), 2, Rng(bytes(32), 0))
    assert seating.inside == [0, 1]
    assert {seating.comes() for _ in range(100)} == {seating.goes([0, 1]) for _ in range(100)} == {None}


def test_in_some_matches_of_ticks_seats_leave_and_in_some_all_stay() -> None:
    left = [sum(one.went is not None for one in Play(Race(), seed).walk()) for seed in seeds(100)]
    assert left.count(0) > 20
    assert len(left) - left.count(0) > 20


class Refuses(Dance):
    def enter(self, state: Floor, seat: int, env: Env) -> Any:
        return None


class TakesTwo(Dance):
    def enter(self, state: Floor, seat: int, env: Env) -> Any:
        return None if len(state.dancing) + len(state.gone) == 2 else super().enter(state, seat, env)


class HoldsAnAddress(Dance):
    def enter(self, state: Floor, seat: int, env: Env) -> Any:
        entered = super().enter(state, seat, env)
        return entered and msgspec.structs.replace(entered, ticks=id(entered))


class LosesWhoComes(Dance):
    def changes(self, old: Floor, new: Floor, seat: int | None, shared: Any) -> Any:
        return {"dancing": [one for one in new.dancing if one in old.dancing], "you": seat in new.dancing}


def test_a_game_that_lets_nobody_in_is_found() -> None:
    (found,) = broken(Refuses(), [law for law in LAWS if law.__name__ == "ends"], seeds(3))
    assert "enter() refused seat" in found.why


def test_a_game_may_refuse_those_who_come_late() -> None:
    assert [str(found) for found in broken(TakesTwo(), LAWS, seeds(20))] == []


@pytest.mark.parametrize(("game", "law"), [(HoldsAnAddress(), "same_again"), (LosesWhoComes(), "patches_agree")])
def test_what_goes_wrong_as_somebody_comes_is_found_and_told(game: Dance, law: str) -> None:
    (found,) = broken(game, [one for one in LAWS if one.__name__ == law], seeds(5))
    assert '{"enter":' in report.finding(found)


class Stays(Race):
    def changes(self, old: Any, new: Any, seat: int | None, shared: Any) -> Any:
        return {"places": new.places, "tick": new.tick}


def test_a_patch_that_forgets_who_left_is_found_and_told() -> None:
    (found,) = broken(Stays(), [one for one in LAWS if one.__name__ == "patches_agree"], seeds(20))
    assert isinstance(found, Broken)
    assert '{"absent":' in report.finding(found)


class StandsStill(Dance):
    def hz_of(self, options: Any) -> int:
        return 0


def test_a_game_of_ticks_that_has_none_with_some_options_is_found() -> None:
    (found,) = broken(StandsStill(), [one for one in LAWS if one.__name__ == "ends"], seeds(1))
    assert found.why == "hz_of() gives 0, though hz is 20; both are 0, or neither"


def test_a_golden_record_folds_with_all_who_came_and_went(tmp_path: Path) -> None:
    for seed in seeds(8):
        record = golden.recorded(Dance(), seed)
        path = tmp_path / f"{record.seed}.json"
        golden.written(record, path)
        golden.refolded(Dance(), golden.read(path))
    assert {step.came is not None for step in record.steps} == {True, False}
