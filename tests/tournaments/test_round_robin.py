"""Round robin against the tables that FIDE prints (Handbook C.05, annex 1), and its laws for every size."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.tournaments.kit import Virtual, by_chance, the_lower_number
from tournaments.formats.entries import PlayerId, Withdraw
from tournaments.formats.round_robin import table
from tournaments.formats.standings import standings

BERGER = {
    4: "1-4 2-3 / 4-3 1-2 / 2-4 3-1",
    6: "1-6 2-5 3-4 / 6-4 5-3 1-2 / 2-6 3-1 4-5 / 6-5 1-4 2-3 / 3-6 4-2 5-1",
    8: "1-8 2-7 3-6 4-5 / 8-5 6-4 7-3 1-2 / 2-8 3-1 4-7 5-6 / 8-6 7-5 1-4 2-3 / 3-8 4-2 5-1 6-7 / 8-7 1-6 2-5 3-4 / "
    "4-8 5-3 6-2 7-1",
    10: "1-10 2-9 3-8 4-7 5-6 / 10-6 7-5 8-4 9-3 1-2 / 2-10 3-1 4-9 5-8 6-7 / 10-7 8-6 9-5 1-4 2-3 / "
    "3-10 4-2 5-1 6-9 7-8 / 10-8 9-7 1-6 2-5 3-4 / 4-10 5-3 6-2 7-1 8-9 / 10-9 1-8 2-7 3-6 4-5 / 5-10 6-4 7-3 8-2 9-1",
}


@pytest.mark.parametrize("count", BERGER)
def test_the_tables_are_those_of_berger(count: int) -> None:
    told = [" ".join(f"{first}-{second}" for first, second in pairs) for pairs in table(count)]
    assert " / ".join(told) == BERGER[count]


@pytest.mark.parametrize("count", range(2, 33))
def test_everyone_meets_everyone_once_and_seats_differ_by_one_at_most(count: int) -> None:
    rounds = table(count)
    assert len(rounds) == count - 1 + count % 2
    met = Counter(frozenset(pair) for pairs in rounds for pair in pairs)
    assert len(met) == count * (count - 1) // 2
    assert set(met.values()) <= {1}
    for pairs in rounds:
        assert len({who for pair in pairs for who in pair}) == 2 * len(pairs) == count - count % 2
    firsts = Counter(first for pairs in rounds for first, _second in pairs)
    assert all(abs(2 * firsts[who] - (count - 1)) <= 1 for who in range(1, count + 1))


def test_in_a_double_one_all_meet_twice_with_seats_exchanged() -> None:
    fold = Virtual(5, format="round_robin", double=True).played_out(by_chance())
    assert fold.status == "finished"
    assert len(fold.rounds) == 10
    met = Counter(pair for round_ in fold.rounds for pair in round_.pairs)
    assert len(met) == 20
    assert set(met.values()) == {1}


def test_who_withdraws_gives_the_points_that_are_left_away() -> None:
    tournament = Virtual(4, format="round_robin")
    tournament.go_on()
    tournament.decide(the_lower_number)
    tournament.write(Withdraw(PlayerId("p000")))
    fold = tournament.played_out(the_lower_number)
    assert [round_.walkovers for round_ in fold.rounds] == [(), (("p001", "p000"),), (("p002", "p000"),)]
    assert [(one.player, one.points) for one in standings(fold)] == [("p001", 6), ("p002", 4), ("p000", 2), ("p003", 0)]
