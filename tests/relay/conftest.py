"""`street`: processes in one loop, over a layer in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.relay.houses import QUICK_S, Street


@pytest.fixture
async def street(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Street]:
    monkeypatch.setattr("games.relay.core.TICK_S", QUICK_S)
    street = Street()
    yield street
    await street.close()
