"""The watchdog's eyes, by a clock that is turned by hand; what it does to a real server is in the ownership tests."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from gameserver import watchdog
from gameserver.watchdog import EXIT_CODE, HUNG_S, LOOK_S, SLOW_S, Watchdog


class Watched:
    """A driver that is stepping, or not, as the test says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.ended, self.suspected = 0.0, [], []
        self.driver = SimpleNamespace(steps=0, stepping=None, host="here")
        rules = SimpleNamespace(name="a-game", edition=1)
        facts = SimpleNamespace(public_id="abc")
        fold = SimpleNamespace(rules=rules)
        self.live: Any = SimpleNamespace(match=SimpleNamespace(fold=fold, header=SimpleNamespace(id=7, facts=facts)))
        monkeypatch.setattr(watchdog, "_suspect", lambda live, host: self.suspected.append((live, host)))
        self.dog = Watchdog(self.driver, beside=lambda: None, clock=lambda: self.now, end=self._end)

    def _end(self, code: int) -> None:
        self.ended.append((code, len(self.suspected)))

    def step(self) -> None:
        self.driver.steps += 1
        self.driver.stepping = self.live

    def look(self, seconds: float) -> None:
        for _ in range(round(seconds / LOOK_S)):
            self.now += LOOK_S
            self.dog.look()


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Watched:
    return Watched(monkeypatch)


def test_a_step_that_does_not_end_is_told_to_the_database_and_then_ends_the_process(watched: Watched) -> None:
    watched.step()
    watched.look(HUNG_S - LOOK_S)
    assert not watched.ended
    watched.look(3 * LOOK_S)
    assert watched.ended[0] == (EXIT_CODE, 1)
    assert watched.suspected[0] == (watched.live, "here")


def test_a_slow_step_is_counted_once_and_quick_ones_never(watched: Watched) -> None:
    watched.step()
    watched.look(4 * SLOW_S)
    assert watched.dog.slow_steps == 1
    for _ in range(100):
        watched.step()
        watched.look(LOOK_S)
    assert watched.dog.slow_steps == 1
    assert not watched.ended


def test_many_steps_of_one_match_are_not_one_that_hangs(watched: Watched) -> None:
    for _ in range(200):
        watched.step()
        watched.look(SLOW_S / 2)
    assert not watched.ended


def test_a_process_that_was_frozen_in_a_step_suspects_nobody(watched: Watched) -> None:
    watched.step()
    watched.look(2 * LOOK_S)
    watched.now += 60
    watched.look(LOOK_S)
    assert not watched.ended
    assert watched.dog.slow_steps == 0


def test_under_a_debugger_a_step_may_last_as_long_as_it_likes(watched: Watched) -> None:
    watched.dog._bites = False
    watched.step()
    watched.look(20 * HUNG_S)
    assert not watched.ended
    assert not watched.suspected
