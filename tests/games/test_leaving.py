"""A process gives its matches back: stored, then free, and only then do players hear of it; and it takes no more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from games import hosts, store
from games.driver import leaving
from games.models import Entry, Host, Lease
from games.protocol.codes import Close
from games.protocol.messages import Hello, Move
from gameserver import draining
from gameserver.draining import Draining
from tests.games.test_driver import Ear, World, full_match

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    world = await World().start()
    yield world
    await world.stop()


async def owner(match: Any) -> str | None:
    lease = await Lease.objects.aget(match=match)
    return lease.host_id


async def test_what_was_accepted_is_stored_before_anybody_is_sent_away(world: World) -> None:
    match = await full_match()
    live, ann, _ = await world.seated(match)
    live.submit(ann, Move(c=1, on=2, m=3))
    seen = asyncio.Event()
    release = world.driver.loading.release

    async def releasing(held: Any, dues: Any) -> None:
        await release(held, dues)
        assert ann.closed is None
        assert await owner(match) is None  # whoever comes back at once finds it free
        seen.set()

    world.driver.loading.release = releasing  # type: ignore[method-assign]
    assert await leaving.leave(world.driver) == 1
    assert seen.is_set()
    assert ann.closed is Close.RESTART
    assert await Entry.objects.filter(match=match, kind="move").acount() == 1
    assert ann.last("update")["v"] == 3
    assert world.driver.live == {}


async def test_a_match_that_leaves_takes_nothing_more(world: World) -> None:
    live, ann, _ = await world.seated(await full_match())
    release = world.driver.loading.release

    async def releasing(held: Any, dues: Any) -> None:
        live.submit(ann, Move(c=1, on=2, m=3))
        await release(held, dues)

    world.driver.loading.release = releasing  # type: ignore[method-assign]
    await leaving.leave(world.driver)
    assert ann.last("reject")["code"] == "try_again"


async def test_more_than_a_batch_leaves_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaving, "AT_ONCE", 2)
    matches = [await full_match() for _ in range(5)]
    for match in matches:
        await world.seated(match)
    assert await leaving.leave(world.driver) == 5
    assert [await owner(match) for match in matches] == [None] * 5


async def test_a_database_that_is_away_does_not_hold_up_the_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaving, "AT_ONCE", 1)
    monkeypatch.setattr(leaving, "BATCH_S", 0.05)
    ears = [(await world.seated(await full_match()))[1] for _ in range(4)]
    tried = []

    async def hanging() -> None:
        tried.append(True)
        await asyncio.sleep(10)

    monkeypatch.setattr(world.journal, "flushed", hanging)
    await asyncio.wait_for(leaving.leave(world.driver), 5)
    assert [ear.closed for ear in ears] == [Close.RESTART] * 4
    assert len(tried) == 1


async def test_a_process_that_is_told_to_drain_gives_notice_lets_go_and_takes_no_more(world: World) -> None:
    match, looking = await full_match(), Draining(world.driver)
    _, ann, _ = await world.seated(match)
    await looking.look()
    assert not world.driver.draining
    await sync_to_async(hosts.hosts_tell)([world.host], Host.Told.DRAIN)
    for _ in range(draining.NOTICE_LOOKS):
        await looking.look()
        assert world.driver.draining
        assert ann.closed is None  # a proxy needs the time to see it
    await looking.look()
    assert ann.closed is Close.RESTART
    assert await world.driver.attach(Ear(None), match.public_id, Hello()) is Close.BUSY
    assert await owner(match) is None
    await sync_to_async(hosts.hosts_tell)([world.host], Host.Told.NOTHING)
    await looking.look()
    await world.seated(match)
    assert await owner(match) == world.host


async def test_a_lease_that_was_left_behind_is_released_before_the_process_ends(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[Any] = []
    monkeypatch.setattr(draining.os, "kill", lambda *killed: ended.append(killed))
    match, looking = await full_match(), Draining(world.driver)
    await world.threads.run(lambda: store.lease_take(match.pk, world.host, may_expire=False))
    await sync_to_async(hosts.hosts_tell)([world.host], Host.Told.STOP)
    for _ in range(draining.NOTICE_LOOKS + 1):
        await looking.look()
    assert world.driver.live == {}
    assert await owner(match) == world.host  # under another epoch than the match had in memory
    await looking.look()
    assert await owner(match) is None
    assert ended == []
    await looking.look()
    assert len(ended) == 1


async def test_what_a_match_counted_stays_when_it_leaves(world: World) -> None:
    live, ann, _ = await world.seated(await full_match())
    live.submit(ann, Move(c=1, on=2, m=3))
    await ann.until(lambda ear: any(one["type"] == "update" for one in ear.heard))
    live.submit(ann, Move(c=2, on=3, m=3))
    before = world.driver.tally.with_all(world.driver.live.values())
    await leaving.leave(world.driver)
    after = world.driver.tally
    assert after.moves == before.moves == {"connect-four": 1}
    assert after.refused == before.refused == {"not_your_turn": 1}
    assert after.busy_ns["connect-four"] >= before.busy_ns["connect-four"] > 0
