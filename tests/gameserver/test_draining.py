"""A process that is told to drain: not ready, then empty, its matches with another process, which plays on."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable

import psycopg
import pytest

from tests.servers import MadangServer
from tests.soak.field import Field

pytestmark = pytest.mark.slow

OWNERS = """SELECT DISTINCT host.name FROM games_lease lease JOIN games_match match ON match.id = lease.match_id
    LEFT JOIN games_host host ON host.id = lease.host_id WHERE match.status = 'live'"""


async def until(done: Callable[[], bool], within_s: float = 20) -> None:
    deadline = time.monotonic() + within_s
    while not await asyncio.to_thread(done):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)


async def test_matches_leave_a_draining_process_and_go_on_in_another(
    madang_server: Callable[..., MadangServer], postgres_database: str
) -> None:
    environ = {"DATABASE_URL": postgres_database, "MADANG_SECRET_KEY": "a key of both processes " * 3}
    first = await asyncio.to_thread(madang_server, environ)
    second = await asyncio.to_thread(madang_server, environ)
    name, other = (f"{socket.gethostname()}:{server.pid}" for server in (first, second))

    def owners() -> set[str | None]:
        with psycopg.connect(postgres_database) as connection:
            return {row[0] for row in connection.execute(OWNERS)}

    field = Field(first, second, matches=6, accidents=("nothing",), seed=11)
    both, field.api.urls = field.api.urls, (first.url,)  # whoever seats the players owns the match
    await field.prepare()
    field.api.urls = both
    await field.gather()
    assert owners() == {name}
    drained = await asyncio.to_thread(second.command, "drain", name)
    assert "No match is left there." in drained
    assert (first.status("/readyz"), first.status("/healthz")) == (503, 200)
    await until(lambda: owners() == {other})
    field.begin()
    await field.finish(60)
    assert field.disagreements() == []
    closes = {close for page in field.pages() for close in page.closes}
    assert 1012 in closes
    assert closes <= {1000, 1012, 4013}  # the end; restart; busy, until a page tries the other process
    await asyncio.to_thread(second.command, "drain", name, "--undo")
    await until(lambda: first.status("/readyz") == 200)
    await asyncio.to_thread(second.command, "drain", name, "--stop")
    await until(lambda: first.status("/healthz") is None)
    assert first.stop() == 0
