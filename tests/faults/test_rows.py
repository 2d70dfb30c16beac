"""A small cut of the long run: rows whose promise is that nothing is lost, however long a busy machine takes."""

from __future__ import annotations

import pytest

from tests import servers
from tests.conftest import CI
from tests.faults import outages, owners
from tests.faults.figures import Figure, Row

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


async def measured(row: Row) -> Figure:
    try:
        figure = await row()
    except servers.Unavailable as why:
        if CI:
            pytest.fail(str(why))
        pytest.skip(str(why))
    print(figure)
    return figure


async def test_an_owner_that_wakes_after_its_lease_appends_nothing_and_shows_nobody_a_lower_epoch() -> None:
    figure = await measured(lambda: owners.frozen(rounds=1, matches=16))
    assert figure.breaches == ()
    assert figure.kept, "somebody took over: else there was no split brain"


async def test_redis_comes_back_empty_and_nobody_stays_deaf() -> None:
    figure = await measured(lambda: outages.redis(matches=16))
    assert figure.breaches == ()
