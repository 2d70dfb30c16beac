"""`python -m bench`: server CPU per delivered update, Madang beside stock Channels, in one run of about four minutes.

First a short ladder of rates finds the most that each server sustains; then repetitions, interleaved, at the highest
rate that all sustain and at the most of each. `--quick` is a smoke run whose figures mean nothing.
"""

from __future__ import annotations

import argparse
import contextlib
import math
import subprocess
import sys
import time

import msgspec

from bench import table
from bench.load import Measured, Plan
from bench.prepare import MOVES_AT_LEAST
from bench.targets import ROOT, TARGETS, Cores, Target
from tests import servers


class Course(msgspec.Struct, frozen=True):
    """How much is measured: matches at once, moves a second in all, seconds."""

    slots: int
    ladder: tuple[int, ...]
    warm_s: float
    step_s: float
    measure_s: float
    repetitions: int


FULL = Course(slots=100, ladder=(250, 500, 1000, 2000, 4000), warm_s=0.7, step_s=1.5, measure_s=3, repetitions=3)
QUICK = Course(slots=20, ladder=(100, 200), warm_s=0.2, step_s=0.5, measure_s=0.5, repetitions=1)
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

    def trial(self, target: Target, rate: int, measure_s: float) -> Measured:
        moves, matches = self.needed(rate, measure_s)
        plan = Plan(
            port=target.port,
            rate=rate,
            warm_s=self.course.warm_s,
            measure_s=measure_s,
            slots=self.course.slots,
            updates=target.updates,
            ready=target.ready,
            server=target.pid,
            beside=target.beside,
            core=self.cores.others,
            scripts=tuple(target.matches(matches, moves)),
        )
        with servers.temporary_folder("plan") as folder:
            (folder / "plan").write_bytes(msgspec.json.encode(plan))
            command = [sys.executable, "-m", "bench.load", str(folder / "plan")]
            done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True, timeout=TRIAL_S)
        measured = msgspec.json.decode(done.stdout, type=Measured)
        if measured.ills:
            raise SystemExit(f"{target.name} at {rate} moves/s went wrong: {measured.ills}")
        return measured

    def needed(self, rate: int, measure_s: float) -> tuple[int, int]:
        """Moves that fall due in each slot, and matches for all slots where one bears so many moves."""
        moves = math.ceil(rate * (self.course.warm_s + measure_s) / self.course.slots) + 2
        return moves, self.course.slots * math.ceil(moves / MOVES_AT_LEAST)

    def supply(self) -> int:
        """The most matches that a server can need in a run."""
        ladder = sum(self.needed(rate, self.course.step_s)[1] for rate in self.course.ladder)
        each = 2 * self.needed(self.course.ladder[-1], self.course.measure_s)[1]
        return ladder + self.course.repetitions * each

    def most(self, target: Target) -> int:
        """The highest rate of the ladder that `target` sustains; the lowest where it sustains none."""
        best = self.course.ladder[0]
        for rate in self.course.ladder:
            measured = self.trial(target, rate, self.course.step_s)
            told = f"{measured.moves_per_s:.0f} moves/s, p99 {measured.p99_ms:.1f} ms"
            print(f"  {target.name}: {rate} due, {told}", flush=True)
            if not sustained(measured, rate):
                break
            best = rate
        return best


def sustained(measured: Measured, rate: int) -> bool:
    return measured.p99_ms < SUSTAINED_P99_MS and measured.moves_per_s >= SUSTAINED_SHARE * rate and not measured.lost


def run(course: Course) -> None:
    cores = Cores()
    bench = Bench(course, cores)
    began = time.monotonic()
    table.head(cores)
    with contextlib.ExitStack() as stack:
        targets = []
        for start in TARGETS:
            try:
                targets.append(stack.enter_context(start(cores, bench.supply())))
            except servers.Unavailable as why:
                print(f"left out: {why}")
        print("ladder")
        most = {target: bench.most(target) for target in targets}
        rates = {target: sorted({min(most.values()), most[target]}) for target in targets}
        rows: dict[tuple[Target, int], list[Measured]] = {(one, rate): [] for one in targets for rate in rates[one]}
        for _ in range(course.repetitions):
            for (target, rate), measured in rows.items():
                measured.append(bench.trial(target, rate, course.measure_s))
    for rate in sorted({rate for _, rate in rows}):
        table.rows(rate, [(one.name, measured) for (one, at), measured in rows.items() if at == rate])
    table.foot(course.repetitions, time.monotonic() - began)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Server CPU per delivered update.")
    parser.add_argument("--quick", action="store_true", help="a smoke run of some 20 seconds; its figures mean nothing")
    if not hasattr(time, "CLOCK_MONOTONIC_RAW") or not sys.platform.startswith("linux"):
        parser.error("the measuring needs Linux")
    run(QUICK if parser.parse_args().quick else FULL)
    return 0


if __name__ == "__main__":
    sys.exit(main())
