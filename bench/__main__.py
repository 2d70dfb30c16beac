"""`python -m bench`: what the server costs, beside others, as tables, ratios and plots.

`A`, `B`, `D`, `E`, `F`: moves, idle sockets, a storm, a crowd (`workloads.py`); `C`: real time. And Madang alone,
what grows, starts, seeks and so on (`SINGLE`). `--quick` is a smoke run whose figures mean nothing.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, TypeVar

from bench import (
    contest,
    field,
    frames,
    growth,
    lobby,
    looping,
    mixed,
    plots,
    ratios,
    relaying,
    returning,
    seek,
    starting,
    table,
    ticks,
)
from bench.contest import AT_HAND, FAST, OTHERS, OURS, Contest
from bench.generator import compiled
from bench.outcome import Outcome
from bench.targets import ROOT, Cores
from bench.workloads import FULL, QUICK, QUICK_WORKLOAD, SHORT, WORKLOADS
from tests.faults.crowd import raise_descriptors
from tests.servers import Unavailable

BESIDE_OTHERS = ("A", "B", "C", "D", "E", "F")
SINGLE: Final[Mapping[str, Callable[[bool, Cores], None]]] = {
    "growth": lambda quick, cores: growth.run(growth.QUICK if quick else growth.FULL, cores),
    "seek": lambda quick, cores: seek.run(seek.QUICK if quick else seek.FULL, cores),
    "relay": lambda quick, cores: relaying.run(),
    "lobby": lambda quick, cores: lobby.run(lobby.QUICK if quick else lobby.FULL, cores),
    "field": lambda quick, cores: field.run(quick=quick),
    "frames": lambda quick, cores: frames.run(quick=quick),
    "loop": lambda quick, cores: looping.run(looping.QUICK if quick else looping.FULL),
    "mixed": lambda quick, cores: mixed.run(mixed.QUICK if quick else mixed.FULL, cores),
    "start": lambda quick, cores: starting.run(starting.QUICK if quick else starting.FULL),
    "return": lambda quick, cores: returning.run(returning.QUICK if quick else returning.FULL, cores),
}
"""What is measured of Madang alone."""
DRIVEN_IN_C = frozenset({*WORKLOADS, "growth"})
PLOTS = ROOT / ".tools" / "plots"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description="What the server costs.")
    kinds = ", ".join((*BESIDE_OTHERS, *SINGLE))
    parser.add_argument("what", nargs="*", help=f"only these of {kinds}; A to F and growth if none")
    parser.add_argument(
        "--only", nargs="+", default=("",), help="only servers with one of these in their name, as madang"
    )
    parser.add_argument("--rates", type=int, nargs="+", default=(), help="only these inputs a second, without a ladder")
    parser.add_argument(
        "--short", action="store_true", help="some 40 minutes for all: shorter trials, three all the same"
    )
    parser.add_argument("--quick", action="store_true", help="a smoke run of a minute; its figures mean nothing")
    parser.add_argument("--plots", type=Path, default=PLOTS, help="the folder for the plots")
    return parser


def main() -> int:
    parser = _parser()
    wish = parser.parse_args()
    if unknown := set(wish.what) - {*BESIDE_OTHERS, *SINGLE}:
        parser.error(f"there is no {', '.join(sorted(unknown))}: choose of {', '.join((*BESIDE_OTHERS, *SINGLE))}")
    if not sys.platform.startswith("linux"):
        parser.error("the measuring needs Linux")
    wanted = wish.what or (*BESIDE_OTHERS, "growth")
    try:
        if DRIVEN_IN_C & set(wanted):
            compiled()
    except Unavailable as why:
        parser.error(str(why))
    raise_descriptors()
    cores, began = Cores(), time.monotonic()
    table.head(cores)
    outcomes = []
    for what in wanted:
        if what in SINGLE:
            _alone(what, wish, cores)
        elif found := _beside(what, wish, cores):
            outcomes.append(found)
            print("".join(f"\nplot: {path}" for path in plots.write(found, wish.plots)), flush=True)
    ratios.table(outcomes)
    table.foot(time.monotonic() - began, max((one.generator_share for one in outcomes), default=None))
    return int(any(ill.lower().startswith("madang") for one in outcomes for ill in one.ills))


def _alone(what: str, wish: argparse.Namespace, cores: Cores) -> None:
    try:
        SINGLE[what](wish.quick, cores)
    except Unavailable as why:
        print(f"left out: {what}: {why}", flush=True)


def _beside(what: str, wish: argparse.Namespace, cores: Cores) -> Outcome | None:
    if what == "C":
        course = ticks.QUICK if wish.quick else ticks.SHORT if wish.short else ticks.FULL
        return ticks.run(course, cores, _chosen(ticks.AT_HAND if wish.quick else ticks.STARTS, wish.only))
    if wish.quick:
        one = Contest(QUICK_WORKLOAD, QUICK, cores)
        return one.run(what, _chosen(AT_HAND, wish.only)) if what == "A" else None
    starts = FAST if wish.short and what in contest.FAST_ONLY else (*OURS, *OTHERS)
    one = Contest(WORKLOADS[what], SHORT if wish.short else FULL, cores)
    return one.run(what, _chosen(starts, wish.only), wish.rates)


_Start = TypeVar("_Start", bound=Callable[..., object])


def _chosen(starts: Sequence[_Start], names: Sequence[str]) -> list[_Start]:
    return [one for one in starts if any(name in one.__name__ for name in names)]


if __name__ == "__main__":
    sys.exit(main())
