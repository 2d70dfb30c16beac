"""Liar's dice: bids that grow, doubts that cost a die, and cups that stay closed."""

from games.testing import Table, simulate

from madang_liars_dice.rules import Bid, LiarsDice, Shown, State

# Three sixes in all: one under each of the first two cups, and one more under the first.
CUPS = ((6, 6), (2, 6), (3,))


def test_a_bid_must_be_higher_than_the_one_before() -> None:
    table = Table(LiarsDice(), options={"dice": 2}).play(Bid(2, 3))
    table.assert_refused(1, Bid(2, 3))
    table.assert_refused(1, Bid(1, 6))
    table.play(Bid(2, 4), Bid(3, 1))


def test_nobody_doubts_before_there_is_a_bid() -> None:
    Table(LiarsDice()).assert_refused(0, "doubt")


def test_nobody_bids_more_dice_than_there_are() -> None:
    table = Table(LiarsDice(), options={"dice": 2})
    table.assert_refused(0, Bid(5, 1))
    table.play(Bid(4, 6))
    assert table.moves(1) == ["doubt"]


def test_who_doubts_a_bid_that_holds_loses_a_die_and_begins() -> None:
    table = Table(LiarsDice(), seats=3).put(State(CUPS)).play(Bid(3, 6), "doubt")
    assert table.view()["dice"] == [2, 1, 1]
    assert table.state.mover == 1
    assert table.state.shown == Shown(CUPS, Bid(3, 6), loser=1)


def test_who_bids_too_much_loses_a_die() -> None:
    table = Table(LiarsDice(), seats=3).put(State(CUPS)).play(Bid(4, 6), "doubt")
    assert table.view()["dice"] == [1, 2, 1]


def test_a_seat_without_dice_is_asked_no_more_and_the_last_one_wins() -> None:
    table = Table(LiarsDice(), seats=3).put(State(((1,), (2,), (3,)))).play(Bid(3, 6), "doubt")
    assert table.turns == (1,)
    table.play(Bid(2, 6), "doubt")
    table.assert_result(0, 0, 2, reason="last-dice")


def test_a_cup_is_seen_by_its_own_seat_alone_until_it_is_lifted() -> None:
    table = Table(LiarsDice(), seats=3).put(State(CUPS))
    assert [table.view(seat)["own"] for seat in (0, 1, 2, None)] == [[6, 6], [2, 6], [3], None]
    table.play(Bid(4, 6), "doubt")
    assert table.view()["shown"]["cups"] == [[6, 6], [2, 6], [3]]


def test_who_leaves_takes_the_dice_along_and_the_others_begin_anew() -> None:
    table = Table(LiarsDice(), seats=3).play(Bid(1, 1))
    table.resign(1)
    assert table.view()["dice"] == [5, 0, 5]
    assert table.view()["bid"] is None
    table.resign(0)
    table.assert_result(0, 0, 2, reason="last-dice")


def test_it_plays_over_a_bad_network() -> None:
    assert simulate(LiarsDice(), seed=2, seats=3, options={"dice": 2}).result
