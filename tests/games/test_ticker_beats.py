"""The ticker by itself: who ticks with whom, in how many wake-ups, and what becomes of ticks that are late."""

from __future__ import annotations

import asyncio
import time
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
import uvloop

from games.driver.ticker import Ticker


class Match:
    """Stands for a live match: notes when it was ticked; a tick takes `busy_s`."""

    def __init__(self, hz: int = 50, busy_s: float = 0.0) -> None:
        self.match = SimpleNamespace(fold=SimpleNamespace(hz=hz))
        self.ticking = True
        self.busy_s = busy_s
        self.at_ns: list[int] = []

    def tick(self, began_ns: int, wall_ms: int) -> int:
        self.at_ns.append(time.monotonic_ns())
        until_ns = began_ns + int(self.busy_s * 1e9)
        while time.monotonic_ns() < until_ns:
            pass
        return time.monotonic_ns()


class Ran(Ticker):
    """Counts its wake-ups."""

    wakes = 0

    def _run(self) -> None:
        self.wakes += 1
        super()._run()


def play(matches: list[Any], seconds: float, *, meanwhile: Any = None, loop: Any = uvloop.new_event_loop) -> Ran:
    async def run() -> Ran:
        ticker = Ran()
        for match in matches:
            ticker.add(match)
        if meanwhile is not None:
            meanwhile(ticker)
        await asyncio.sleep(seconds)
        ticker.stop()
        return ticker

    with asyncio.Runner(loop_factory=loop) as runner:
        return runner.run(run())


@pytest.mark.parametrize("loop", [uvloop.new_event_loop, asyncio.new_event_loop])
def test_matches_of_one_rate_tick_in_one_wake_up(loop: Any) -> None:
    matches = [Match(hz=30) for _ in range(50)]
    ticker = play(matches, 0.5, loop=loop)
    ticks = [len(one.at_ns) for one in matches]
    assert max(ticks) - min(ticks) <= 1
    assert ticker.wakes <= max(ticks) + 2


def test_rates_of_which_one_is_a_multiple_of_the_other_wake_together() -> None:
    matches = [Match(hz=60), Match(hz=30), Match(hz=15)]
    ticker = play(matches, 1.0)
    assert len(matches[0].at_ns) > 50
    assert ticker.wakes <= len(matches[0].at_ns) + 6


def test_no_wake_up_is_for_nothing() -> None:
    # Rates whose times lie anywhere between two milliseconds: some timer would fire before its time.
    matches = [Match(hz=hz) for hz in (23, 29, 31, 37)]
    ticker = play(matches, 1.0)
    assert ticker.wakes <= sum(len(one.at_ns) for one in matches) + 6


def test_each_rate_keeps_its_own_time() -> None:
    matches = [Match(hz=20), Match(hz=60), Match(hz=25)]
    ticker = play(matches, 1.02)
    for one in matches:
        hz = one.match.fold.hz
        assert hz - 3 <= len(one.at_ns) + ticker.skipped <= hz + 3


def test_what_stops_ticking_falls_out_and_may_come_again() -> None:
    rests, goes_on = Match(), Match()

    def meanwhile(ticker: Ran) -> None:
        loop = asyncio.get_running_loop()

        def rest() -> None:
            rests.ticking = False

        def again() -> None:
            assert rests not in ticker._held
            rests.ticking = True
            ticker.add(rests)  # type: ignore[arg-type]
            ticker.add(rests)  # type: ignore[arg-type]

        loop.call_later(0.1, rest)
        loop.call_later(0.3, again)

    play([rests, goes_on], 0.5, meanwhile=meanwhile)
    assert 12 <= len(rests.at_ns) <= 17 < len(goes_on.at_ns) <= 26


def test_sockets_are_heard_between_the_ticks_of_heavy_matches() -> None:
    heavy = [Match(hz=20, busy_s=0.004) for _ in range(8)]
    heard: list[float] = []

    def meanwhile(ticker: Ran) -> None:
        loop = asyncio.get_running_loop()

        def hear() -> None:
            heard.append(time.monotonic())
            loop.call_later(0.001, hear)

        hear()

    play(heavy, 0.5, meanwhile=meanwhile)
    gaps = [after - before for before, after in pairwise(heard)]
    # A beat of all eight takes 32 ms; nobody waits for more than a turn and the tick that ends it.
    assert sorted(gaps)[-3] < 0.028
    assert min(len(one.at_ns) for one in heavy) >= 8


def test_a_pause_is_made_up_for_within_a_bound_and_the_rest_is_let_go() -> None:
    match = Match(hz=50)
    play([match], 0.2, meanwhile=lambda _: asyncio.get_running_loop().call_later(0.05, time.sleep, 0.06))
    assert len(match.at_ns) >= 8
    late = Match(hz=50)
    ticker = play([late], 0.5, meanwhile=lambda _: asyncio.get_running_loop().call_later(0.05, time.sleep, 0.3))
    assert ticker.skipped >= 8
    assert len(late.at_ns) + ticker.skipped <= 26
    assert len(late.at_ns) <= 16
