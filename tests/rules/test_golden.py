"""Golden records: every game and edition has one, and it folds to the same end for ever."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from games.rules.base import Rules
from games.rules.catalog import GAMES
from games.rules.laws import golden
from games.rules.laws.play import Refuted
from tests.rules.fair import Pile, Race, Sticks

FOLDER = Path(__file__).parent / "golden"


def name_of(game: Rules[Any, Any]) -> str:
    return f"{game.name}.{game.edition}"


@pytest.mark.parametrize("game", GAMES, ids=name_of)
def test_the_golden_record_of_every_game_and_edition_folds_to_the_same_end(game: Rules[Any, Any]) -> None:
    path = golden.path_of(game, FOLDER)
    assert path.exists(), f"No golden record: run `manage.py checkgame {game.name} --write-golden`."
    record = golden.read(path)
    golden.refolded(game, record)
    assert record.result is not None


def test_every_golden_record_belongs_to_a_game_of_the_catalogue() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == {name_of(game) for game in GAMES}


@pytest.mark.parametrize("game", [Sticks(), Race()], ids=name_of)
def test_a_record_that_was_just_made_folds(game: Rules[Any, Any], tmp_path: Path) -> None:
    path = golden.path_of(game, tmp_path)
    golden.written(golden.recorded(game, b"s" * 32), path)
    record = golden.read(path)
    golden.refolded(game, record)
    assert record.result is not None


def test_a_golden_record_is_never_written_over(tmp_path: Path) -> None:
    path = golden.path_of(Sticks(), tmp_path)
    golden.written(golden.recorded(Sticks(), b"s" * 32), path)
    with pytest.raises(FileExistsError):
        golden.written(golden.recorded(Sticks(), b"t" * 32), path)


class Miscounts(Sticks):
    def step(self, state: Pile, moves: Any, env: Any) -> Pile:
        after = super().step(state, moves, env)
        return after if len(after.taken) < 2 else msgspec.structs.replace(after, taken=(*after.taken[:-1], 9))


class TakesTwo(Sticks):
    def turns(self, state: Pile) -> Any:
        return {state.mover: (2,)}


class OtherWinner(Sticks):
    def result(self, state: Pile) -> Any:
        result = super().result(state)
        return result and msgspec.structs.replace(result, scores=result.scores[::-1])


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        (Miscounts(), "step 2 of the golden record gives another state"),
        (TakesTwo(), "is not legal any more"),
        (OtherWinner(), "the golden record ended"),
    ],
    ids=lambda one: type(one).__name__,
)
def test_rules_that_changed_without_a_new_edition_are_caught(changed: Rules[Any, Any], why: str) -> None:
    record = golden.recorded(Sticks(), b"s" * 32)
    with pytest.raises(Refuted, match=why):
        golden.refolded(changed, record)


def test_a_record_of_another_edition_is_not_folded() -> None:
    newer = type("Newer", (Sticks,), {"edition": 2})()
    with pytest.raises(Refuted, match="a record of 'sticks', edition 1"):
        golden.refolded(newer, golden.recorded(Sticks(), b"s" * 32))
