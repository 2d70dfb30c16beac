"""Swiss: no second meetings, small differences in points, balanced seats, free rounds for the lowest; against a search
through all pairings where the field is small."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tournaments.kit import Virtual, by_chance, the_lower_number
from tournaments.formats import swiss
from tournaments.formats.entries import WIN, PlayerId, Round, Withdraw
from tournaments.formats.fold import Fold
from tournaments.formats.standings import standings


def meetings(fold: Fold) -> Counter[frozenset[PlayerId]]:
    return Counter(frozenset(pair) for round_ in fold.rounds for pair in round_.pairs)


def differences(fold: Fold, pairs: list[tuple[PlayerId, PlayerId]]) -> tuple[int, ...]:
    """How many of each group of points meet somebody with fewer, the highest group first."""
    moved: Counter[int] = Counter()
    for one, other in pairs:
        mine, theirs = (fold.players[who].points for who in (one, other))
        if mine != theirs:
            moved[max(mine, theirs)] += 1
    highest = max((player.points for player in fold.players.values()), default=0)
    return tuple(moved[points] for points in range(highest, -1, -1))


def all_rounds(fold: Fold, players: list[PlayerId]) -> list[list[tuple[PlayerId, PlayerId]]]:
    if not players:
        return [[]]
    met = meetings(fold)
    one, *others = players
    return [
        [(one, other), *rest]
        for other in others
        if not met[frozenset((one, other))]
        for rest in all_rounds(fold, [who for who in others if who != other])
    ]


@given(st.integers(2, 8), st.integers(1, 6), st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_in_a_small_field_no_pairing_moves_fewer_down_from_the_top(count: int, rounds: int, seed: int) -> None:
    tournament = Virtual(count, format="swiss", rounds=15)
    decide = by_chance(seed)
    for _ in range(rounds):
        tournament.go_on()
        tournament.decide(decide)
        tournament.now_ms += 11_000
    fold = tournament.fold
    if fold.status != "running":
        return
    planned = swiss.plan(fold)
    here = [who for who in sorted(fold.players) if who not in planned.byes]
    every = all_rounds(fold, here)
    if not every:  # they have all met: second meetings are allowed
        assert any(meetings(fold)[frozenset(pair)] for pair in planned.pairs)
        return
    assert not any(meetings(fold)[frozenset(pair)] for pair in planned.pairs)
    best = min(differences(fold, pairs)[:1] for pairs in every)
    assert differences(fold, list(planned.pairs))[:1] == best


@given(st.integers(2, 40), st.integers(2, 9), st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_whatever_happens_nobody_plays_twice_in_a_round_or_meets_somebody_again(
    count: int, rounds: int, seed: int
) -> None:
    fold = Virtual(count, format="swiss", rounds=rounds).played_out(by_chance(seed))
    assert fold.status == "finished"
    assert len(fold.rounds) == rounds
    for round_ in fold.rounds:
        named = [who for pair in round_.pairs for who in pair] + list(round_.byes)
        assert sorted(named) == sorted(fold.players)
        assert len(round_.byes) == count % 2
    if count >= 2 * rounds + 2:
        assert max(meetings(fold).values()) == 1
    free = Counter(who for round_ in fold.rounds for who in round_.byes)
    assert max(free.values(), default=0) <= max(1, -(-rounds // count))


@pytest.mark.parametrize("seed", range(3))
def test_seats_stay_balanced(seed: int) -> None:
    fold = Virtual(60, format="swiss", rounds=9).played_out(by_chance(seed))
    for player in fold.players.values():
        seats = [one.seat for one in player.history if one.played]
        assert abs(seats.count(0) - seats.count(1)) <= 3
    level = [abs(sum(1 - 2 * one.seat for one in player.history)) for player in fold.players.values()]
    assert sum(one <= 1 for one in level) >= 54


def test_in_the_first_round_the_upper_half_meets_the_lower_one_and_first_seats_alternate() -> None:
    tournament = Virtual(8, format="swiss", rounds=3)
    tournament.go_on()
    assert tournament.fold.rounds[0].pairs == (("p000", "p004"), ("p005", "p001"), ("p002", "p006"), ("p007", "p003"))


def test_the_free_round_goes_to_the_lowest_who_has_had_none_and_is_worth_a_win() -> None:
    fold = Virtual(5, format="swiss", rounds=3).played_out(the_lower_number)
    assert fold.rounds[0].byes == ("p004",)
    assert len({round_.byes[0] for round_ in fold.rounds}) == 3
    assert all(one.points == WIN for p in fold.players.values() for one in p.history if one.opponent is None)


def test_the_stronger_come_out_on_top() -> None:
    fold = Virtual(64, format="swiss", rounds=6).played_out(the_lower_number)
    places = standings(fold)
    assert places[0].player == "p000"
    assert places[0].points == 12
    assert {one.player for one in places[:4]} <= {f"p{number:03}" for number in range(12)}


def test_who_has_withdrawn_is_not_paired() -> None:
    tournament = Virtual(6, format="swiss", rounds=3)
    tournament.go_on()
    tournament.decide(the_lower_number)
    tournament.write(Withdraw(PlayerId("p002")))
    tournament.now_ms += 11_000
    tournament.go_on()
    second = tournament.fold.rounds[1]
    assert isinstance(second, Round)
    assert "p002" not in {*second.byes, *(who for pair in second.pairs for who in pair)}
