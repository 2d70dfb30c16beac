"""The catalogue: found by name and edition, and refused at start-up where two games claim the same place."""

from __future__ import annotations

import pytest

from games.rules import catalog
from games.rules.base import Listed, Moves, Result, Rules, moves_of
from games.rules.connect_four import ConnectFour
from tests.rules.fair import Depths, Sticks


def test_games_are_found_by_name_and_by_edition() -> None:
    game = catalog.newest("connect-four")
    assert isinstance(game, ConnectFour)
    assert catalog.edition_of("connect-four", 1) is game
    assert game in catalog.all_newest()


def test_an_unknown_name_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(catalog.UnknownGame, match=r"no game named 'no-such'\. Known games: "):
        catalog.newest("no-such")


def test_an_unknown_edition_is_refused() -> None:
    with pytest.raises(catalog.UnknownGame, match="lacks edition 9 of the game 'connect-four'"):
        catalog.edition_of("connect-four", 9)


def test_two_games_of_one_name_and_edition_are_refused_with_both_their_places() -> None:
    twin = type("Twin", (Sticks,), {})()
    with pytest.raises(catalog.CatalogError, match=r"fair.Sticks and .*Twin are both edition 1 of 'sticks'"):
        catalog.by_edition([Sticks(), twin])


def test_editions_of_one_game_stand_side_by_side() -> None:
    newer: Rules = type("Newer", (Sticks,), {"edition": 2})()
    older = Sticks()
    assert catalog.by_edition([newer, older]) == {("sticks", 1): older, ("sticks", 2): newer}


def test_a_boolean_or_a_float_is_no_move_where_an_integer_is() -> None:
    moves = moves_of((0, 1))
    assert 1 in moves
    assert True not in moves
    assert 1.0 not in moves
    assert 2 not in moves


def test_tuples_become_moves_and_move_spaces_stay_as_they_are() -> None:
    assert isinstance(moves_of((1, 2)), Listed)
    space = Depths()
    assert moves_of(space) is space
    assert isinstance(moves_of((1,)), Moves)


def test_a_win_scores_two_for_one_side_and_a_draw_one_for_each() -> None:
    assert Result.win(1, 3, "line") == Result((0, 2, 0), "line")
    assert Result.draw(2, "full") == Result((1, 1), "full")
