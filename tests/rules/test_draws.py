"""Options drawn for the laws: all that players may choose is played, and nothing else."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Literal

import msgspec

from games.rules.base import NoOptions
from games.rules.laws.draws import options_drawn
from games.rules.rng import Rng


class Shape(Enum):
    SQUARE = "square"
    HEX = "hex"


class Choices(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    size: Annotated[int, msgspec.Meta(ge=3, le=5, title="size")] = 3
    line: Annotated[int, msgspec.Meta(ge=3, le=5)] = 3
    swap: bool = False
    shape: Shape = Shape.SQUARE
    pace: Literal["slow", "fast"] | None = None
    title: Annotated[str, msgspec.Meta(max_length=9)] = "plain"

    def __post_init__(self) -> None:
        if self.line > self.size:
            raise ValueError("a line cannot be longer than the board is wide")


class Impossible(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    number: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 7

    def __post_init__(self) -> None:
        if self.number != 7:
            raise ValueError("only 7 will do")


def test_every_choice_within_bounds_is_drawn_and_none_that_the_game_refuses() -> None:
    drawn = [options_drawn(Choices, Rng(bytes(32), n)) for n in range(1_000)]
    assert {(one.size, one.line) for one in drawn} == {(3, 3), (4, 3), (4, 4), (5, 3), (5, 4), (5, 5)}
    assert {one.swap for one in drawn} == {False, True}
    assert {one.shape for one in drawn} == {Shape.SQUARE, Shape.HEX}
    assert {one.pace for one in drawn} == {None, "slow", "fast"}
    assert {one.title for one in drawn} == {"plain"}


def test_half_of_all_matches_are_played_with_the_defaults() -> None:
    drawn = [options_drawn(Choices, Rng(bytes(32), n)) for n in range(1_000)]
    assert 450 < sum(one == Choices() for one in drawn) < 600


def test_the_defaults_are_played_where_no_draw_is_allowed_and_where_there_is_nothing_to_choose() -> None:
    assert all(options_drawn(Impossible, Rng(bytes(32), n)) == Impossible() for n in range(20))
    assert options_drawn(NoOptions, Rng(bytes(32), 0)) == NoOptions()
