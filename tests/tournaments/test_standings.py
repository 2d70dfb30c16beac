"""Tie-breaks against a small tournament whose figures were worked out by hand, and the fold's promises."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tournaments.kit import Virtual, by_chance
from tournaments.formats.entries import DRAW, LOSS, WIN, Board, Finish, Line, PlayerId, Result, read, text
from tournaments.formats.fold import ABSENT_AT_MOST, folded
from tournaments.formats.standings import standings


def four() -> Virtual:
    """a beats b, draws c, loses to d; b beats c, draws d; c and d draw: 3, 3, 2, 4 halves."""
    wanted = {
        frozenset("01"): "0",
        frozenset("02"): "",
        frozenset("03"): "3",
        frozenset("12"): "1",
        frozenset("13"): "",
        frozenset("23"): "",
    }

    def decide(board: Board) -> tuple[int, int]:
        numbers = [one[-1] for one in board.players]
        won = wanted[frozenset(numbers)]
        return (DRAW, DRAW) if not won else (WIN, LOSS) if numbers[0] == won else (LOSS, WIN)

    made = Virtual(4, format="round_robin")
    made.played_out(decide)
    return made


def test_a_round_robin_breaks_ties_by_meeting_wins_and_sonneborn_berger() -> None:
    places = standings(four().fold)
    assert [(one.player[-1], one.points) for one in places] == [("3", 4), ("0", 3), ("1", 3), ("2", 2)]
    # 0 beat 1. Sonneborn-Berger of 0: all of 1's 3 twice, 2's 2 once.
    assert places[1].ties == (2, 1, 2 * 3 + 1 * 2)
    assert places[2].ties == (0, 1, 2 * 2 + 1 * 4)


def test_buchholz_counts_a_free_round_as_one_against_oneself() -> None:
    made = Virtual(3, format="swiss", rounds=2)
    made.played_out(lambda board: (WIN, LOSS) if board.players[0] < board.players[1] else (LOSS, WIN))
    free_first = made.fold.players[PlayerId("p002")]
    assert free_first.history[0].opponent is None
    line = next(one for one in standings(made.fold) if one.player == "p002")
    opponent = made.fold.players[free_first.history[1].opponent or PlayerId("")]
    assert line.ties[0] == free_first.points + opponent.points


@given(st.sampled_from(["arena", "swiss", "round_robin"]), st.integers(2, 12), st.integers(0, 10**6))
@settings(max_examples=30, deadline=None)
def test_a_log_folds_to_the_same_from_its_stored_text(format_: str, count: int, seed: int) -> None:
    made = Virtual(count, format=format_, rounds=4, minutes=5)
    made.played_out(by_chance(seed))
    again = folded(Line(line.n, line.at_ms, read(text(line.body))) for line in made.lines)
    assert again.__dict__ == made.fold.__dict__
    assert standings(again) == standings(made.fold)


def test_a_line_out_of_order_and_a_second_result_are_refused() -> None:
    made = Virtual(2, format="arena", minutes=60)
    made.go_on()
    (board,) = made.fold.open
    made.write(Result(board.match, (WIN, LOSS)))
    with pytest.raises(ValueError, match="has a result already"):
        made.write(Result(board.match, (WIN, LOSS)))
    with pytest.raises(ValueError, match="cannot follow"):
        made.fold.apply(Line(99, 0, Finish()))


def test_who_does_not_come_to_two_matches_running_is_withdrawn() -> None:
    made = Virtual(4, format="swiss", rounds=5)
    for _ in range(ABSENT_AT_MOST):
        made.go_on()
        for board in made.fold.open:
            seat = board.players.index(PlayerId("p003")) if "p003" in board.players else None
            points = (WIN, LOSS) if seat != 0 else (LOSS, WIN)
            made.write(
                Result(board.match, points, "absent" if seat is not None else "played", () if seat is None else (seat,))
            )
        made.now_ms += 11_000
    made.go_on()
    assert made.fold.players[PlayerId("p003")].withdrawn == "absent"


def test_two_players_are_needed() -> None:
    made = Virtual(1, format="swiss", rounds=3)
    made.go_on()
    assert (made.fold.status, made.fold.why) == ("cancelled", "few")


def test_a_match_that_nobody_is_to_blame_for_is_half_a_point_each_in_rounds_and_nothing_in_an_arena() -> None:
    for format_, points in (("swiss", 1), ("arena", 0)):
        made = Virtual(2, format=format_, rounds=3, minutes=60)
        made.go_on()
        made.write(Result(made.fold.open[0].match, (LOSS, LOSS), "void"))
        assert {one.points for one in made.fold.players.values()} == {points}
