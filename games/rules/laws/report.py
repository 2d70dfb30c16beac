"""Findings as text for people: which law, what is wrong, and the shortest match that shows it."""

from __future__ import annotations

from typing import Any

from games.rules.base import Rules
from games.rules.laws.play import Broken, Log
from games.rules.laws.values import encoded

# A log is read by a person: longer ones show their beginning and their end, and the seed gives the rest.
_FIRST_STEPS = 12
_LAST_STEPS = 3


def heading(rules: Rules[Any, Any]) -> str:
    """The game as reports name it."""
    return f"{getattr(rules, 'name', type(rules).__name__)} (edition {rules.edition})"


def finding(found: Broken) -> str:
    """One broken law, over several lines."""
    lines = [f"BROKEN {found.law}", *(f"  {line}" for line in found.why.splitlines())]
    if found.log is not None:
        lines += [f"  {line}" for line in _match(found.log)]
    return "\n".join(lines)


def _match(log: Log) -> list[str]:
    steps = [f"  {n}: {encoded(moves).decode()}" for n, moves in enumerate(log.steps, start=1)]
    left_out = len(steps) - _FIRST_STEPS - _LAST_STEPS
    if left_out > 0:
        steps[_FIRST_STEPS:-_LAST_STEPS] = [f"  … {left_out:,} more steps …"]
    return [
        f"seed {log.seed}, {log.seats} seats, options {encoded(log.options).decode()}",
        "shortest match found, as step: {seat: move}" if steps else "found before the first step",
        *steps,
    ]
