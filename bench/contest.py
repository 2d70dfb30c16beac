"""Madang and the others side by side, in one run: the same rooms, the same rates, by turns.

Called by `__main__.py`. First a ladder of rates finds the most that each server sustains; then repetitions by turns, at
rates that many sustain and at the most of each.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from bench import rivals, table, targets
from bench.generator import Load, Measured, measured
from bench.prepare import MOVES_AT_LEAST
from bench.targets import Cores, Target
from tests import servers

# What a player still feels as at once; beyond it a rate is not sustained.
SUSTAINED_P99_MS = 50.0
# Of what was due within the window, so much must have arrived within it: its edge cuts off what is on its way.
SUSTAINED_SHARE = 0.97


class Workload(NamedTuple):
    """`slots` rooms at a time of two players and `watchers`; `ladder`: inputs a second in all; `equal`: the rates at
    which all are measured that sustain them."""

    title: str
    slots: int
    watchers: int
    ladder: tuple[int, ...]
    equal: tuple[int, ...]
    most: bool = True
    """Whether each is measured at its own most, too."""
    arriving: int = 64
    """Handshakes under way at once."""


class Pace(NamedTuple):
    """Seconds of a trial, and how often it is repeated."""

    warm_s: float
    step_s: float
    measure_s: float
    repetitions: int


FULL = Pace(0.7, 1.5, 3.0, 3)
SHORT = Pace(0.5, 1.0, 2.0, 3)
QUICK = Pace(0.2, 0.4, 0.5, 1)

WORKLOADS = {
    "A": Workload(
        "rooms of two, a move each in turn",
        500,
        0,
        (300, 1000, 2000, 4000, 8000, 12000, 16000, 20000, 24000, 32000),
        (300, 1000, 4000, 16000),
    ),
    "B": Workload("rooms of ten, two of them play", 100, 8, (50, 100, 250, 500, 1000, 2000, 4000), (100, 1000, 2000)),
    "D": Workload("2,500 matches whose players wait, then a move in each", 2500, 0, (1000,), (1000,), most=False),
    "E": Workload("a storm of 2,000 sockets at once", 1000, 0, (100,), (100,), most=False, arriving=2000),
    "F": Workload("one match with 1,000 spectators", 1, 1000, (1, 2, 5, 10), (10,), most=False),
}
QUICK_WORKLOAD = Workload("a smoke run", 10, 0, (100,), (100,))

Start = Callable[[Cores, int], contextlib.AbstractContextManager[Target]]
OURS: tuple[Start, ...] = (targets.madang_on_postgres, targets.madang_on_sqlite, targets.madang_without_journal)
OTHERS: tuple[Start, ...] = (
    rivals.bare_picows,
    rivals.colyseus_messages,
    rivals.colyseus_patches,
    rivals.boardgame_io,
    rivals.flask_gevent,
    rivals.flask_threading,
    rivals.channels_uvicorn_pubsub,
    rivals.channels_uvicorn_core,
    rivals.channels_daphne_pubsub,
    rivals.channels_daphne_core,
)
# For a smoke run: what is installed with the project's own development packages.
AT_HAND: tuple[Start, ...] = (targets.madang_on_sqlite, rivals.channels_uvicorn_pubsub)


class Contest:
    """One workload on all servers."""

    def __init__(self, workload: Workload, pace: Pace, cores: Cores) -> None:
        self.workload, self.pace, self.cores = workload, pace, cores
        self.all: dict[str, list[Measured]] = {}
        """Every trial of each server, the ladder's too."""

    def run(self, starts: Sequence[Start], rates: Sequence[int] = ()) -> float:
        """Measure and print the tables; the generator's largest share of its core. At these `rates` alone, if any."""
        workload, pace = self.workload, self.pace
        with contextlib.ExitStack() as stack:
            there = self.started(stack, starts, self.supply(rates))
            most = {target: max(rates) if rates else self.most(target) for target in there}
            rows = {
                (rate, target): list[Measured]()
                for target in there
                for rate in rates or sorted({*workload.equal, most[target]})
                if rates or (rate <= most[target] and (workload.most or rate in workload.equal))
            }
            for _ in range(pace.repetitions):
                for (rate, target), trials in rows.items():
                    trials.append(self.trial(target, rate, pace.measure_s))
        named = {(rate, target.name): trials for (rate, target), trials in rows.items()}
        table.contest(workload, named)
        if not rates:
            table.most(workload, {target.name: rate for target, rate in most.items()}, self.all)
        return max(one.generator_s / one.measure_s for trials in rows.values() for one in trials)

    def started(self, stack: contextlib.ExitStack, starts: Sequence[Start], supply: int) -> list[Target]:
        """All servers whose programs this machine has, or can fetch."""
        found = []
        for start in starts:
            try:
                found.append(stack.enter_context(start(self.cores, supply)))
            except servers.Unavailable as why:
                print(f"left out: {why}", flush=True)
        return found

    def trial(self, target: Target, rate: int, measure_s: float) -> Measured:
        """One load on `target`, on fresh rooms."""
        workload = self.workload
        count = workload.slots if target.endless else self.rooms(rate, measure_s)
        lines, rooms = target.rooms(count, workload.watchers)
        load = Load(
            rate=rate,
            warm_s=self.pace.warm_s,
            measure_s=measure_s,
            slots=workload.slots,
            lines=lines,
            rooms=rooms,
            endless=target.endless,
            arriving=workload.arriving,
        )
        found = measured(
            target.port, target.dialect, load, core=self.cores.others, server=target.pid, beside=target.beside
        )
        self.all.setdefault(target.name, []).append(found)
        if found.seen.ills:
            raise SystemExit(f"{target.name} at {rate}/s went wrong: {found.seen.ills}")
        return found

    def rooms(self, rate: int, measure_s: float) -> int:
        """Matches for all slots where one bears only so many moves."""
        slots = self.workload.slots
        moves = math.ceil(rate * (self.pace.warm_s + measure_s) / slots) + 2
        return slots * math.ceil(moves / MOVES_AT_LEAST)

    def supply(self, rates: Sequence[int]) -> int:
        """The most matches that a server can need in a run, at these rates alone if there are any."""
        pace, workload = self.pace, self.workload
        ladder = () if rates else workload.ladder
        climbing = 2 * sum(self.rooms(rate, pace.step_s) for rate in ladder)
        measuring = sum(self.rooms(rate, pace.measure_s) for rate in rates or (*workload.equal, workload.ladder[-1]))
        return climbing + pace.repetitions * measuring

    def most(self, target: Target) -> int:
        """The highest rate of the ladder that `target` sustains; the lowest where it sustains none."""
        best = self.workload.ladder[0]
        print(f"\n{self.workload.title}: ladder of {target.name}", flush=True)
        for rate in self.workload.ladder:
            # Twice, where it must be: whatever else the machine does at that moment shall not end the ladder.
            if not (self.climbs(target, rate) or self.climbs(target, rate)):
                break
            best = rate
        return best

    def climbs(self, target: Target, rate: int) -> bool:
        """Whether it sustains this rate, just now."""
        found = self.trial(target, rate, self.pace.step_s)
        seen = found.seen
        told = f"p50 {seen.p50_ms:.1f}, p99 {seen.p99_ms:.1f} ms, {found.cpu_us:.1f} µs an update"
        print(f"  {target.name}: {rate}/s due, {told}", flush=True)
        due = rate * (2 + self.workload.watchers) * self.pace.step_s
        return seen.p99_ms < SUSTAINED_P99_MS and seen.updates >= SUSTAINED_SHARE * due and not seen.lost
