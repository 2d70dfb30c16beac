"""The load of real time: how late a frame is, courses that last, and riders that steer by the frames they get."""

from __future__ import annotations

from itertools import pairwise

import pytest

from bench import riders
from bench.speeches import Colyseus, Madang
from bench.ticking import RIDERS, Match, Rider, Tally, lateness, unevenness
from games.rules.base import Env
from games.rules.light_cycles import LightCycles, Options

PERIOD_S = 1 / 30


class FakeSocket:
    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def send(self, whole_frame: bytes) -> None:
        self.sent.append(whole_frame)


def test_a_frame_is_late_by_what_it_misses_of_the_earliest_schedule() -> None:
    late, moved = lateness([5.0, 5.004, 5.001, 5.1, 5.0], PERIOD_S)
    assert late == pytest.approx([0, 0.004, 0.001, 0.1, 0])
    assert moved == 0


def test_a_schedule_that_begins_anew_is_counted_and_not_held_against_all_that_follows() -> None:
    late, moved = lateness([5.0, 5.2, 5.0 + 3 * PERIOD_S, 5.002 + 3 * PERIOD_S], PERIOD_S)
    assert late == pytest.approx([0, 0.2 - 3 * PERIOD_S, 0, 0.002])
    assert moved == 3


def test_a_drift_below_a_period_stays_lateness() -> None:
    late, moved = lateness([5.0, 5.01, 5.02], PERIOD_S)
    assert late == pytest.approx([0, 0.01, 0.02])
    assert moved == 0


def test_no_frames_are_not_late() -> None:
    assert lateness([], PERIOD_S) == ([], 0)


def lasting(options: Options, seats: int, course: dict[tuple[int, int], object]) -> list[float]:
    """The seconds at which rounds are decided, when every rider keeps to its course."""
    rules, env = LightCycles(), Env(seed=b"", n=0, ms=0)
    state, ends, ticks = rules.setup(options, seats, env), list[float](), 0
    while rules.result(state) is None:
        before, at = state, state.tick + 1
        state = rules.step(state, {s: course[s, at] for s in range(seats) if (s, at) in course}, env)
        ticks += 1
        if state.ended is not None and before.ended is None:
            ends.append(ticks / riders.HZ)
    return ends


def test_rows_last_for_more_than_twenty_seconds_even_one_tick_late() -> None:
    for delay in (1, 2):
        course = {}
        for seat in range(RIDERS):
            for tick, ways in riders.rows(seat):
                for number, way in enumerate(ways):
                    course[seat, tick + delay + number] = way
        ends = lasting(Options(rounds=5), RIDERS, course)
        assert len(ends) == 5
        assert all(after - before > 25 for before, after in pairwise(ends))


def test_halves_last_for_more_than_twenty_minutes() -> None:
    course = {(seat, tick): way for seat in range(2) for tick, way in riders.halves(seat)}
    assert lasting(Options(**riders.LONG), 2, course)[-1] > 20 * 60


def test_a_rider_steers_by_the_ticks_of_the_round_and_counts_within_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    tally = Tally()
    tally.window = (10.0, 20.0)
    rider, socket = Rider(0, Match(tally), Madang()), FakeSocket()
    rider.socket = socket  # type: ignore[assignment]
    first, ways = next(riders.rows(0))
    for now_s in (9.0, 11.0):  # the second time in the next round
        monkeypatch.setattr("bench.ticking.time.monotonic", lambda now_s=now_s: now_s)
        start = 4 if now_s < 10 else 1000
        if start == 1000:
            rider.heard(b'[1000,{"t":0,"w":[],"p":"0000","n":2}]')
        rider.heard(b'[%d,{"t":1}]' % (start + first - 1))
        assert len(socket.sent) == (0 if start == 4 else 2)
        rider.heard(b'[%d,{"t":1}]' % (start + first))
    assert [one[6:] for one in socket.sent] == [
        b'{"type":"move","c":%d,"m":"%s"}' % (c + 1, ways[c % 2].encode()) for c in range(4)
    ]
    assert (tally.frames, tally.sent) == (3, 2)
    rider.heard(b'{"type":"over","v":9}')
    assert tally.ills == ['{"type":"over","v":9}']


def test_a_pace_that_drifts_is_judged_from_frame_to_frame() -> None:
    ticks = [5 + 0.002 * tick + (0.02 if tick >= 50 else 0) for tick in range(100)]
    late = unevenness([one for one in ticks for _ in range(RIDERS)])
    assert max(late) == pytest.approx(0.02, abs=0.001)
    assert sum(one > 0.001 for one in late) == RIDERS
    assert unevenness([]) == []


def test_ticks_of_colyseus_count_on_over_rounds_and_what_tells_none_is_no_tick() -> None:
    speech = Colyseus()
    assert [speech.tick(bytes([15, 0, *number.to_bytes(2, "little")])) for number in (1, 2, 300)] == [1, 2, 300]
    assert speech.tick(bytes([15, 128, 0, 0, 1, 2])) == 301
    assert (speech.round_at, speech.tick(bytes([15, 0, 1, 0]))) == (301, 302)
    assert speech.tick(b"\x0e\x80\x05\x00") == -1
    assert speech.answer(b"\x0ahandshake")[-1:] == b"\x0a"
    assert speech.answer(b"\x0estate") == b""
    assert speech.ill(b"\x0bno")
