"""Each test begins with a process that has seen no tournament yet."""

from __future__ import annotations

import pytest

from tournaments import log, presence


@pytest.fixture(autouse=True)
def fresh_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "_seen", set())
    monkeypatch.setattr(log, "shown", log.Folds())
    monkeypatch.setattr(log, "run", log.Folds())
