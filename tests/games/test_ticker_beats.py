"""The ticker by itself, on a clock of the test's: who ticks with whom, in how many wake-ups, and what is late."""

from __future__ import annotations

import asyncio
import heapq
import time
from collections.abc import Callable
from itertools import count, pairwise
from types import SimpleNamespace
from typing import Any

import pytest
import uvloop

from games.driver import ticker as ticking
from games.driver.ticker import CATCH_UP_TICKS, Ticker

MS = 1_000_000


class Loop:
    """A loop on a virtual clock. Time passes by `busy` and by waiting for the next call."""

    def __init__(self) -> None:
        self.now_ns = 12_345_678_901_234
        self._calls: list[tuple[float, int, Any]] = []
        self._order = count()

    def time(self) -> float:
        return self.now_ns / 1e9

    def busy(self, ns: int) -> None:
        self.now_ns += ns

    def call_at(self, when_s: float, call: Callable[[], None]) -> Any:
        handle = SimpleNamespace(call=call, cancelled=False)
        handle.cancel = lambda: setattr(handle, "cancelled", True)
        heapq.heappush(self._calls, (max(when_s, self.time()), next(self._order), handle))
        return handle

    def pass_ms(self, ms: float) -> None:
        """All that is due until then, in order; a call that is late is called as soon as the one before has ended."""
        until_s = self.time() + ms / 1000
        while self._calls and self._calls[0][0] <= until_s:
            when_s, _, handle = heapq.heappop(self._calls)
            self.now_ns = max(self.now_ns, round(when_s * 1e9))
            if not handle.cancelled:
                handle.call()
        self.now_ns = max(self.now_ns, round(until_s * 1e9))


class Match:
    """Stands for a live match: notes when it was ticked; a tick takes `busy_ns`."""

    def __init__(self, hz: int = 50, busy_ns: int = 0) -> None:
        self.match = SimpleNamespace(fold=SimpleNamespace(hz=hz))
        self.ticking = True
        self.busy_ns = busy_ns
        self.at_ns: list[int] = []

    def ticking_at(self, now_s: float) -> bool:
        return self.ticking

    def tick(self, began_ns: int, wall_ms: int) -> int:
        self.at_ns.append(began_ns)
        LOOP[0].busy(self.busy_ns)
        return LOOP[0].now_ns


LOOP = [Loop()]


class Ran(Ticker):
    """Counts its wake-ups."""

    wakes = 0

    def _run(self) -> None:
        self.wakes += 1
        super()._run()


@pytest.fixture
def loop(monkeypatch: pytest.MonkeyPatch) -> Loop:
    LOOP[0] = made = Loop()
    monkeypatch.setattr(ticking, "asyncio", SimpleNamespace(get_running_loop=lambda: made))
    monkeypatch.setattr(ticking, "time", SimpleNamespace(monotonic_ns=lambda: made.now_ns))
    return made


def ticker_of(*matches: Any) -> Ran:
    ticker = Ran()
    for match in matches:
        ticker.add(match)
        ticker.add(match)
    return ticker


def test_matches_of_one_rate_tick_in_one_wake_up(loop: Loop) -> None:
    matches = [Match(hz=30) for _ in range(50)]
    ticker = ticker_of(*matches)
    loop.pass_ms(1000)
    assert {len(one.at_ns) for one in matches} == {30}
    assert ticker.wakes == 30


def test_rates_of_which_one_is_a_multiple_of_the_other_wake_together(loop: Loop) -> None:
    matches = [Match(hz=60), Match(hz=30), Match(hz=15)]
    ticker = ticker_of(*matches)
    loop.pass_ms(1000)
    assert [len(one.at_ns) for one in matches] == [60, 30, 15]
    assert ticker.wakes <= 60 + 4


def test_each_rate_keeps_its_own_time(loop: Loop) -> None:
    matches = [Match(hz=hz) for hz in (7, 20, 25, 60)]
    ticker_of(*matches)
    loop.pass_ms(10_000)
    for one in matches:
        hz = one.match.fold.hz
        assert abs(len(one.at_ns) - 10 * hz) <= 1
        assert all(abs(after - before - 1_000 * MS // hz) <= MS for before, after in pairwise(one.at_ns))


def test_what_stops_ticking_falls_out_and_may_come_again(loop: Loop) -> None:
    rests, goes_on = Match(), Match()
    ticker = ticker_of(rests, goes_on)
    loop.pass_ms(200)
    rests.ticking = False
    loop.pass_ms(200)
    assert rests not in ticker._held
    rests.ticking = True
    ticker.add(rests)  # type: ignore[arg-type]
    loop.pass_ms(200)
    assert (len(rests.at_ns), len(goes_on.at_ns)) == (20, 30)


def test_without_matches_there_is_no_wake_up(loop: Loop) -> None:
    match = Match()
    ticker = ticker_of(match)
    match.ticking = False
    loop.pass_ms(100)
    assert ticker.wakes == 1
    match.ticking = True
    ticker.add(match)  # type: ignore[arg-type]
    loop.pass_ms(100)
    ticker.stop()
    loop.pass_ms(100)
    assert len(match.at_ns) == 5


def test_sockets_are_heard_between_the_ticks_of_heavy_matches(loop: Loop) -> None:
    tick_ns = 4 * MS
    heavy = [Match(hz=20, busy_ns=tick_ns) for _ in range(8)]
    ticker = ticker_of(*heavy)
    heard: list[int] = []

    def hear() -> None:
        heard.append(loop.now_ns)
        loop.call_at(loop.time() + 0.001, hear)

    hear()
    loop.pass_ms(1000)
    # A beat of all eight takes 32 ms; nobody waits for more than a turn of 5 and the tick that ends it.
    assert max(after - before for before, after in pairwise(heard)) <= 10 * MS
    assert {len(one.at_ns) for one in heavy} <= {19, 20}
    assert ticker.skipped == 0


def test_a_pause_is_made_up_for_within_a_bound(loop: Loop) -> None:
    match = Match(hz=50)
    ticker = ticker_of(match)
    loop.pass_ms(100)
    loop.busy(60 * MS)
    loop.pass_ms(100)
    assert len(match.at_ns) == 13
    assert ticker.skipped == 0


def test_of_a_longer_pause_the_rest_is_let_go_and_counted(loop: Loop) -> None:
    matches = [Match(hz=50), Match(hz=50)]
    ticker = ticker_of(*matches)
    loop.pass_ms(100)
    loop.busy(300 * MS)
    before = len(matches[0].at_ns)
    loop.pass_ms(1)
    assert len(matches[0].at_ns) - before <= CATCH_UP_TICKS + 1
    loop.pass_ms(99)
    assert len(matches[0].at_ns) + ticker.skipped // 2 == 25
    assert ticker.late.count == 2 * len(matches[0].at_ns)


def test_no_wake_up_of_a_real_loop_is_for_nothing() -> None:
    """Rates whose times lie anywhere between two milliseconds: some timer would fire before its time."""

    class Real(Match):
        def tick(self, began_ns: int, wall_ms: int) -> int:
            self.at_ns.append(began_ns)
            return time.monotonic_ns()

    async def run() -> None:
        matches = [Real(hz=hz) for hz in (23, 29, 31, 37)]
        ticker = ticker_of(*matches)
        await asyncio.sleep(1)
        ticker.stop()
        assert ticker.wakes <= sum(len(one.at_ns) for one in matches) + 6

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run())
