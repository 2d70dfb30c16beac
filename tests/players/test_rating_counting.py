"""Which matches count, and the book of a pool: each rule, and that two ways of keeping the book agree."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from players.ratings.book import Book, Line
from players.ratings.counting import DAY_MS, MOST_MEETINGS, Played, Seated, Why, periods_away, why_not
from players.ratings.scale import Standing

WON, LOST = 2, 0


def duel(seq=1, one=1, other=2, at_ms=0, **facts):
    seats = (Seated(one, 0, WON), Seated(other, 1, LOST))
    return Played(seq, at_ms, seats, **({"steps": 9} | facts))


def never(one, other):
    return 0


def test_a_plain_match_counts():
    assert why_not(duel(), never) is None


@pytest.mark.parametrize(
    ("played", "why"),
    [
        (duel(aborted=True), Why.ABORTED),
        (replace(duel(), seats=(Seated(1, 0, None), Seated(2, 1, None))), Why.ABORTED),
        (replace(duel(), seats=(Seated(1, 0, WON), Seated(None, 1, LOST, bot=True))), Why.BOTS),
        (replace(duel(), seats=(Seated(1, 0, WON), Seated(None, 1, LOST))), Why.UNKNOWN),
        (replace(duel(), seats=(Seated(1, 0, WON), Seated(2, 0, WON))), Why.ALONE),
        (duel(steps=1), Why.SHORT),
        (duel(live=True, steps=80, lasted_ms=2999), Why.SHORT),
    ],
)
def test_what_does_not_count_says_why(played, why):
    assert why_not(played, never) is why


@pytest.mark.parametrize(
    "played", [duel(steps=2), duel(steps=None), duel(live=True, steps=0, lasted_ms=3000)], ids=["steps", "old", "live"]
)
def test_what_was_really_played_counts(played):
    assert why_not(played, never) is None


def test_the_same_two_count_so_often_within_a_day_and_again_later():
    book = Book()
    whys = [book.rate(duel(seq, at_ms=seq)).why for seq in range(1, MOST_MEETINGS + 3)]
    assert whys == [None] * MOST_MEETINGS + [Why.REPEATED] * 2
    assert book.lines[1].matches == MOST_MEETINGS
    assert book.rate(duel(99, one=1, other=3, at_ms=99)).why is None
    # The first two of the ten are a day old.
    assert [book.rate(duel(100 + n, at_ms=DAY_MS + 2)).why for n in range(3)] == [None, None, Why.REPEATED]


def test_two_who_have_met_too_often_do_not_count_in_a_larger_company_either():
    book = Book()
    for seq in range(MOST_MEETINGS):
        book.rate(duel(seq + 1))
    trio = tuple(Seated(player, seat, 2 - seat) for seat, player in enumerate((1, 2, 3)))
    assert book.rate(Played(99, 0, trio, steps=9)).why is Why.REPEATED


def test_a_match_between_two_moves_both_lines_and_no_other():
    book = Book({3: Line(Standing(1700, 80))})
    rated = book.rate(duel())
    assert rated.before == {1: Line(), 2: Line()}
    assert rated.after[1].standing.rating > 1500 > rated.after[2].standing.rating
    assert {**rated.after, 3: Line(Standing(1700, 80))} == book.lines


def test_absence_is_reckoned_before_the_match_by_whole_periods_of_five_days():
    assert [periods_away(0, days * DAY_MS) for days in (0, 4, 5, 9, 365)] == [0, 0, 1, 1, 73]
    assert periods_away(None, 10**15) == 0
    known = Line(Standing(1500, 60), matches=50, last_ms=0, last_seq=1)
    soon, late = (Book({1: known, 2: known}).rate(duel(2, at_ms=at)).after[1] for at in (DAY_MS, 365 * DAY_MS))
    assert late.standing.rating > soon.standing.rating


def test_several_are_ranked_as_one_company():
    seats = tuple(Seated(player, seat, score) for seat, (player, score) in enumerate([(1, 3), (2, 1), (3, 1), (4, 0)]))
    after = Book().rate(Played(1, 0, seats, live=True, lasted_ms=60_000)).after
    first, second, third, last = (after[player].standing.rating for player in (1, 2, 3, 4))
    assert first > second == third > last


def test_partners_rise_and_fall_together():
    seats = tuple(Seated(player, player % 2, WON if player % 2 else LOST) for player in (1, 2, 3, 4))
    after = Book().rate(Played(1, 0, seats, steps=9)).after
    assert after[1].standing == after[3].standing > after[2].standing == after[4].standing


def test_after_a_reset_a_player_is_new_but_whom_they_met_is_known():
    book = Book()
    for seq in range(1, MOST_MEETINGS + 1):
        book.rate(duel(seq))
    book.reset(1)
    assert 1 not in book.lines
    assert book.rate(duel(99)).why is Why.REPEATED
    assert book.rate(duel(100, one=1, other=3)).after[1].matches == 1
