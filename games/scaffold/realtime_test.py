"""New game: what it must do beyond the laws that every game keeps."""

from games.scaffold.realtime import SIZE, NewGame, Options, Runner, State
from games.testing import Table, simulate


def test_a_runner_goes_on_until_it_is_told_another_way() -> None:
    table = Table(NewGame()).tick({0: "up"}).tick(count=9)
    before, after = 500, table.view()["p"]["0"][1]
    assert after == before - 10 * 12


def test_the_edge_of_the_field_stops_a_runner() -> None:
    table = Table(NewGame()).tick({0: "left"}).tick(count=40)
    assert table.view()["p"]["0"][0] == 0


def test_who_reaches_the_coin_has_it_and_another_appears() -> None:
    state = State(Options(), (Runner(500, 500), Runner(0, 0)), coin=(500, 510))
    table = Table(NewGame()).put(state).tick()
    assert table.view()["c"] == [1, 0]
    assert table.view()["at"] != [500, 510]


def test_enough_coins_win_at_once() -> None:
    state = State(Options(coins=2), (Runner(500, 500, coins=1), Runner(SIZE, 0)), coin=(500, 500))
    table = Table(NewGame()).put(state).tick()
    table.assert_result(2, 0, reason="coins")


def test_who_leaves_comes_last_and_the_others_play_on() -> None:
    table = Table(NewGame(), seats=3).tick()
    table.resign(1)
    assert table.result is None
    table.resign(2)
    table.assert_result(1, 0, 0, reason="coins")


def test_it_plays_over_a_bad_network() -> None:
    story = simulate(NewGame(), seed=1, seconds=10)
    assert story.steps > 200
