"""Real time on a real journal and database: ticks come by themselves, are stored in chunks, and survive the process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from asgiref.sync import sync_to_async

from games import replay, selectors, services
from games.driver.live import Live
from games.host.entries import MatchId
from games.journal.endings import Failed
from games.models import Entry, Match, Snapshot
from games.protocol.messages import Hello, Move
from players.services import guest_create
from tests.games.test_driver import Ear, World, until

pytestmark = pytest.mark.django_db(transaction=True)

# The first crash ends a match of one round; this one lasts as long as nobody is left.
LONG = {"rounds": 5}


@pytest.fixture
async def world() -> AsyncIterator[World]:
    world = await World().start()
    yield world
    await world.stop()


@sync_to_async
def riding() -> tuple[Match, str]:
    player = guest_create(language="en")
    made = services.match_create(game="light-cycles", options=LONG, by=player, seat=0, opponent="practice")
    return made, player.public_id


async def seated(world: World) -> tuple[Match, Live, Ear]:
    match, player = await riding()
    ear = Ear(player)
    live = await world.driver.attach(ear, match.public_id, Hello())
    assert isinstance(live, Live)
    return match, live, ear


async def test_ticks_come_by_themselves_and_are_stored_in_chunks(world: World) -> None:
    match, live, ear = await seated(world)
    await until(lambda: live.match.fold.ticks >= 40)
    assert sum(isinstance(one, list) for one in ear.heard) >= 35
    await until(lambda: live.match.tail.stored_fold.ticks >= 30)
    kinds = [kind async for kind in Entry.objects.filter(match=match).order_by("n").values_list("kind", flat=True)]
    assert kinds[:2] == ["sit", "sit"]
    assert set(kinds[2:]) == {"chunk"}
    assert world.driver.ticker.late.count >= 40


async def test_an_input_is_answered_by_the_tick_that_applied_it(world: World) -> None:
    _, live, ear = await seated(world)
    live.submit(ear, Move(3, "up"))
    await until(lambda: any(isinstance(one, list) and [0, 3] in one[2:][0] for one in ear.heard if len(one) == 3))
    assert live.match.fold.cs[0] == 3


async def test_a_match_goes_on_from_its_last_chunk_after_a_flush_that_failed(world: World) -> None:
    match, live, ear = await seated(world)
    await until(lambda: live.match.tail.stored_fold.ticks >= 15)
    epoch = live.match.header.facts.epoch
    world.driver.settled(MatchId(match.pk), Failed(MatchId(match.pk), epoch))
    await until(lambda: not live.refolding)
    at = live.match.fold.ticks
    await until(lambda: live.match.fold.ticks >= at + 10)
    assert live.match.header.facts.epoch == epoch + 1
    assert not [one for one in ear.heard if isinstance(one, dict) and one["type"] == "reject"]


async def test_a_planned_stop_loses_no_tick_and_the_next_process_rides_on(world: World) -> None:
    match, live, ear = await seated(world)
    await until(lambda: live.match.fold.ticks >= 10)
    await world.driver.close()
    ticks = live.match.fold.ticks
    world.driver.stopping = False
    again = await world.driver.attach(Ear(ear.player), match.public_id, Hello())
    assert isinstance(again, Live)
    assert again is not live
    assert again.match.fold.ticks >= ticks
    await until(lambda: again.match.fold.ticks >= ticks + 5)


async def test_a_rider_who_stays_away_is_out_and_the_finished_record_holds(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("games.rules.light_cycles.LightCycles.grace_s", 1)
    match, live, ear = await seated(world)
    live.detach(ear)
    await until(lambda: live.match.shown.over)
    await match.arefresh_from_db()
    assert match.status == "over"
    record = await sync_to_async(selectors.record_whole)(match)
    assert replay.faults(record) == []


async def test_ticks_that_come_too_late_are_let_go_and_counted(world: World) -> None:
    _, live, _ = await seated(world)
    await until(lambda: live.match.fold.ticks >= 5)
    before = live.match.fold.ticks
    loop = asyncio.get_running_loop()
    blocked_until = loop.time() + 0.6
    while loop.time() < blocked_until:
        pass
    await until(lambda: world.driver.ticker.skipped > 0)
    assert live.match.fold.ticks - before < 18


async def test_a_long_ride_leaves_snapshots(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("games.driver.loading.SNAPSHOT_STEPS", 20)
    match, live, _ = await seated(world)
    await until(lambda: live.snapshot_step >= 20)
    await world.driver.idle()
    assert await Snapshot.objects.filter(match=match).aexists()
