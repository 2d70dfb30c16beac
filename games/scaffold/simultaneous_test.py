"""New game: what it must do beyond the laws that every game keeps."""

from games.scaffold.simultaneous import NewGame
from games.testing import Table


def test_the_higher_number_scores() -> None:
    table = Table(NewGame()).play(5, 3)
    assert table.view()["scores"] == [5, 0]


def test_a_number_that_is_lower_by_one_scores_both() -> None:
    table = Table(NewGame()).play(4, 3)
    assert table.view()["scores"] == [0, 7]


def test_nobody_learns_of_a_number_before_both_have_chosen() -> None:
    table = Table(NewGame()).play(5)
    assert table.turns == (1,)
    assert table.view(1)["chosen"] == []


def test_the_match_ends_at_the_target() -> None:
    table = Table(NewGame(), options={"target": 5}).play(1, 1, 5, 1)
    table.assert_result(2, 0, reason="points")
