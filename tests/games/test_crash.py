"""The server is killed, or stopped, in the middle of many matches; the pages come back by themselves and play on."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from tests.servers import MadangServer
from tests.soak.field import Field

MATCHES = 20
# Twenty matches then make some 100 moves a second: there is always something on its way when the server goes.
PACE_S = 0.2
# With the lease of a dead host to be waited for (6 s), and a start of some 5 s on a busy machine.
FINISH_S = 60.0
# The server promises 20 s for an orderly stop whatever happens; with nothing in its way it takes a moment.
STOP_S = 10.0

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest, madang_server: Callable[..., MadangServer]) -> MadangServer:
    if request.param == "sqlite":
        return madang_server()
    return madang_server({"DATABASE_URL": request.getfixturevalue("postgres_database")})


@asynccontextmanager
async def in_the_middle(server: MadangServer) -> AsyncIterator[Field]:
    """Inside the block matches are well under way; after it they are played to the end, and the books are checked."""
    field = Field(server, matches=MATCHES, accidents=("nothing",), seed=int.from_bytes(os.urandom(4)), pace_s=PACE_S)
    await field.prepare()
    await field.gather()
    field.begin()
    await field.until(lambda: field.acked() >= MATCHES * 2)
    assert sum(page.over for page in field.pages()) < MATCHES  # of two pages each
    yield field
    await field.finish(FINISH_S)
    assert field.disagreements() == []
    assert f"{MATCHES} records fold" in await asyncio.to_thread(server.command, "verifyrecords")


async def test_a_killed_server_comes_back_with_every_acknowledged_move_and_none_twice(server: MadangServer) -> None:
    async with in_the_middle(server) as field:
        before = {page: page.e for page in field.pages() if not page.over}
        server.kill()
        await asyncio.to_thread(server.start)
    assert all(page.closes[0] == 1006 for page in before), "a killed server says no goodbye"
    assert all(page.e != epoch for page, epoch in before.items()), "every match was taken over under a new epoch"
    assert any(page.resent for page in before), f"nothing was on its way; seed {field.seed}"


async def test_a_stopped_server_says_restart_and_loses_nothing(server: MadangServer) -> None:
    async with in_the_middle(server) as field:
        playing = [page for page in field.pages() if not page.over]
        began = time.monotonic()
        code = await asyncio.to_thread(server.stop)
        assert code == 0
        assert time.monotonic() - began < STOP_S
        await asyncio.to_thread(server.start)
    # A match may still end while the server lets its players go: such a page leaves by itself.
    assert {page.closes[0] for page in playing if not page.over_at_first_close} == {1012}


async def test_a_server_killed_again_and_again_still_loses_nothing(madang_server: Callable[..., MadangServer]) -> None:
    server = madang_server()
    async with in_the_middle(server) as field:
        for _ in range(3):
            server.kill()
            await asyncio.to_thread(server.start)
            await asyncio.sleep(0.5)
    assert sum(len(page.closes) >= 3 for page in field.pages()) > 0
