"""Arena: near in points, nobody twice running, points double on a streak, the time decides."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tournaments.kit import Virtual
from tournaments.formats.arena import AGAIN_MS, CLOSED_MS, WAVE_MS
from tournaments.formats.entries import DRAW, LOSS, WIN, PlayerId, Result
from tournaments.formats.standings import standings


def arena(count: int = 2, **facts: object) -> Virtual:
    made = Virtual(count, **({"format": "arena", "minutes": 60} | facts))
    made.go_on()
    return made


def points_of(results: list[int], **facts: object) -> int:
    """What a player has after these results, in matches against the only other one."""
    made = arena(2, **facts)
    for points in results:
        (board,) = made.fold.open
        mine = board.players.index(PlayerId("p000"))
        made.write(Result(board.match, (points, 2 - points) if mine == 0 else (2 - points, points)))
        made.go_on()
    return made.fold.players[PlayerId("p000")].points


@pytest.mark.parametrize(
    ("results", "points"),
    [
        ([WIN], 2),
        ([DRAW], 1),
        ([LOSS], 0),
        ([WIN, WIN], 4),
        ([WIN, WIN, WIN], 8),
        ([WIN, WIN, DRAW], 6),
        ([WIN, WIN, DRAW, WIN], 8),
        ([WIN, WIN, LOSS, WIN], 6),
        ([WIN, DRAW, WIN], 5),
        ([WIN] * 4, 12),
    ],
)
def test_after_two_wins_running_points_double_until_a_match_is_not_won(results: list[int], points: int) -> None:
    assert points_of(results) == points


def test_without_streaks_points_are_what_they_are() -> None:
    assert points_of([WIN] * 4, streaks=False) == 8


def test_the_same_two_do_not_meet_twice_running_while_others_play() -> None:
    made = arena(4)
    first = made.fold.open[0]
    made.write(Result(first.match, (WIN, LOSS)))
    made.go_on()
    assert len(made.fold.open) == 1
    made.now_ms += AGAIN_MS
    made.go_on()
    assert set(made.fold.open[-1].players) == set(first.players)


def test_who_comes_free_waits_a_little_for_others_to_choose_from() -> None:
    made = arena(6)
    for board in made.fold.open[:2]:
        made.write(Result(board.match, (WIN, LOSS)))
    made.go_on()
    assert len(made.fold.open) == 1
    made.now_ms += WAVE_MS
    made.go_on()
    winners = {board.players[0] for board in list(made.fold.boards.values())[:2]}
    assert len(made.fold.open) == 3
    assert {frozenset(board.players) for board in made.fold.open} >= {frozenset(winners)}


def test_two_alone_meet_again_at_once() -> None:
    made = arena(2)
    made.write(Result(made.fold.open[0].match, (WIN, LOSS)))
    made.go_on()
    assert len(made.fold.open) == 1
    assert made.fold.open[0].players == tuple(reversed(next(iter(made.fold.boards.values())).players))


def test_who_is_not_here_is_not_paired() -> None:
    made = Virtual(4, format="arena", minutes=60)
    made.go_on(present={PlayerId("p000"), PlayerId("p002")})
    assert [set(board.players) for board in made.fold.open] == [{"p000", "p002"}]


def test_nobody_is_paired_shortly_before_the_end_and_what_is_still_played_does_not_count() -> None:
    made = arena(4)
    going, ended = made.fold.open
    made.now_ms = 60 * 60_000 - CLOSED_MS
    made.write(Result(ended.match, (WIN, LOSS)))
    made.go_on()
    assert made.fold.status == "running"
    assert made.fold.open == [going]
    made.now_ms = 60 * 60_000
    made.go_on()
    assert made.fold.status == "finished"
    assert [one.points for one in standings(made.fold)] == [2, 0, 0, 0]


def test_ties_go_to_more_wins_and_then_to_who_had_the_points_first() -> None:
    made = arena(4, streaks=False)
    one, other = made.fold.open
    made.write(Result(other.match, (WIN, LOSS)))
    made.write(Result(one.match, (LOSS, WIN)))
    first, second, *rest = standings(made.fold)
    assert (first.player, second.player) == (other.players[0], one.players[1])
    assert (first.place, second.place) == (1, 2)
    assert [place.place for place in rest] == [3, 3]


@given(st.integers(2, 30), st.integers(0, 10**6))
@settings(max_examples=25, deadline=None)
def test_whoever_comes_free_nobody_plays_twice_at_once_and_all_who_can_are_paired(count: int, seed: int) -> None:
    rng = random.Random(seed)
    made = arena(count)
    for _ in range(40):
        made.now_ms += 5_000
        for board in rng.sample(made.fold.open, rng.randint(0, len(made.fold.open))):
            made.write(Result(board.match, rng.choice([(WIN, LOSS), (DRAW, DRAW), (LOSS, WIN)])))
        made.go_on()
        made.now_ms += WAVE_MS
        made.go_on()
        busy = [who for board in made.fold.open for who in board.players]
        assert len(busy) == len(set(busy))
        free = [one for one in made.fold.players.values() if one.match is None]
        assert len(free) <= 1 or all(
            one.last == other.id or other.last == one.id for one in free for other in free if one is not other
        )
