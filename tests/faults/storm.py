"""A storm: many matches, faults one after another in an order drawn from a seed, and then the books are checked.

Used by the tests with a few faults, and by `python -m tests.faults` with hundreds.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import msgspec

from tests.faults.faults import FAULTS, Scene
from tests.faults.fleet import Fleet
from tests.soak.field import Field

# After the last fault: a lease may have to end, a process to start, and then the matches are played to their end.
FINISH_S = 150.0
# Between two faults the matches move on; sometimes the next one comes while the fleet still heals from the last.
CALM_S = (0.0, 3.0)


class Outcome(NamedTuple):
    """What a storm did and found. `breaches`: promises not kept; `unended`: something stood still."""

    seed: int
    faults: tuple[str, ...]
    acked: int
    entries: int
    breaches: list[str]
    unended: bool = False


async def storm(
    fleet: Fleet, *, seed: int, faults: int, matches: int = 30, pace_s: float = 2.0, names: tuple[str, ...] = ()
) -> Outcome:
    """`names`: the faults to draw from, all where empty. Pages of one match sit at any process."""
    rng = random.Random(seed)
    field = Field(
        *fleet.webs, matches=matches, accidents=("nothing",), seed=seed, pace_s=pace_s, scattered=len(fleet.webs) > 1
    )
    await field.prepare()
    await field.gather()
    field.begin()
    scene, done = Scene(fleet, field, rng), []
    try:
        for _ in range(faults):
            done.append(rng.choice(names or tuple(FAULTS)))
            await scene.pause(*CALM_S)
            await FAULTS[done[-1]](scene)
        await field.finish(FINISH_S)
    except AssertionError as broken:
        path = kept(field, Path(tempfile.gettempdir()))
        return Outcome(seed, tuple(done), field.acked(), 0, [f"{broken} (history: {path})"], unended=True)
    breaches = await asyncio.to_thread(checked, fleet, field)
    return Outcome(seed, tuple(done), field.acked(), fleet.witness.seen()[0], breaches)


def checked(fleet: Fleet, field: Field) -> list[str]:
    """Clients against the database, the witness in it, and every record folded again."""
    fleet.verify()
    return field.disagreements() + fleet.witness.breaches()


def told(outcomes: list[Outcome]) -> str:
    """One line on many storms."""
    faults = Counter(name for outcome in outcomes for name in outcome.faults)
    return (
        f"{sum(faults.values())} faults, {sum(outcome.acked for outcome in outcomes)} acknowledged inputs, "
        f"{sum(len(outcome.breaches) for outcome in outcomes)} breaches ("
        + ", ".join(f"{name} {count}" for name, count in sorted(faults.items()))
        + ")"
    )


def kept(history: Field, folder: Path) -> Path:
    """The history as JSON lines, for whoever looks into a breach."""
    path = folder / f"history-{history.seed}.jsonl"
    path.write_bytes(b"\n".join(msgspec.json.encode(event) for event in history.history.events))
    return path
