"""New game: what it must do beyond the laws that every game keeps."""

from games.scaffold.turn import NewGame, State
from games.testing import Table


def test_whoever_reaches_the_target_wins() -> None:
    table = Table(NewGame(), options={"target": 5}).play(3, 2)
    table.assert_result(0, 2, reason="target")


def test_nobody_goes_beyond_the_target() -> None:
    table = Table(NewGame()).put(State(21, total=20))
    assert table.moves(0) == [1]
    table.assert_refused(0, 2)


def test_seats_move_in_turn() -> None:
    table = Table(NewGame()).play(1)
    table.assert_refused(0, 1, code="not_your_turn")
    assert table.view()["total"] == 1
