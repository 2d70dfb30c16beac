"""Ownership as the driver sees it: handover, and what is refused while the host may be believed dead."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from games import store
from games.driver.pulse import PAUSE_S
from games.driver.resuming import resume
from games.models import Entry, Lease
from games.protocol.codes import Close
from games.protocol.messages import Hello, Move
from tests.games.test_clock_driver import begun
from tests.games.test_driver import Ear, World, full_match, until
from tests.games.test_ticker import seated as riding

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    world = await World().start()
    yield world
    await world.stop()


async def test_a_match_is_given_to_another_host_with_all_that_was_under_way(world: World) -> None:
    match = await full_match()
    live, first, second = await world.seated(match)
    other = await world.threads.run(store.host_register, "other")
    epoch = live.match.header.facts.epoch
    live.submit(first, Move(1, 3, live.match.shown.v))
    giving = world.driver.give(live.match.header.id, other)
    assert await giving
    assert second.last("update")["by"] == [[0, 1, 3]], "told before it was given away"
    assert (first.closed, second.closed) == (Close.MOVED, Close.MOVED)
    lease = await Lease.objects.aget(match=match)
    assert (lease.host_id, lease.epoch) == (other, epoch + 1)
    assert not world.driver.live
    assert await world.threads.run(_take, live.match.header.id, other) == epoch + 2, "the taker begins anew"


def _take(match: Any, host: str) -> Any:
    return store.lease_take(match, host, may_expire=False)


async def test_inputs_during_a_handover_are_told_to_try_again(world: World) -> None:
    match = await full_match()
    live, first, _ = await world.seated(match)
    live.giving = True
    live.submit(first, Move(1, 3, live.match.shown.v))
    assert first.last("reject")["code"] == "try_again"
    assert not live.match.tail.unstored


@pytest.mark.parametrize("lost", ["stopped", "expired", "unknown"])
async def test_a_handover_to_who_is_not_alive_leaves_the_match_here_and_playing(world: World, lost: str) -> None:
    match = await full_match()
    live, first, second = await world.seated(match)
    other = "unknown"
    if lost != "unknown":
        other = await world.threads.run(store.host_register, "other")
        await world.threads.run(_lose, other, lost)
    assert not await world.driver.give(live.match.header.id, other)
    live.submit(first, Move(1, 3, live.match.shown.v))
    await second.until(lambda ear: ear.heard[-1]["type"] == "update")
    assert first.closed is None


def _lose(host: str, how: str) -> None:
    from django.db.models.functions import Now

    from games.models import Host

    changed = {"stopped_at": Now()} if how == "stopped" else {"beat_at": Now() - store.TTL}
    Host.objects.filter(id=host).update(**changed)


async def test_past_four_seconds_without_renewal_nothing_is_accepted_and_nobody_new_is_shown_anything(
    world: World,
) -> None:
    match = await full_match()
    live, first, second = await world.seated(match)
    world.driver.pulse.renewed_s -= PAUSE_S
    live.submit(first, Move(1, 3, live.match.shown.v))
    assert first.last("reject")["code"] == "try_again"
    assert await world.driver.attach(Ear(None), match.public_id, Hello()) is Close.BUSY
    live.refresh(second)
    assert second.closed is Close.BUSY
    await world.journal.flushed()
    assert not await Entry.objects.filter(match=match, kind="move").aexists()
    assert first.closed is None, "sockets and state stay"


async def test_ticks_stop_with_the_pause_and_go_on_after_it(world: World) -> None:
    _, live, ear = await riding(world)
    await until(lambda: live.match.fold.ticks >= 5)
    world.driver.pulse.renewed_s -= PAUSE_S
    await until(lambda: live not in world.driver.ticker._held)
    ticks, heard = live.match.fold.ticks, len(ear.heard)
    await asyncio.sleep(0.3)
    assert (live.match.fold.ticks, len(ear.heard)) == (ticks, heard)
    await back(world)
    await until(lambda: live.match.fold.ticks > ticks)
    assert ear.closed is None


async def test_after_a_pause_what_others_took_is_dropped_and_the_rest_goes_on(world: World) -> None:
    lost, kept = await full_match(), await full_match()
    gone, first, second = await world.seated(lost)
    live, player, watcher = await world.seated(kept)
    world.driver.pulse.renewed_s -= PAUSE_S + 10
    other = await world.threads.run(store.host_register, "other")
    await Lease.objects.filter(match=lost).aupdate(host_id=other, epoch=gone.match.header.facts.epoch + 1)
    await back(world)
    assert (first.closed, second.closed) == (Close.MOVED, Close.MOVED)
    assert list(world.driver.live.values()) == [live]
    assert world.driver.pulse.pauses == 1
    live.submit(player, Move(1, 3, live.match.shown.v))
    await watcher.until(lambda ear: ear.heard[-1]["type"] == "update")
    assert player.closed is None


async def test_a_match_that_came_back_to_us_by_another_hand_is_not_the_one_we_remember(world: World) -> None:
    match = await full_match()
    live, first, _ = await world.seated(match)
    world.driver.pulse.renewed_s -= PAUSE_S + 10
    await Lease.objects.filter(match=match).aupdate(epoch=live.match.header.facts.epoch + 2)
    await back(world)
    assert first.closed is Close.MOVED


async def test_an_answer_that_was_long_on_its_way_ends_no_pause(world: World) -> None:
    await full_match()
    world.driver.pulse.renewed_s -= PAUSE_S + 10
    owned = await world.threads.run(store.leases_of, world.host)
    resume(world.driver, owned, time.monotonic() - PAUSE_S - 1)
    assert world.driver.pulse.lapsed
    assert world.driver.pulse.pauses == 0


async def test_the_flag_does_not_fall_while_the_process_stands_still(world: World) -> None:
    match = await begun({"kind": "move", "base_ms": 10_000, "extra_ms": 0})
    live, first, second = await world.seated(match)
    since = live.match.tail._charged_from
    live.match.tail._charged_from = (since[0] - 60_000, since[1])  # a minute, all of it in the pause
    world.driver.pulse.renewed_s -= PAUSE_S + 60
    live._due()
    assert not live.match.tail.unstored, "no timer does anything meanwhile"
    await back(world)
    live.submit(first, Move(1, 3, live.match.shown.v))
    await second.until(lambda ear: ear.heard[-1]["type"] == "update")
    assert live.match.shown.status == "live"


async def back(world: World) -> None:
    """The first heartbeat that comes through again."""
    sent_s = time.monotonic()
    resume(world.driver, await world.threads.run(store.leases_of, world.host), sent_s)
    assert not world.driver.pulse.lapsed


async def test_a_match_on_ticks_that_is_given_back_says_when_somebody_must_have_it_again(world: World) -> None:
    match, live, _ = await riding(world)
    await until(lambda: live.match.fold.ticks >= 5)
    await world.driver.close()
    await match.arefresh_from_db()
    assert match.due_at is not None, "nobody looks for it otherwise, unless its players come back"
