"""The fold of the clocks alone, against how FIDE, lichess and clock makers define each control."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from games.host import clock as clocks
from games.host.clock import Clock, Control, Fall, Kind
from games.host.lag import AT_ONCE_MS, FIRST_MS, GAIN_MS, STORE_MS, Lag

MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000

FISCHER = Control("fischer", MINUTE_MS, 1000)
SUDDEN = Control("fischer", MINUTE_MS)
DELAY = Control("delay", MINUTE_MS, 5000)
BRONSTEIN = Control("bronstein", MINUTE_MS, 5000)
PER_MOVE = Control("move", 30_000)
CORRESPONDENCE = Control("correspondence", DAY_MS)


def forgiven_ms(lag: Lag, seat: int, claimed_ms: int | None) -> int:
    """What a move that counts is forgiven."""
    forgiven = lag.forgivable_ms(seat, claimed_ms)
    lag.forgive(seat, forgiven)
    return forgiven


def played(control: Control, used_ms: list[int]) -> int | str:
    """What seat 0 has left when it has answered after so many milliseconds each time (seat 1 answers at once), or that
    its flag fell."""
    clock, at_ms = clocks.turn(control, clocks.begin(control, 2), [0], 0), 0
    for used in used_ms:
        fall = clocks.flag(control, clock)
        assert fall is not None
        if at_ms + used >= fall.at_ms:
            return "flag"
        at_ms += used
        for seat in (0, 1):
            clock = clocks.turn(control, clocks.answer(clock, seat, at_ms), [1 - seat], at_ms)
    return clock.left[0]


# FIDE, Laws of Chess, glossary and 6.2: in cumulative mode extra time is received prior to each move, so their 59 + 1
# shows 60 at first and is our base of 60 seconds; in delay mode the main time runs down only when the fixed extra time
# is used up, and does not change for who answers within it.
# lichess (scalachess): the increment is added after each move in time; none for a move that comes too late.
# Clock makers, for Bronstein: what was used is given back after the move, at most the delay.
TABLE: list[tuple[str, Control, list[int], int | str]] = [
    ("lichess: the increment comes after the move", FISCHER, [30_000], 31_000),
    ("lichess: a last moment is a move in time", FISCHER, [30_000, 30_999], 1001),
    ("lichess: at zero the flag has fallen, and no increment saves it", FISCHER, [30_000, 31_000], "flag"),
    ("FIDE cumulative: who answers within the increment gains time", FISCHER, [400, 400, 400], MINUTE_MS + 1800),
    ("FIDE cumulative: 59 s and 1 s a move are used up after 60 s", FISCHER, [MINUTE_MS], "flag"),
    ("FIDE 6.2.1: without extra time all moves are made in the main time", SUDDEN, [20_000, 20_000], 20_000),
    ("and it ends with it", SUDDEN, [20_000, 20_000, 20_000], "flag"),
    ("FIDE delay: the main time does not change within the extra time", DELAY, [5000, 1, 4999], MINUTE_MS),
    ("FIDE delay: it runs down when the extra time has expired", DELAY, [6000, 35_000], 29_000),
    ("FIDE delay: extra time that was not used is lost", DELAY, [1, 64_999], 1),
    ("US delay: the flag falls when both are used up", DELAY, [65_000], "flag"),
    ("US delay: with nothing left the extra time still serves", DELAY, [64_999, 5000], 1),
    ("Bronstein: what was used comes back", BRONSTEIN, [3000], MINUTE_MS),
    ("Bronstein: at most the delay", BRONSTEIN, [30_000], 35_000),
    ("Bronstein: a last moment is a move in time", BRONSTEIN, [30_000, 34_999], 5001),
    ("Bronstein: it comes after the move, too late for this one", BRONSTEIN, [30_000, 35_000], "flag"),
    ("per move: every answer has its time anew", PER_MOVE, [29_999, 29_999, 29_999], 30_000),
    ("per move: and no more", PER_MOVE, [1, 30_000], "flag"),
    ("lichess correspondence: days for each move", CORRESPONDENCE, [DAY_MS - 1, 5, DAY_MS - 1], DAY_MS),
    ("lichess correspondence: the day is over", CORRESPONDENCE, [5, DAY_MS], "flag"),
]


@pytest.mark.parametrize(("control", "used_ms", "expected"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_a_clock_is_what_the_books_say(control: Control, used_ms: list[int], expected: int | str) -> None:
    assert played(control, used_ms) == expected


@pytest.mark.parametrize("wrong", [
    {"kind": "hourglass", "base_ms": MINUTE_MS},
    {"kind": "fischer", "base_ms": 999},
    {"kind": "fischer", "base_ms": 3 * HOUR_MS + 1},
    {"kind": "fischer", "base_ms": MINUTE_MS, "extra_ms": -1},
    {"kind": "fischer", "base_ms": MINUTE_MS, "extra_ms": 180_001},
    {"kind": "fischer", "base_ms": 60_000.5},
    {"kind": "fischer", "base_ms": True},
    {"kind": "fischer", "base_ms": "60000"},
    {"kind": "fischer"},
    {"kind": "fischer", "base_ms": MINUTE_MS, "moves": 40},
    {"kind": "move", "base_ms": MINUTE_MS, "extra_ms": 1},
    {"kind": "move", "base_ms": 3 * HOUR_MS + 1},
    {"kind": "correspondence", "base_ms": HOUR_MS - 1},
    {"kind": "correspondence", "base_ms": 14 * DAY_MS + 1},
    {"kind": "correspondence", "base_ms": DAY_MS, "extra_ms": 1},
])  # fmt: skip
def test_no_control_that_means_nothing_is_accepted(wrong: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(wrong, Control, strict=True)


# ── laws ────────────────────────────────────────────────────────────────────────────────────────────────

# A day of correspondence is the longest: all others are within it.
KINDS: tuple[Kind, ...] = ("fischer", "delay", "bronstein", "move", "correspondence")
controls = st.sampled_from(KINDS).flatmap(
    lambda kind: st.builds(
        Control,
        st.just(kind),
        st.integers(HOUR_MS, DAY_MS) if kind == "correspondence" else st.integers(1000, HOUR_MS),
        st.just(0) if kind in ("move", "correspondence") else st.integers(0, 60_000),
    )
)
SEATS = 3
# Who is asked next, after how long, and who of those asked has answered by then.
turns = st.tuples(
    st.sets(st.integers(0, SEATS - 1), min_size=1), st.integers(0, 2 * MINUTE_MS), st.sets(st.integers(0, 2))
)


def run(control: Control, asked_for: list[tuple[set[int], int, set[int]]]) -> list[tuple[int, Clock, Clock]]:
    """Turn after turn until a flag falls: when each ended, the clocks just before, and just after."""
    clock, at_ms, seen = clocks.begin(control, SEATS), 0, []
    for asked, used_ms, answering in asked_for:
        clock = clocks.turn(control, clock, sorted(asked), at_ms)
        fall = clocks.flag(control, clock)
        assert fall is not None
        if at_ms + used_ms >= fall.at_ms:
            break
        at_ms += used_ms
        before = clock
        for seat in sorted(asked & answering):
            before = clocks.answer(before, seat, at_ms)
        clock = clocks.turn(control, before, [], at_ms)
        seen.append((at_ms, before, clock))
    return seen


@given(controls, st.lists(turns, max_size=30))
def test_time_neither_appears_nor_gets_lost(control: Control, asked_for: list[Any]) -> None:
    """What a seat has is what it began with, less what it used, plus at most the extra time for each answer."""
    used, answers = [0] * SEATS, [0] * SEATS
    start_ms = 0
    for at_ms, before, after in run(control, asked_for):
        for seat in before.since:
            used[seat] += at_ms - start_ms
            answers[seat] += seat in before.answered
        start_ms = at_ms
        for seat, left in enumerate(after.left):
            if control.kind == "fischer":
                assert left == control.base_ms - used[seat] + control.extra_ms * answers[seat]
            elif control.kind in ("delay", "bronstein"):
                assert control.base_ms - used[seat] <= left <= control.base_ms
            else:
                assert 0 < left <= control.base_ms


@given(controls, st.lists(turns, max_size=30))
def test_who_is_not_asked_loses_nothing(control: Control, asked_for: list[Any]) -> None:
    for _, before, after in run(control, asked_for):
        idle = set(range(SEATS)) - set(before.since)
        assert all(after.left[seat] == before.left[seat] for seat in idle)


@given(controls, st.lists(turns, min_size=1, max_size=30))
def test_nobody_is_below_zero_before_a_flag_fell(control: Control, asked_for: list[Any]) -> None:
    for _, _, after in run(control, asked_for):
        assert min(after.left) > 0


@given(controls, st.sets(st.integers(0, 2), min_size=1), st.integers(0, 10**9))
def test_what_is_shown_runs_out_when_the_flag_falls(control: Control, asked: set[int], since_ms: int) -> None:
    clock = clocks.turn(control, clocks.begin(control, SEATS), sorted(asked), since_ms)
    fall = clocks.flag(control, clock)
    assert fall is not None
    for seat in fall.seats:
        assert clocks.left_ms(control, clock, seat, fall.at_ms - 1) == 1
        assert clocks.left_ms(control, clock, seat, fall.at_ms) == 0
        assert clocks.left_ms(control, clock, seat, fall.at_ms + 10**9) == 0


@given(controls, st.lists(turns, max_size=10))
def test_a_delay_that_is_never_used_up_equals_no_clock_at_all(control: Control, asked_for: list[Any]) -> None:
    """For delay and Bronstein: who always answers within the extra time keeps all of the base."""
    if control.kind not in ("delay", "bronstein"):
        return
    quick = [
        (asked, min(used_ms, control.extra_ms, control.base_ms - 1), set(asked)) for asked, used_ms, _ in asked_for
    ]
    for _, _, after in run(control, quick):
        assert after.left == (control.base_ms,) * SEATS


@given(controls, st.lists(turns, max_size=20))
def test_clocks_survive_encoding(control: Control, asked_for: list[Any]) -> None:
    for _, before, after in run(control, asked_for):
        for one in (before, after):
            assert msgspec.json.decode(msgspec.json.encode(one), type=Clock) == one


def test_several_clocks_run_at_once_and_the_first_to_run_out_falls() -> None:
    clock = clocks.turn(SUDDEN, Clock((9000, 5000, 7000)), [0, 1, 2], 100)
    assert clocks.flag(SUDDEN, clock) == Fall(5100, (1,))
    assert clocks.flag(SUDDEN, clocks.answer(clock, 1, 5099)) == Fall(7100, (2,))


def test_flags_that_fall_together_are_one_event() -> None:
    clock = clocks.turn(PER_MOVE, clocks.begin(PER_MOVE, 3), [0, 2], 100)
    assert clocks.flag(PER_MOVE, clock) == Fall(30_100, (0, 2))


def test_no_flag_falls_while_nobody_is_asked_or_all_have_answered() -> None:
    begun = clocks.begin(SUDDEN, 2)
    assert clocks.flag(SUDDEN, begun) is None
    asked = clocks.turn(SUDDEN, begun, [0, 1], 0)
    assert clocks.flag(SUDDEN, clocks.answer(clocks.answer(asked, 0, 1), 1, 2)) is None
    assert clocks.flag(SUDDEN, clocks.standing(asked)) is None


# ── lag ─────────────────────────────────────────────────────────────────────────────────────────────────


@given(st.lists(st.one_of(st.none(), st.integers(0, HOUR_MS)), max_size=200))
def test_what_is_forgiven_never_exceeds_the_quota(claims: list[int | None]) -> None:
    lag, total = Lag(1), 0
    for moves, claimed in enumerate(claims, 1):
        most = lag.allowance_ms(0)
        forgiven = forgiven_ms(lag, 0, claimed)
        total += forgiven
        assert 0 <= forgiven <= min(claimed or 0, most, AT_ONCE_MS)
        assert total <= FIRST_MS + GAIN_MS * (moves - 1)


def test_an_honest_lag_of_a_fifth_of_a_second_is_always_forgiven() -> None:
    lag = Lag(2)
    assert [forgiven_ms(lag, 1, 200) for _ in range(500)] == [200] * 500


def test_quick_moves_save_up_for_one_that_is_held_up() -> None:
    lag = Lag(1)
    for _ in range(100):
        forgiven_ms(lag, 0, 0)
    assert [forgiven_ms(lag, 0, HOUR_MS) for _ in range(4)] == [AT_ONCE_MS, AT_ONCE_MS, 2 * GAIN_MS, GAIN_MS]
    assert STORE_MS == 2 * AT_ONCE_MS


def test_one_seats_lag_costs_no_other() -> None:
    lag = Lag(2)
    forgiven_ms(lag, 0, HOUR_MS)
    assert (lag.allowance_ms(0), lag.allowance_ms(1)) == (GAIN_MS, FIRST_MS)
