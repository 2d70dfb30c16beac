"""A match over a bad network: promises that hold are found to hold, and each one that is broken is found."""

from __future__ import annotations

import time
from typing import Any

import pytest

from games.host.match import LiveMatch
from games.rules import catalog
from games.rules.base import Rules
from games.testing import Network, simulate
from games.testing.client import Client
from games.testing.house import House
from tests.rules.fair import FAIR, Hands, Race, Sticks
from tests.testing.test_table import WrongPatch

# Everything goes wrong, all the time: one frame in ten vanishes, one connection in twenty breaks at each frame.
BAD = Network(latency_ms=(20, 200), late=0.1, late_ms=400, lost=0.1, swapped=0.05, cut=0.05)
GAMES: tuple[Rules[Any, Any], ...] = (*catalog.all_newest(), *FAIR)

games = pytest.mark.parametrize("rules", GAMES, ids=lambda rules: rules.name)


@games
@pytest.mark.parametrize("seed", range(3))
def test_a_match_of_every_game_keeps_its_promises_over_a_bad_network(rules: Rules[Any, Any], seed: int) -> None:
    story = simulate(rules, seed=seed, network=BAD, seconds=10 if rules.hz else None)
    assert story.steps
    assert story.result is not None or rules.hz


def test_over_a_bad_network_everything_has_happened() -> None:
    story = simulate(Race(), seed=1, network=BAD)
    assert story.lost
    assert story.cuts
    assert story.gaps
    assert story.inputs
    assert story.welcomes > 4


def test_the_same_seed_tells_the_same_story() -> None:
    assert simulate(Race(), seed=5, network=BAD) == simulate(Race(), seed=5, network=BAD)
    assert simulate(Race(), seed=5, network=BAD) != simulate(Race(), seed=6, network=BAD)


def test_minutes_of_virtual_time_take_milliseconds() -> None:
    began = time.process_time()
    story = simulate(Sticks(), seed=1, network=Network(latency_ms=(2_000, 9_000), cut=0, lost=0))
    assert story.virtual_ms > 60_000
    assert time.process_time() - began < 1


def test_a_test_may_choose_the_moves() -> None:
    story = simulate(Sticks(), chooses=lambda seat, view, moves: 1 if 1 in moves else None)
    assert story.steps == story.inputs == 9


def test_players_who_never_act_are_told() -> None:
    story = simulate(Sticks(), chooses=lambda *_: None, seconds=20)
    assert story.result is None
    assert story.steps == 0


# ── what it finds ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_patch_that_does_not_make_the_view_is_found_with_its_seed() -> None:
    with pytest.raises(AssertionError, match=r"sticks, seed 7: player-\d sees \{'left'"):
        simulate(WrongPatch(), seed=7)


def test_an_input_that_was_acknowledged_and_not_stored_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def forgets(house: House, count: int | None = None) -> None:
        stored(house, count)
        for entry in [entry for entry in house.log if entry.kind == "move"]:
            house.log.remove(entry)

    stored = House.store
    monkeypatch.setattr(House, "store", forgets)
    with pytest.raises(AssertionError, match=r"was told that inputs .* are stored; they are not in the log"):
        simulate(Sticks(), seed=1)


def test_an_input_that_nobody_answers_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LiveMatch, "_again", lambda *_: [])
    monkeypatch.setattr(Client, "_settle", lambda *_: None)
    with pytest.raises(AssertionError, match="never heard of inputs"):
        simulate(Sticks(), seed=1, seconds=30)


def test_a_log_that_holds_an_input_twice_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(House, "inputs", lambda house: iter([(0, 1), (0, 1)]))
    with pytest.raises(AssertionError, match=r"inputs are in the log twice: \[\(0, 1\)\]"):
        simulate(Hands(), seed=1)


def test_a_viewer_who_is_left_behind_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def deaf(client: Client, frame: bytes) -> Any:
        return {"type": "nothing"} if b'"over"' in frame else hear(client, frame)

    hear = Client.hear
    monkeypatch.setattr(Client, "hear", deaf)
    with pytest.raises(AssertionError, match="is at version"):
        simulate(Sticks(), seed=1)
