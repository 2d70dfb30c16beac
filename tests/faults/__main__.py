"""The long run: `python -m tests.faults` measures every promise and prints the table of docs/reliability.md.

    python -m tests.faults                      every row; most of an hour
    python -m tests.faults killed redis         some rows
    python -m tests.faults storm --faults 200   so many faults drawn from a seed, which is printed
    python -m tests.faults --list               the rows' names

Exit code 1 where a promise was broken. A row that this machine cannot make says what it lacks.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
from collections.abc import Callable
from functools import partial

import msgspec
import uvloop

from tests.faults import appends, burdens, hanging, machines, outages, owners
from tests.faults.faults import FAULTS
from tests.faults.figures import HEAD, Figure, Row, load, some
from tests.faults.fleet import fleet
from tests.faults.storm import Outcome, storm, told
from tests.servers import Unavailable

# Faults of one storm; then new matches. After a minute most of a field has ended, and faults would hit nobody.
FAULTS_A_STORM = 8


async def storms(faults: int, seed: int, matches: int) -> Figure:
    """Storm after storm, until so many faults have happened; a new fleet after one that did not get to its end."""
    outcomes = list[Outcome]()
    while _happened(outcomes) < faults:
        with fleet(2) as made:
            while _happened(outcomes) < faults and not any(outcome.unended for outcome in outcomes[-1:]):
                outcomes.append(await storm(made, seed=seed + len(outcomes), faults=FAULTS_A_STORM, matches=matches))
                last = outcomes[-1]
                print(told([last]), f"seed {last.seed}", *last.breaches, sep="\n", file=sys.stderr, flush=True)
            if outcomes[-1].unended:
                outcomes[-1] = outcomes[-1]._replace(unended=False)
    return Figure(
        f"acknowledged moves lost or doubled, over {_happened(outcomes)} seeded faults",
        "0",
        f"{told(outcomes)}; seed {seed}",
        True,
        some(breach for outcome in outcomes for breach in outcome.breaches),
    )


def _happened(outcomes: list[Outcome]) -> int:
    return sum(len(outcome.faults) for outcome in outcomes)


def rows(arguments: argparse.Namespace) -> dict[str, Row]:
    found: dict[str, Callable[[], object]] = {
        "storm": partial(storms, arguments.faults, arguments.seed, arguments.matches),
        "killed": owners.killed,
        "rolling": owners.rolling,
        "redis": outages.redis,
        "redis-frozen": outages.redis_frozen,
        "postgres": outages.postgres,
        "postgres-frozen": outages.postgres_frozen,
        "frozen": owners.frozen,
        "slow": burdens.slow,
        "floods": burdens.floods,
        "returning": burdens.returning,
        "hanging": hanging.hanging,
        "scaled": owners.scaled,
        "appends": appends.appends,
        "tabs": burdens.tabs,
        "disk": machines.disk,
        "clock": machines.clock,
        "network": machines.network,
    }
    return found  # type: ignore[return-value]


def measured(name: str, row: Row) -> Figure | None:
    before = load()
    try:
        figure = uvloop.run(row())
    except Unavailable as why:
        print(f"{name}: {why}", flush=True)
        return None
    except AssertionError as broken:
        figure = Figure(name, "", "did not get to its end", False, some([str(broken)[:4000]]))
    print(f"# {name}: {before} before\n{figure.row(name)}", *figure.breaches, sep="\n", flush=True)
    return figure


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description="Measure the promises, under faults.")
    parser.add_argument("rows", nargs="*", help="rows of the table; all where none is given")
    parser.add_argument("--list", action="store_true", help="the rows' names and the faults of a storm")
    parser.add_argument("--faults", type=int, default=200, help="how many faults the storms hold (200)")
    parser.add_argument("--matches", type=int, default=30, help="matches at once in a storm (30)")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32), help="the first storm's seed")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    known = rows(arguments)
    if arguments.list:
        print("rows:", *known, "\nfaults of a storm:", *FAULTS)
        return 0
    if unknown := [name for name in arguments.rows if name not in known]:
        parser.error(f"there is no row {unknown[0]!r}; --list names them")
    if arguments.inside:
        print(msgspec.json.encode(asyncio.run(known[arguments.rows[0]]())).decode())
        return 0
    figures = {name: measured(name, known[name]) for name in arguments.rows or known}
    print(f"\n{HEAD}", *(figure.row(name) for name, figure in figures.items() if figure), sep="\n")
    return int(any(figure is not None and not figure.held for figure in figures.values()))


if __name__ == "__main__":
    sys.exit(main())
