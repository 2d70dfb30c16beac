"""Each test begins with a process that has seen no tournament yet."""

from __future__ import annotations

from collections import OrderedDict

import pytest

from players.throttle import Throttle
from tournaments import log, presence, shown


@pytest.fixture(autouse=True)
def fresh_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "_seen", set())
    monkeypatch.setattr(log, "shown", log.Folds())
    monkeypatch.setattr(log, "run", log.Folds())
    monkeypatch.setattr(shown, "_seen", OrderedDict())


@pytest.fixture
def fresh_throttles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests must not wait for each other's buckets."""
    wide = {"burst": 10_000, "per_minute": 1}
    monkeypatch.setattr("players.services._guests", Throttle(**wide))
    monkeypatch.setattr("games.api.auth._changes", Throttle(**wide))
    monkeypatch.setattr("tournaments.limits._watches", Throttle(**wide))
