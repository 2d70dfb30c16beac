"""Faults in an order drawn from a seed, against live matches: nothing acknowledged is lost, nothing is done twice."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from tests.faults.fleet import Fleet
from tests.faults.storm import Outcome, storm

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def assert_kept(outcome: Outcome) -> None:
    print(outcome)  # pytest shows it where the test fails: the seed draws the same storm again
    assert outcome.breaches == []
    assert outcome.acked > 0
    assert outcome.entries >= outcome.acked, "the witness saw less than what was acknowledged"


async def test_one_process_keeps_its_promises_through_three_faults(a_fleet: Callable[..., Fleet]) -> None:
    names = ("kill_web", "kill_postgres", "hiccup_web", "cut_sockets")
    seed = int.from_bytes(os.urandom(4))
    outcome = await storm(a_fleet(1), seed=seed, faults=3, matches=20, pace_s=0.4, names=names)
    assert_kept(outcome)


async def test_two_processes_keep_their_promises_through_four_faults(a_fleet: Callable[..., Fleet]) -> None:
    outcome = await storm(a_fleet(2), seed=int.from_bytes(os.urandom(4)), faults=4, matches=20, pace_s=0.6)
    assert_kept(outcome)
