"""Time that runs though nobody looks: what the driver keeps, what it lets go until when, and what it brings back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db.models import F
from django.db.models.functions import Now

from games import commands, services, sweeps
from games.driver import Driver
from games.driver.unattended import COMES_BACK_MS, Sweep
from games.host.entries import MatchId
from games.host.lag import FIRST_MS
from games.models import Entry, Host, Lease, Match
from games.protocol.codes import Close
from games.protocol.messages import Hello
from players.services import guest_create
from tests.games.test_driver import Ear, World, until

pytestmark = pytest.mark.django_db(transaction=True)

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
DAILY = {"kind": "correspondence", "base_ms": DAY_MS}
SITTING = {"kind": "fischer", "base_ms": 60_000}


@pytest.fixture
async def world(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    monkeypatch.setattr("games.driver.core.IDLE_MS", -1)
    world = await World().start()
    yield world
    await world.stop()


async def begun(clock: dict[str, Any] | None) -> Match:
    """A match of two who do not look at it."""

    @sync_to_async
    def create() -> tuple[Match, Any]:
        first, second = guest_create(language="en"), guest_create(language="en")
        return services.match_create(game="connect-four", options={}, by=first, seat=0, clock=clock), second

    match, second = await create()
    answer = await commands.execute(match=match, kind="sit", by=second, body={"seat": None})
    assert answer == {"ok": True, "seat": 1}
    return match


async def bring_back(driver: Driver) -> None:
    """As a process that has just started."""
    await Sweep(driver).bring_back()


async def let_go(world: World) -> None:
    """Everything that may leaves memory."""
    await until(lambda: all(not live.match.tail.unstored for live in world.driver.live.values()))
    await until(lambda: not world.driver.granting.under_way)
    world.driver.sweep()
    await world.driver.idle()


async def due_in_ms(match: Match) -> int | None:
    await match.arefresh_from_db()
    if match.due_at is None:
        return None
    now = (await Match.objects.annotate(now=Now()).aget(pk=match.pk)).now
    return int((match.due_at - now) / timedelta(milliseconds=1))


async def later(match: Match, **shift: float) -> None:
    """As if so much time had passed."""
    ago = timedelta(**shift)
    await Match.objects.filter(pk=match.pk).aupdate(due_at=F("due_at") - ago, started_at=F("started_at") - ago)
    await Entry.objects.filter(match=match).aupdate(at=F("at") - ago)


async def flagged(match: Match) -> bool:
    await match.arefresh_from_db()
    return match.status == "over" and match.result["reason"] == "flagged"


async def test_correspondence_goes_on_without_memory_and_its_flag_falls_when_it_is_due(world: World) -> None:
    match = await begun(DAILY)
    await let_go(world)
    assert not world.driver.live
    left_ms = await due_in_ms(match)
    assert left_ms is not None
    assert abs(DAY_MS + FIRST_MS - left_ms) < 20_000
    await bring_back(world.driver)
    assert not world.driver.live, "not before it is due"
    await later(match, hours=25)
    await bring_back(world.driver)
    await until(lambda: all(live.match.shown.over for live in world.driver.live.values()))
    assert await flagged(match)
    flag = await Entry.objects.aget(match=match, kind="flag")
    assert flag.ms == DAY_MS, "on time, though it was called an hour later"
    await let_go(world)
    assert await due_in_ms(match) is None


async def test_what_passed_without_memory_is_charged_in_correspondence(world: World) -> None:
    match = await begun(DAILY)
    await let_go(world)
    await later(match, hours=23)
    ear = Ear(None)
    await world.driver.attach(ear, match.public_id, Hello())
    assert await due_in_ms(match) is None, "its owner knows now"
    left_ms, other_ms = ear.last("welcome")["clock"]["left"]
    assert 0 <= DAY_MS - 23 * HOUR_MS - left_ms < 20_000
    assert other_ms == DAY_MS


async def test_a_clock_for_one_sitting_keeps_its_match_in_memory(world: World) -> None:
    match, untimed = await begun(SITTING), await begun(None)
    await let_go(world)
    assert list(world.driver.live) == [match.pk]
    assert await due_in_ms(untimed) is None


async def test_a_planned_stop_leaves_time_to_come_back_and_then_another_takes_it(world: World) -> None:
    match, daily, untimed = await begun(SITTING), await begun(DAILY), await begun(None)
    await until(lambda: not world.driver.granting.under_way)
    await world.driver.close()
    soon, tomorrow = await due_in_ms(match), await due_in_ms(daily)
    assert soon is not None
    assert tomorrow is not None
    assert 0 <= COMES_BACK_MS - soon < 20_000
    assert abs(DAY_MS + FIRST_MS - tomorrow) < 20_000
    assert await due_in_ms(untimed) is None
    other = await World().start()
    await later(match, seconds=40)
    await bring_back(other.driver)
    assert list(other.driver.live) == [match.pk]
    ear = Ear(None)
    await other.driver.attach(ear, match.public_id, Hello())
    assert 60_000 - ear.last("welcome")["clock"]["left"][0] < 20_000, "the gap of 40 s is nobody's"
    await other.stop()


async def test_what_a_dead_host_had_is_found(world: World) -> None:
    match, untimed = await begun(SITTING), await begun(None)
    await until(lambda: not world.driver.granting.under_way)
    for live in world.driver.live.values():
        live.stop()
    world.driver.live.clear()
    other = await World().start()  # buries all others, as a server on SQLite does
    await bring_back(other.driver)
    assert list(other.driver.live) == [match.pk]
    assert untimed.pk not in other.driver.live
    await other.stop()


async def test_what_a_host_was_given_is_brought_into_memory_though_nobody_comes(world: World) -> None:
    match = await begun(SITTING)
    await until(lambda: not world.driver.granting.under_way)
    other = await World().start()
    await Host.objects.filter(pk=world.host).aupdate(stopped_at=None)
    assert await world.driver.give(MatchId(match.pk), other.host)
    await bring_back(world.driver)
    assert not world.driver.live
    await bring_back(other.driver)
    assert list(other.driver.live) == [match.pk]
    await other.stop()


async def test_what_another_has_is_left_alone(world: World) -> None:
    match = await begun(DAILY)
    await let_go(world)
    await later(match, days=2)
    host = await Host.objects.acreate(id="another", name="another", started_at=Now(), beat_at=Now())
    await Lease.objects.filter(match=match).aupdate(host=host)
    await bring_back(world.driver)
    assert not world.driver.live
    assert (await Lease.objects.aget(match=match)).host_id == "another"


@pytest.mark.parametrize("lacking", [{"edition": 99}, {"fold": 99}])
async def test_a_match_that_this_process_cannot_read_is_left_as_it_is_for_one_that_can(
    world: World, lacking: dict[str, int]
) -> None:
    match = await begun(DAILY)
    await let_go(world)
    await later(match, days=2)
    await Match.objects.filter(pk=match.pk).aupdate(**lacking)
    before = await Lease.objects.filter(match=match).values_list("host_id", "epoch").aget()
    due_ms = await due_in_ms(match)
    await bring_back(world.driver)
    assert await world.driver.attach(Ear(None), match.public_id, Hello()) is Close.BUSY
    assert not world.driver.live
    assert await Lease.objects.filter(match=match).values_list("host_id", "epoch").aget() == before
    assert due_ms is not None
    still_ms = await due_in_ms(match)
    assert still_ms is not None
    assert still_ms <= due_ms, "due since as long as before"
    counted = await world.threads.run(sweeps.matches_lacking)
    assert list(counted.values()) == [1]
