"""Madang and the others side by side, in one run: the same rooms, the same rates, by turns.

Called by `__main__.py`. First a ladder of rates finds the most that each server sustains; then repetitions by turns, at
rates that many sustain and at the most of each.
"""

from __future__ import annotations

import contextlib
import math
import subprocess
from collections.abc import Callable, Iterable, Sequence

from bench import rivals, table, targets
from bench.generator import Load, Measured, measured
from bench.outcome import Outcome, cost
from bench.prepare import MOVES_AT_LEAST
from bench.targets import Cores, Target
from bench.workloads import Pace, Workload
from tests import servers

# What a player still feels as at once; beyond it a rate is not sustained.
SUSTAINED_P99_MS = 50.0
# Of what was due within the window, so much must have arrived within it: its edge cuts off what is on its way.
SUSTAINED_SHARE = 0.97


Start = Callable[[Cores], contextlib.AbstractContextManager[Target]]
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
# Those that sustain what is too much for the rest: a short run has only these in B, E and F.
FAST: tuple[Start, ...] = (
    targets.madang_on_postgres,
    rivals.bare_picows,
    rivals.colyseus_messages,
    rivals.colyseus_patches,
)
FAST_ONLY = ("B", "E", "F")
# For a smoke run: what is installed with the project's own development packages.
AT_HAND: tuple[Start, ...] = (targets.madang_on_sqlite, rivals.channels_uvicorn_pubsub)


class Unfit(Exception):
    """A server did not bear a trial: something was refused, or it lost its sockets."""


class Contest:
    """One workload on all servers."""

    def __init__(self, workload: Workload, pace: Pace, cores: Cores) -> None:
        self.workload, self.pace, self.cores = workload, pace, cores
        self.all: dict[str, list[tuple[int, Measured]]] = {}
        """Every trial of each server with its rate, the ladder's too."""
        self.ills: list[str] = []

    def run(self, key: str, starts: Sequence[Start], rates: Sequence[int] = ()) -> Outcome:
        """Measure and print the tables. At these `rates` alone, if any."""
        with contextlib.ExitStack() as stack:
            there = self.started(stack, starts)
            most = {target: self.most(target) for target in there} if not rates else dict.fromkeys(there, max(rates))
            rows = {
                (rate, target): list[Measured]()
                for target in there
                if most[target]
                for rate in rates or self.rates(most[target])
            }
            for _ in range(self.pace.repetitions):
                self.repeat(rows)
        named = {(rate, target.name): trials for (rate, target), trials in rows.items() if trials}
        table.contest(self.workload, named)
        sustained = {} if rates else {target.name: rate for target, rate in most.items() if rate}
        if self.workload.most and sustained:
            table.most(self.workload, sustained, named)
        table.connecting(self.workload, self.all)
        return self.outcome(key, named, sustained)

    def outcome(self, key: str, rows: dict[tuple[int, str], list[Measured]], most: dict[str, int]) -> Outcome:
        return Outcome(
            key,
            self.workload.title,
            {at: [cost(one) for one in trials] for at, trials in rows.items()},
            {name: [(rate, cost(one)) for rate, one in trials] for name, trials in self.all.items()},
            most if self.workload.most else {},
            # By the first trial alone: later ones are given what it left behind.
            {name: trials[0][1].connection_bytes for name, trials in self.all.items()},
            max((one.generator_s / one.measure_s for trials in self.all.values() for _, one in trials), default=0.0),
            self.ills,
        )

    def rates(self, most: int) -> list[int]:
        """At which a server is measured that sustains `most`: as others are, at its own most, and at half of that."""
        own = {most, most // 2} if self.workload.most else set()
        return sorted(rate for rate in {*self.workload.equal, *own} if rate <= most)

    def repeat(self, rows: dict[tuple[int, Target], list[Measured]]) -> None:
        """Each once more. One that fails now is not measured at this rate."""
        for rate, target in list(rows):
            try:
                rows[rate, target].append(self.trial(target, rate, self.pace.measure_s))
            except Unfit as why:
                self.ill(why)
                del rows[rate, target]

    def started(self, stack: contextlib.ExitStack, starts: Iterable[Start]) -> list[Target]:
        """All servers whose programs this machine has, or can fetch, and that start."""
        found = []
        for start in starts:
            try:
                found.append(stack.enter_context(start(self.cores)))
            except (servers.Unavailable, RuntimeError) as why:
                print(f"left out: {why}", flush=True)
        return found

    def trial(self, target: Target, rate: int, measure_s: float) -> Measured:
        """One load on `target`, on fresh rooms. Raises Unfit where that fails, for whatever reason."""
        try:
            found = self.measured(target, rate, measure_s)
        except (RuntimeError, OSError, subprocess.SubprocessError) as why:
            raise Unfit(f"{target.name} at {rate}/s: {why}") from why
        self.all.setdefault(target.name, []).append((rate, found))
        if found.seen.ills:
            raise Unfit(f"{target.name} at {rate}/s: {found.seen.ills}")
        return found

    def measured(self, target: Target, rate: int, measure_s: float) -> Measured:
        workload = self.workload
        count = workload.idle + (workload.slots if target.endless else self.rooms(rate, measure_s))
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
        return measured(
            target.port, target.dialect, load, core=self.cores.others, server=target.pids, beside=target.beside
        )

    def rooms(self, rate: int, measure_s: float) -> int:
        """Matches for all slots where one bears only so many moves."""
        slots = self.workload.slots
        moves = math.ceil(rate * (self.pace.warm_s + measure_s) / slots) + 2
        return slots * math.ceil(moves / MOVES_AT_LEAST)

    def most(self, target: Target) -> int:
        """The highest rate of the ladder that `target` sustains. Where it sustains none: the lowest, if it is to be
        measured at its most at all; 0 where it breaks down at that."""
        best = 0
        print(f"\n{self.workload.title}: ladder of {target.name}", flush=True)
        try:
            for rate in self.workload.ladder:
                # Twice, where it must be: whatever else the machine does at that moment shall not end the ladder.
                if not (self.climbs(target, rate) or self.climbs(target, rate)):
                    return best or (rate if self.workload.most else 0)
                best = rate
        except Unfit as why:
            self.ill(why)
        return best

    def ill(self, why: Unfit) -> None:
        print(f"left out: {why}", flush=True)
        self.ills.append(str(why))

    def climbs(self, target: Target, rate: int) -> bool:
        """Whether it sustains this rate, just now."""
        found = self.trial(target, rate, self.pace.step_s)
        seen = found.seen
        told = f"p50 {seen.p50_ms:.1f}, p99 {seen.p99_ms:.1f} ms, {found.cpu_us:.1f} µs an update"
        print(f"  {target.name}: {rate}/s due, {told}", flush=True)
        return self.sustained(found, rate, self.pace.step_s)

    def sustained(self, found: Measured, rate: int, measure_s: float) -> bool:
        """Whether updates came in time, and all of them."""
        due = rate * (2 + self.workload.watchers) * measure_s
        seen = found.seen
        return seen.p99_ms < SUSTAINED_P99_MS and seen.updates >= SUSTAINED_SHARE * due and not seen.lost
