"""Who plays whom, by laws that hold for any crowd, and a few examples that explain. No database."""

from __future__ import annotations

import random
import time
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from games.finding import waits
from games.finding.pairing import (
    ANYONE,
    ANYONE_MS,
    LOOKED_AT,
    PER_S,
    RECENT_MS,
    WINDOW,
    Group,
    Unit,
    groups,
    quality,
    suit,
    window,
)


def unit(number: int, rating: int = 1500, wait_s: float = 0, **facts: object) -> Unit:
    facts = {"players": (number * 10,), "deviation": 60} | facts
    return Unit(id=number, rating=rating, wait_ms=round(wait_s * 1000), **facts)


@st.composite
def crowds(draw: st.DrawFn, *, largest: int = 1) -> list[Unit]:
    """Up to forty seeks of one to `largest` players, each of whom may have blocked or just met others."""
    sizes = draw(st.lists(st.integers(1, largest), max_size=40))
    everyone = list(range(sum(sizes)))
    some = st.frozensets(st.sampled_from(everyone), max_size=3) if everyone else st.just(frozenset())
    units, start = [], 0
    for number, size in enumerate(sizes):
        players = tuple(everyone[start : start + size])
        start += size
        units.append(
            Unit(
                id=number,
                players=players,
                rating=draw(st.integers(600, 2900)),
                deviation=draw(st.integers(30, 350)),
                wait_ms=draw(st.integers(0, 90_000)),
                blocked=draw(some).difference(players),
                recent=draw(some).difference(players),
                practice=draw(st.booleans()),
            )
        )
    return units


@given(crowds(largest=3), st.integers(2, 6))
def test_nobody_is_at_two_tables_or_at_one_with_whom_they_do_not_suit(crowd: list[Unit], seats: int) -> None:
    crowd = [one for one in crowd if len(one.players) <= seats]
    by_id = {one.id: one for one in crowd}
    found = groups(crowd, seats)
    seated = [seek for group in found for seek in group.seeks]
    assert len(seated) == len(set(seated))
    for group in found:
        table = [by_id[seek] for seek in group.seeks]
        players = [player for one in table for player in one.players]
        assert len(players) == len(set(players))
        assert len(players) + group.practice == seats, "a party sits together, and the table is full"
        assert all(suit(one, other) for one, other in combinations(table, 2))
        for one, other in combinations(table, 2):
            reach = (window(one.wait_ms, one.deviation) + window(other.wait_ms, other.deviation)) / 2
            assert abs(one.rating - other.rating) <= reach
            assert not one.blocked & set(other.players)
            assert not other.blocked & set(one.players)
        if group.practice:
            assert all(one.practice for one in table), "bots only where everyone agreed and has waited"


@given(crowds())
def test_two_who_suit_are_never_both_left_waiting(crowd: list[Unit]) -> None:
    left = {one.id for one in crowd} - {seek for group in groups(crowd, 2) for seek in group.seeks}
    waiting = [one for one in crowd if one.id in left]
    assert not any(suit(one, other) for one, other in combinations(waiting, 2))


@given(crowds(largest=3), st.integers(2, 5), st.randoms())
def test_the_same_people_are_brought_together_the_same_way_in_whatever_order_they_are_read(
    crowd: list[Unit], seats: int, chance: random.Random
) -> None:
    crowd = [one for one in crowd if len(one.players) <= seats]
    shuffled = chance.sample(crowd, len(crowd))
    assert groups(crowd, seats) == groups(shuffled, seats)


@given(crowds())
def test_who_has_waited_a_minute_gets_anybody_who_is_there_and_not_kept_away(crowd: list[Unit]) -> None:
    plain = [Unit(one.id, one.players, one.rating, one.deviation, one.wait_ms) for one in crowd]
    seated = {seek for group in groups(plain, 2) for seek in group.seeks}
    left_old = [one for one in plain if one.wait_ms >= ANYONE_MS and one.id not in seated]
    assert len(left_old) <= 1
    assert not left_old or len(seated) == len(plain) - 1, "alone, or the odd one out"


@given(st.integers(0, 59_999), st.integers(0, 59_999), st.integers(0, 350))
def test_windows_only_widen(one_ms: int, other_ms: int, deviation: int) -> None:
    early, late = sorted((one_ms, other_ms))
    assert WINDOW <= window(early, deviation) <= window(late, deviation) < window(ANYONE_MS, deviation) == ANYONE


def test_windows_are_what_the_handbook_says() -> None:
    assert window(0, 60) == WINDOW + 30
    assert window(30_000, 60) == WINDOW + 30 + 30 * PER_S == 280


def test_the_oldest_chooses_first_and_takes_the_nearest() -> None:
    old = unit(1, 1500, wait_s=9)
    assert groups([unit(3, 1540), old, unit(2, 1490), unit(4, 1500, wait_s=8)], 2) == [Group((1, 4)), Group((2, 3))]


def test_those_who_just_met_see_somebody_new_first_and_each_other_later() -> None:
    def pair(wait_s: float) -> list[Unit]:
        return [unit(1, wait_s=wait_s, recent=frozenset({20})), unit(2, wait_s=wait_s)]

    assert groups(pair(1), 2) == []
    assert groups([*pair(1), unit(3, 1600)], 2) == [Group((1, 3))]
    assert groups(pair(RECENT_MS / 1000), 2) == [Group((1, 2))]


def test_a_party_sits_together_and_others_fill_its_table_exactly() -> None:
    three = unit(1, wait_s=5, players=(1, 2, 3))
    two, other_two = unit(2, players=(4, 5)), unit(3, players=(6, 7))
    assert groups([three, two, other_two], 4) == [Group((2, 3))], "nobody is alone, so the three wait"
    assert groups([three, two, other_two, unit(4, 1550)], 4)[0] == Group((1, 4))


def test_where_the_nearest_do_not_fill_the_table_others_do() -> None:
    seed = unit(1, wait_s=5)
    three, two, other_two = (
        unit(2, 1501, players=(2, 3, 4)),
        unit(3, 1510, players=(5, 6)),
        unit(4, 1520, players=(7, 8)),
    )
    assert groups([seed, three, two, other_two], 5) == [Group((1, 3, 4))]


def test_practice_opponents_fill_the_table_of_those_who_agreed_and_waited() -> None:
    agreed = [unit(1, wait_s=16, practice=True), unit(2, wait_s=15, practice=True)]
    assert groups([*agreed, unit(3)], 4) == [Group((1, 2), practice=2)]
    assert groups(agreed[:1], 2) == [Group((1,), practice=1)]


def test_someone_whom_all_their_neighbours_have_blocked_is_looked_at_and_passed_over() -> None:
    hated = unit(0, wait_s=59)
    others = [unit(number, blocked=frozenset({0})) for number in range(1, 2 * LOOKED_AT + 20)]
    found = groups([hated, *others], 2)
    assert all(0 not in group.seeks for group in found)
    assert len(found) == len(others) // 2


def test_ten_thousand_are_brought_together_in_far_less_than_a_second() -> None:
    chance = random.Random(7)
    crowd = [unit(number, round(chance.gauss(1500, 300)), chance.uniform(0, 50)) for number in range(10_000)]
    began = time.process_time()
    found = groups(crowd, 2)
    assert time.process_time() - began < 1, "50 ms on a quiet core; this bound is for a busy one"
    assert len(found) > 4_900
    by_id = {one.id: one for one in crowd}
    assert sorted(quality([by_id[seek] for seek in group.seeks]) for group in found)[len(found) * 95 // 100] < 20


def test_an_estimate_is_the_median_of_the_last_hour_and_silent_without_enough() -> None:
    now = 1_000_000
    few = waits.added([], now, 4000, 8000)
    assert waits.estimate_ms(few, now) is None
    enough = waits.added(few, now, 60_000)
    assert waits.estimate_ms(enough, now) == 8000
    assert waits.estimate_ms(enough, now + waits.FRESH_S + 1) is None
    assert len(waits.added(enough, now, *range(100))) == waits.KEPT
