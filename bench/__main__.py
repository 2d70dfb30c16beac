"""`python -m bench`: what moves and ticks cost the server, in one run of about seven minutes. `python -m bench seek`:
how fast a moment of a long record is found. `python -m bench relay`: what it costs that seats are in two processes.

`moves`: server CPU per delivered update, Madang beside stock Channels. First a short ladder of rates finds the most
that each server sustains; then repetitions, interleaved, at the highest rate that all sustain and at the most of each.
`ticks`: `ticks.py`. `--quick` is a smoke run whose figures mean nothing.
"""

from __future__ import annotations

import argparse
import contextlib
import math
import subprocess
import sys
import time

import msgspec

from bench import relaying, seek, table, ticks
from bench.load import Measured, Plan
from bench.prepare import MOVES_AT_LEAST
from bench.targets import ROOT, TARGETS, Cores, Target
from tests import servers


class Course(msgspec.Struct, frozen=True):
    """How much: matches at once, moves a second in all, seconds. `held`: matches for the memory's figure."""

    slots: int
    held: int
    ladder: tuple[int, ...]
    warm_s: float
    step_s: float
    measure_s: float
    repetitions: int


FULL = Course(
    slots=100, held=300, ladder=(250, 500, 1000, 2000, 4000), warm_s=0.7, step_s=1.5, measure_s=3, repetitions=3
)
QUICK = Course(slots=20, held=20, ladder=(100, 200), warm_s=0.2, step_s=0.5, measure_s=0.5, repetitions=1)
# What a player still feels as at once; beyond it a rate is not sustained.
SUSTAINED_P99_MS = 50.0
# Of what was due within the window, so much must have arrived within it: its edge cuts off what is on its way.
SUSTAINED_SHARE = 0.97
# Five seconds of load, and as many to connect a thousand sockets; on a busy machine several times that.
TRIAL_S = 60


class Bench:
    """One run."""

    def __init__(self, course: Course, cores: Cores) -> None:
        self.course, self.cores = course, cores

    def trial(self, target: Target, rate: int, measure_s: float, slots: int | None = None, more: int = 0) -> Measured:
        """One load on `target`; `more`: matches that are connected besides those that are played."""
        slots = slots or self.course.slots
        moves, matches = self.needed(rate, measure_s, slots)
        plan = Plan(
            port=target.port,
            rate=rate,
            warm_s=self.course.warm_s,
            measure_s=measure_s,
            slots=slots,
            updates=target.updates,
            ready=target.ready,
            server=target.pid,
            beside=target.beside,
            core=self.cores.others,
            scripts=tuple(target.matches(matches + more, moves)),
        )
        measured = played(plan)
        if measured.ills:
            raise SystemExit(f"{target.name} at {rate} moves/s went wrong: {measured.ills}")
        return measured

    def memory(self, target: Target) -> float:
        """Bytes that a connection adds, with its half of a match, once everything has been used once."""
        for more in (0, self.course.held):
            held = self.trial(target, self.course.slots, self.course.step_s, slots=10, more=more)
        return held.connection_bytes

    def needed(self, rate: int, measure_s: float, slots: int) -> tuple[int, int]:
        """Moves that fall due in each slot, and matches for all slots where one bears only so many moves."""
        moves = math.ceil(rate * (self.course.warm_s + measure_s) / slots) + 2
        return moves, slots * math.ceil(moves / MOVES_AT_LEAST)

    def supply(self) -> int:
        """The most matches that a server can need in a run."""
        course = self.course
        memory = 2 * self.needed(course.slots, course.step_s, 10)[1] + course.held
        ladder = 2 * sum(self.needed(rate, course.step_s, course.slots)[1] for rate in course.ladder)
        each = 2 * self.needed(course.ladder[-1], course.measure_s, course.slots)[1]
        return memory + ladder + course.repetitions * each

    def most(self, target: Target) -> int:
        """The highest rate of the ladder that `target` sustains; the lowest where it sustains none."""
        best = self.course.ladder[0]
        for rate in self.course.ladder:
            # Twice, where it must be: whatever else the machine does at that moment shall not end the ladder.
            if not (self.climbs(target, rate) or self.climbs(target, rate)):
                break
            best = rate
        return best

    def climbs(self, target: Target, rate: int) -> bool:
        measured = self.trial(target, rate, self.course.step_s)
        told = f"{measured.moves_per_s:.0f} moves/s, p99 {measured.p99_ms:.1f} ms"
        print(f"  {target.name}: {rate} due, {told}", flush=True)
        return sustained(measured, rate)


def played(plan: Plan) -> Measured:
    """The load in a process of its own."""
    with servers.temporary_folder("plan") as folder:
        (folder / "plan").write_bytes(msgspec.json.encode(plan))
        command = [sys.executable, "-m", "bench.load", str(folder / "plan")]
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True, timeout=TRIAL_S)
    return msgspec.json.decode(done.stdout, type=Measured)


def sustained(measured: Measured, rate: int) -> bool:
    return measured.p99_ms < SUSTAINED_P99_MS and measured.moves_per_s >= SUSTAINED_SHARE * rate and not measured.lost


def moves(course: Course, cores: Cores) -> float:
    """Measure and print the tables of moves; the generator's largest share of its core."""
    bench = Bench(course, cores)
    with contextlib.ExitStack() as stack:
        targets = started(stack, cores, bench.supply())
        memory = {target.name: bench.memory(target) for target in targets}
        print("ladder")
        most = {target: bench.most(target) for target in targets}
        rates = sorted({min(most.values()), *most.values()})
        rows = {(one, rate): list[Measured]() for rate in rates for one in targets if rate in (rates[0], most[one])}
        for _ in range(course.repetitions):
            for (target, rate), measured in rows.items():
                measured.append(bench.trial(target, rate, course.measure_s))
    for rate in rates:
        table.rows(rate, {one.name: measured for (one, at), measured in rows.items() if at == rate}, memory)
    print(f"\n{course.repetitions} repetitions, interleaved; load {table.load()} after them.")
    return max(one.generator_share for measured in rows.values() for one in measured)


def started(stack: contextlib.ExitStack, cores: Cores, supply: int) -> list[Target]:
    """All servers whose programs this machine has."""
    targets = []
    for start in TARGETS:
        try:
            targets.append(stack.enter_context(start(cores, supply)))
        except servers.Unavailable as why:
            print(f"left out: {why}")
    return targets


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description="What the server costs.")
    parser.add_argument(
        "what", nargs="?", choices=("moves", "ticks", "seek", "relay"), help="only this; moves and ticks if none"
    )
    parser.add_argument("--quick", action="store_true", help="a smoke run of half a minute; its figures mean nothing")
    if not hasattr(time, "CLOCK_MONOTONIC_RAW") or not sys.platform.startswith("linux"):
        parser.error("the measuring needs Linux")
    wish = parser.parse_args()
    cores, began, shares = Cores(), time.monotonic(), [0.0]
    table.head(cores)
    if wish.what in (None, "moves"):
        shares.append(moves(QUICK if wish.quick else FULL, cores))
    if wish.what in (None, "ticks"):
        shares.append(ticks.run(ticks.QUICK if wish.quick else ticks.FULL, cores))
    if wish.what == "relay":
        relaying.run()
    elif wish.what == "seek":
        seek.run(seek.QUICK if wish.quick else seek.FULL, cores)
    else:
        table.foot(time.monotonic() - began, max(shares))
    return 0


if __name__ == "__main__":
    sys.exit(main())
