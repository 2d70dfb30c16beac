"""`python -m bench`: what the server costs, beside others. `A`, `B`, `F`: moves in rooms of two, of ten, and before a
thousand spectators (`contest.py`); `ticks`: real time; `seek`: how fast a moment of a long record is found; `relay`:
what it costs that seats are in two processes; `lobby`: what each person costs who is there; `start`: how soon a server
is there; `return`: how soon a match is that nobody had. `--quick` is a smoke run
whose figures mean nothing.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Mapping
from typing import Final

from bench import contest, lobby, relaying, returning, seek, starting, table, ticks
from bench.contest import AT_HAND, OTHERS, OURS, WORKLOADS, Contest
from bench.targets import Cores

SINGLE: Final[Mapping[str, Callable[[bool, Cores], None]]] = {
    "seek": lambda quick, cores: seek.run(seek.QUICK if quick else seek.FULL, cores),
    "relay": lambda quick, cores: relaying.run(),
    "lobby": lambda quick, cores: lobby.run(lobby.QUICK if quick else lobby.FULL, cores),
    "start": lambda quick, cores: starting.run(starting.QUICK if quick else starting.FULL),
    "return": lambda quick, cores: returning.run(returning.QUICK if quick else returning.FULL, cores),
}
"""What is measured of Madang alone, without the generator."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description="What the server costs.")
    kinds = (*WORKLOADS, "ticks", *SINGLE)
    parser.add_argument("what", nargs="*", help=f"only these of {', '.join(kinds)}; A, B, F and ticks if none")
    parser.add_argument(
        "--only", nargs="+", default=("",), help="only servers with one of these in their name, as madang"
    )
    parser.add_argument("--rates", type=int, nargs="+", default=(), help="only these inputs a second, without a ladder")
    parser.add_argument("--short", action="store_true", help="shorter trials, three all the same")
    parser.add_argument("--quick", action="store_true", help="a smoke run of half a minute; its figures mean nothing")
    if not hasattr(time, "CLOCK_MONOTONIC_RAW") or not sys.platform.startswith("linux"):
        parser.error("the measuring needs Linux")
    wish = parser.parse_args()
    if unknown := set(wish.what) - set(kinds):
        parser.error(f"there is no {', '.join(sorted(unknown))}: choose of {', '.join(kinds)}")
    cores, began, shares = Cores(), time.monotonic(), [0.0]
    table.head(cores)
    for what in wish.what or (*WORKLOADS, "ticks"):
        if what in SINGLE:
            SINGLE[what](wish.quick, cores)
        elif what == "ticks":
            shares.append(ticks.run(ticks.QUICK if wish.quick else ticks.FULL, cores))
        elif not wish.quick:
            starts = [one for one in (*OURS, *OTHERS) if any(name in one.__name__ for name in wish.only)]
            pace = contest.SHORT if wish.short else contest.FULL
            shares.append(Contest(WORKLOADS[what], pace, cores).run(starts, wish.rates))
        elif what == "A":
            shares.append(Contest(contest.QUICK_WORKLOAD, contest.QUICK, cores).run(AT_HAND))
    table.foot(time.monotonic() - began, max(shares))
    return 0


if __name__ == "__main__":
    sys.exit(main())
