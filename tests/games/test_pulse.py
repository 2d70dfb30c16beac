"""The pulse by a clock that is turned by hand: when a host stops believing in itself, and when in the others' death."""

from __future__ import annotations

import pytest

from games.driver.pulse import BEAT_S, PAUSE_S, TTL_S, Pulse


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pulse(clock: Clock) -> Pulse:
    return Pulse(clock)


def beat(pulse: Pulse, clock: Clock, *, times: int = 1, every_s: float = BEAT_S) -> None:
    for _ in range(times):
        clock.now += every_s
        pulse.beat(clock.now)
        pulse.renew(clock.now)


def test_the_bounds_leave_a_beat_between_the_pause_and_the_lease() -> None:
    assert BEAT_S * 3 <= TTL_S
    assert PAUSE_S + BEAT_S <= TTL_S


def test_it_lapses_four_seconds_after_the_last_renewal_was_sent(pulse: Pulse, clock: Clock) -> None:
    beat(pulse, clock)
    sent_s = clock.now
    clock.now += PAUSE_S
    assert not pulse.lapsed
    clock.now += 0.001
    assert pulse.lapsed
    assert not pulse.renew(sent_s + 0.0005), "an answer that was long on its way proves nothing"
    assert pulse.renew(clock.now)
    assert not pulse.lapsed


def test_a_fresh_host_expires_nobody_before_its_beats_have_lasted_a_ttl(pulse: Pulse, clock: Clock) -> None:
    for _ in range(3):
        beat(pulse, clock)
        assert not pulse.may_expire
    beat(pulse, clock)
    assert pulse.may_expire


def test_a_beat_that_failed_begins_the_row_anew(pulse: Pulse, clock: Clock) -> None:
    beat(pulse, clock, times=10)
    assert pulse.may_expire
    pulse.miss()
    assert not pulse.may_expire
    beat(pulse, clock, times=3)
    assert not pulse.may_expire
    beat(pulse, clock)
    assert pulse.may_expire


def test_beats_with_a_hole_between_them_are_no_row_though_none_failed(pulse: Pulse, clock: Clock) -> None:
    beat(pulse, clock, times=10)
    clock.now += 30  # the process, or the database, was frozen
    pulse.beat(clock.now)
    pulse.renew(clock.now)
    assert not pulse.may_expire
    beat(pulse, clock, times=3)
    assert pulse.may_expire


def test_who_has_lapsed_expires_nobody(pulse: Pulse, clock: Clock) -> None:
    beat(pulse, clock, times=10)
    clock.now += PAUSE_S + 0.1
    assert not pulse.may_expire


def test_a_loop_that_stood_still_is_not_stamped_and_is_remembered_until_the_next_renewal(
    pulse: Pulse, clock: Clock
) -> None:
    pulse.stamp()
    stood_from_s = clock.now
    clock.now += 3
    assert not pulse.stamped
    pulse.stamp()
    assert pulse.stamped
    assert pulse.stood_s == stood_from_s
    pulse.renew(clock.now)
    assert not pulse.stood_s
