"""Seeking in a long record: the very moment that was asked for, from the nearest snapshot, in little time."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from django.test import Client

from bench import riders
from bench.seek import record, seek
from games.models import Snapshot
from games.rules.base import Env
from games.rules.light_cycles import LightCycles, Options

# Nobody waits so long for a bar to follow; the figure itself is `python -m bench seek`, on a quiet machine.
PATIENCE_MS = 5_000
MOMENTS_MS = (0, 12_345, 33_333, 33_334, 70_000, 99_999)


def shown() -> Iterator[tuple[int, object]]:
    """What the rules alone show, tick after tick: (ms, view)."""
    rules, env, number = LightCycles(), Env(seed=b"", n=0, ms=0), 0
    course = {(seat, tick): way for seat in range(2) for tick, way in riders.halves(seat)}
    state = rules.setup(Options(**riders.LONG), 2, env)
    while True:
        yield number * 1000 // riders.HZ, json.loads(json.dumps(rules.view(state, None, None)))
        at = state.tick + 1
        state = rules.step(state, {seat: course[seat, at] for seat in range(2) if (seat, at) in course}, env)
        number += 1


@pytest.mark.django_db
def test_any_moment_of_a_long_record_is_found_from_a_snapshot() -> None:
    match = record(seconds=100)
    assert Snapshot.objects.filter(match=match).count() == 2
    expected = {}
    for ms, view in shown():
        if ms > MOMENTS_MS[-1]:
            break
        expected |= {at_ms: (ms, view) for at_ms in MOMENTS_MS if ms <= at_ms}
    for at_ms in MOMENTS_MS:
        took_ms, answer = seek(Client(), match, at_ms)
        first = json.loads(answer)["frames"][0]
        assert (first["ms"], first["view"]) == expected[at_ms]
        assert took_ms < PATIENCE_MS
