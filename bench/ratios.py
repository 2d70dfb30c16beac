"""Madang beside each of the others as ratios, with what is aimed at. Called by `__main__.py` after the workloads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from statistics import median
from typing import NamedTuple

from bench.outcome import Outcome, middle_us, ratio

OURS = "Madang, PostgreSQL"
STORELESS = "Madang, nothing stored"
_COLUMNS = ("workload", "ours", "beside", "rate", "CPU µs per update", "ratio: min / of medians / max", "aim", "")
# For an update: 40,000 a second of 20,000 moves in rooms of two.
MOVES_PER_S, CONNECTION_KIB = 20_000, 20


class Aim(NamedTuple):
    """Our CPU for an update is to be at most `most` of theirs; None: nothing is aimed at. `faster`: each at its own
    highest rate, and ours is to be so many times theirs; else at equal rates."""

    workload: str
    beside: str
    most: Fraction | None
    faster: int = 0
    ours: str = OURS


_MESSAGES, _PATCHES, _LIMIT = "Colyseus, message broadcast", "Colyseus, state patch", "bare picows, echo"
AIMS = (
    Aim("A", "Flask-SocketIO, threading", Fraction(1, 6), 10),
    Aim("A", "Flask-SocketIO, gevent", Fraction(1, 6), 10),
    Aim("A", "stock Channels, daphne, Redis core", Fraction(1, 40), 20),
    Aim("A", "stock Channels, daphne, Redis pub/sub", None, 1),
    Aim("A", "stock Channels, uvicorn, Redis core", None, 1),
    Aim("A", "stock Channels, uvicorn, Redis pub/sub", None, 1),
    Aim("A", "boardgame.io", None, 1),
    Aim("A", _MESSAGES, Fraction(1)),
    Aim("A", _PATCHES, Fraction(1)),
    Aim("A", _MESSAGES, Fraction(9, 10), ours=STORELESS),
    Aim("A", _PATCHES, Fraction(9, 10), ours=STORELESS),
    Aim("A", _LIMIT, Fraction(8, 5)),
    Aim("B", _MESSAGES, Fraction(4, 5)),
    Aim("B", _PATCHES, Fraction(4, 5)),
    Aim("B", _LIMIT, Fraction(5, 4)),
    Aim("C", _PATCHES, Fraction(9, 10)),
    Aim("C", "bare picows, frames of equal size", None),
    Aim("F", _MESSAGES, Fraction(4, 5)),
    Aim("F", _PATCHES, Fraction(4, 5)),
    Aim("F", _LIMIT, Fraction(5, 4)),
)


def table(outcomes: Sequence[Outcome]) -> None:
    """All rows whose servers were measured."""
    by_key = {one.key: one for one in outcomes}
    rows = [row for aim in AIMS if (found := by_key.get(aim.workload)) for row in _rows(found, aim)]
    rows += [row for found in outcomes for row in _alone(found)]
    if rows:
        print(f"\nMadang beside the others\n\n| {' | '.join(_COLUMNS)} |\n|{'---|' * len(_COLUMNS)}")
        print("\n".join(f"| {' | '.join(row)} |" for row in rows), flush=True)


def _rows(found: Outcome, aim: Aim) -> Iterator[tuple[str, ...]]:
    if aim.faster:
        ours, theirs = found.most.get(aim.ours), found.most.get(aim.beside)
        if ours and theirs and found.at(ours, aim.ours) and found.at(theirs, aim.beside):
            yield _row(found, aim, (ours, theirs))
            least = aim.faster if aim.most else None
            yield (
                found.key,
                aim.ours,
                aim.beside,
                "the most of each",
                "",
                f"{ours / theirs:.0f} times",
                *_least(least, ours / theirs),
            )
        return
    for rate in _shared(found, aim):
        yield _row(found, aim, (rate, rate))


def _shared(found: Outcome, aim: Aim) -> list[int]:
    """The rates at which both were measured and neither was behind: a backlog flatters."""
    bound = min(found.most.get(name, 10**9) for name in (aim.ours, aim.beside))
    both = {rate for rate, name in found.rows if name == aim.ours} & {
        rate for rate, name in found.rows if name == aim.beside
    }
    return sorted(rate for rate in both if rate <= bound)


def _row(found: Outcome, aim: Aim, rates: tuple[int, int]) -> tuple[str, ...]:
    ours, theirs = found.at(rates[0], aim.ours), found.at(rates[1], aim.beside)
    low, middle, high = (_number(one) for one in ratio(ours, theirs))
    return (
        found.key,
        aim.ours,
        aim.beside,
        " and ".join(f"{rate:,}" for rate in dict.fromkeys(rates)),
        f"{middle_us(ours):.1f} and {middle_us(theirs):.1f}",
        f"{low} / **{middle}** / {high}",
        *_most(aim.most, ratio(ours, theirs).middle),
    )


def _number(value: float) -> str:
    """A small share is read as one of so many."""
    return f"{value:.2f}" if value >= 0.2 else f"1/{1 / value:.0f}"


def _most(most: Fraction | None, value: float) -> tuple[str, str]:
    if most is None:
        return "–", ""
    told = str(most) if most < Fraction(1, 2) else f"{float(most):g}"
    return f"at most {told}", _met(value <= float(most))


def _least(least: int | None, value: float) -> tuple[str, str]:
    return ("–", "") if least is None else (f"at least {least:,}", _met(value >= least))


def _met(reached: bool) -> str:
    return "met" if reached else "missed"


def _alone(found: Outcome) -> Iterable[tuple[str, ...]]:
    """What is aimed at beside nobody."""
    if found.key == "A" and (most := found.most.get(OURS)):
        late = median(one.p99_ms for one in found.at(most, OURS) or [one for _, one in found.climbed[OURS]])
        told = f"{most:,} moves/s, p99 {late:.0f} ms"
        yield ("A", OURS, "the most on one core", "", "", told, *_least(MOVES_PER_S, most))
    if found.key == "D" and (taken := found.connection_bytes.get(OURS)):
        kib = taken / 1024
        yield (
            "D",
            OURS,
            "memory of an idle connection",
            "",
            "",
            f"{kib:.0f} KiB",
            f"at most {CONNECTION_KIB} KiB",
            _met(kib <= CONNECTION_KIB),
        )
