"""Ownership as the driver sees it: handover, and what is refused while the host may be believed dead."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from games import store
from games.driver.pulse import PAUSE_S
from games.models import Entry, Lease
from games.protocol.codes import Close
from games.protocol.messages import Hello, Move
from tests.games.test_driver import Ear, World, full_match

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
