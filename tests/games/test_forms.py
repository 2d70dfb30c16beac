"""The form of a new match follows the game: its seats and the types of its options."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
import pytest
from django.template import Context, Template
from msgspec import Meta

from games.boards import board_of
from games.forms import NewMatch, option_words
from games.rules.base import Rules
from games.rules.catalog import newest


class Options(msgspec.Struct, frozen=True):
    size: Annotated[int, Meta(ge=3, le=19, title="Board size", description="Cells on a side.")] = 9
    pace: Literal["slow", "very_fast"] = "slow"
    lives: Literal[1, 3] = 3
    wrap: bool = False
    motto: Annotated[str, Meta(max_length=8)] = ""
    hidden: tuple[int, ...] = ()


class State(msgspec.Struct, frozen=True):
    turn: int = 0


class Sample(Rules[Any, Any]):
    name = "sample"
    title = "Sample"
    seats = range(2, 5)
    state = State
    move = int
    options = Options

    def setup(self, options: Any, seats: int, env: Any) -> State:
        return State()

    def turns(self, state: State) -> dict[int, tuple[int, ...]]:
        return {state.turn: (1,)}

    def view(self, state: State, seat: int | None, shared: Any) -> State:
        return state


def filled(**changes: Any) -> NewMatch:
    return NewMatch(Sample(), {"opponent": "open", "seat": "", "seats": "3"} | changes)


def test_options_become_fields_and_come_back_with_their_types() -> None:
    form = filled(option_size="13", option_pace="very_fast", option_lives="1", option_wrap="on", option_motto="hi")
    assert form.is_valid(), form.errors
    assert form.choices() == {
        "options": {"size": 13, "pace": "very_fast", "lives": 1, "wrap": True, "motto": "hi"},
        "seat": None,
        "listed": True,
        "opponent": "person",
        "seats": 3,
        "clock": None,
        "rated": False,
    }
    assert msgspec.convert(form.choices()["options"], Options, strict=True).size == 13


def test_what_is_left_out_keeps_its_default() -> None:
    form = filled()
    assert form.is_valid()
    assert form.choices()["options"] == {"wrap": False}


@pytest.mark.parametrize(
    "bad",
    [
        {"option_size": "2"},
        {"option_size": "20"},
        {"option_lives": "2"},
        {"option_motto": "x" * 9},
        {"seats": "5"},
        {"seat": "4"},
    ],
)
def test_what_the_types_forbid_the_form_refuses(bad: dict[str, str]) -> None:
    assert not filled(**bad).is_valid()


def test_all_that_is_said_about_options_can_be_translated() -> None:
    words = {"Board size", "Cells on a side.", "Pace", "Slow", "Very fast", "Lives", "Wrap", "Motto"}
    assert set(option_words(Sample())) == words


def test_options_are_called_by_their_titles_and_one_that_cannot_be_asked_is_not() -> None:
    form = NewMatch(Sample())
    assert form.fields["option_size"].label == "Board size"
    assert form.fields["option_size"].help_text == "Cells on a side."
    assert "option_hidden" not in form.fields


@pytest.mark.parametrize(
    ("opponent", "listed", "against"),
    [("open", True, "person"), ("link", False, "person"), ("practice", True, "practice")],
)
def test_the_opponent_decides_who_finds_the_match(opponent: str, listed: bool, against: str) -> None:
    form = filled(opponent=opponent)
    assert form.is_valid()
    assert (form.choices()["listed"], form.choices()["opponent"]) == (listed, against)


class Together(Sample):
    """All seats are asked at once."""

    seats = range(2, 3)

    def turns(self, state: State) -> dict[int, tuple[int, ...]]:
        return {0: (1,), 1: (1,)}


class Entered(Sample):
    seats = range(2, 65)

    def enter(self, state: State, seat: int, env: Any) -> State:
        return state


def test_nobody_is_asked_for_a_seat_where_none_is_better() -> None:
    for rules in (Together(), Entered()):
        form = NewMatch(rules, {"opponent": "practice", "seats": "24"})
        assert "seat" not in form.fields
        assert form.is_valid(), form.errors
        assert form.choices()["seat"] is None


def test_practice_opponents_are_spoken_of_as_many_as_they_are() -> None:
    def practice(rules: Rules[Any, Any]) -> str:
        return str(dict(NewMatch(rules).fields["opponent"].choices)["practice"])

    assert practice(Together()).startswith("A practice opponent")
    assert practice(Sample()).startswith("Practice opponents in all")
    assert practice(Entered()).startswith("A few")


def test_a_game_that_is_entered_has_room_for_a_crowd_unless_one_says_otherwise() -> None:
    seats = NewMatch(Entered()).fields["seats"]
    assert (seats.initial, seats.label) == (24, "Players at most")
    assert NewMatch(Sample()).fields["seats"].initial == 2


def test_a_game_of_two_is_not_asked_how_many_play() -> None:
    assert "seats" not in NewMatch(newest("connect-four")).fields


def test_a_game_without_a_board_of_its_own_gets_the_generic_one() -> None:
    assert board_of(Sample()).element == "board-generic"
    assert board_of(Sample()).start == '{"turn":0}'


@pytest.mark.parametrize("name", ["connect-four", "tic-tac-toe"])
def test_a_game_with_a_board_of_its_own_gets_it(name: str) -> None:
    assert board_of(newest(name)).element == f"board-{name}"


def test_a_form_renders_every_field() -> None:
    text = Template("{% for field in form %}{{ field }}{% endfor %}").render(Context({"form": NewMatch(Sample())}))
    assert all(f'name="option_{name}"' in text for name in ("size", "pace", "lives", "wrap", "motto"))


@pytest.mark.parametrize(
    ("changes", "rated"),
    [
        ({"clock": "3+2"}, True),
        ({"clock": ""}, False),
        ({"clock": "3+2", "opponent": "practice"}, False),
    ],
)
def test_a_match_is_rated_with_a_clock_and_against_people(changes: dict[str, Any], rated: bool) -> None:
    """The box is hidden elsewhere, and may have been ticked before."""
    form = filled(rated="on", **changes)
    assert form.is_valid(), form.errors
    assert form.choices()["rated"] is rated


def test_a_match_that_people_enter_and_leave_offers_no_rating() -> None:
    assert "rated" not in NewMatch(newest("arena")).fields
    assert "rated" in NewMatch(newest("light-cycles")).fields
