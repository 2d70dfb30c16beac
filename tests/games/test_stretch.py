"""What is watched afterwards is what was seen, from whatever moment on."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from games.host.snapshot import restore, save
from games.protocol import patch
from games.protocol.messages import Move, Resign
from games.rules.rng import Rng
from games.stretch import stretch
from tests.host.kit import Table
from tests.host.test_ticks import Told, Walkers


def played(rules: Any, seed: bytes = bytes(32)) -> Table:
    table, rng = Table(rules, seed=seed, sitting=min(rules.seats)), Rng(seed, 99)
    while not table.match.shown.over:
        seat = rng.below(table.seats)
        if seat in table.match.fold.turns:
            move = table.match.fold.turns[seat].sample(rng)
            table.send(seat, Move(table.match.fold.cs[seat] + 1, move))
        if table.match.fold.ticks == 7 and 1 not in table.match.fold.out and isinstance(rules, Told):
            table.send(1, Resign(table.next_c(1)))
        table.tick()
    return table


def pictures(frames: list[dict[str, Any]]) -> dict[int, Any]:
    """The view at each version, pieced together as a client does."""
    view: Any = None
    shown = {}
    for frame in msgspec.json.decode(msgspec.json.encode(frames)):
        view = frame["view"] if "view" in frame else patch.apply(view, frame["d"])
        shown[frame["v"]] = view
    return shown


@pytest.mark.parametrize("rules", [Told(), Walkers()], ids=lambda rules: rules.name)
def test_any_moment_can_be_watched_from_any_snapshot_before_it(rules: Any) -> None:
    table = played(rules)
    start = table.refolded(0)
    whole, more = stretch(start, table.log, at_ms=0, limit=10**6)
    assert not more
    everything = pictures(whole)
    assert whole[-1]["status"] == "over"
    assert whole[-1]["result"]["reason"] == table.match.shown.outcome.reason
    for at_ms in range(0, table.match.shown.ms + 200, 170):
        behind = [n for n in range(len(table.log) + 1) if table.refolded(n).ms <= at_ms][-1]
        saved = save(table.refolded(behind))
        fold = restore(saved, rules, options=rules.options(), seats=table.seats, seed=table.seed)
        part, _ = stretch(fold, table.log[behind:], at_ms=at_ms, limit=5)
        assert part[0]["ms"] <= at_ms
        assert "view" in part[0]
        shown = pictures(part)
        assert shown == {v: everything[v] for v in shown}


def test_portions_follow_each_other_without_a_gap() -> None:
    table = played(Walkers())
    whole, _ = stretch(table.refolded(0), table.log, at_ms=0, limit=10**6)
    portions: list[dict[str, Any]] = []
    at_ms, more = 0, True
    while more:
        part, more = stretch(table.refolded(0), table.log, at_ms=at_ms, limit=7)
        fresh = [frame for frame in part if not portions or frame["v"] > portions[-1]["v"]]
        portions += fresh
        at_ms = part[-1]["ms"] + 1
    assert [frame["v"] for frame in portions] == [frame["v"] for frame in whole]


def test_a_moment_after_the_end_shows_the_end() -> None:
    table = played(Told())
    (last,), more = stretch(table.refolded(0), table.log, at_ms=10**7, limit=5)
    assert (last["status"], more) == ("over", False)
