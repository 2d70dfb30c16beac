"""The driver with a real journal on a real database: what players see when storing fails, rules fail, or all ends."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator, Callable
from typing import Any, Literal

import msgspec
import pytest
from asgiref.sync import sync_to_async
from django.conf import settings as django_settings
from django.db import connections

from games import commands, services, store
from games.driver import Driver
from games.driver.live import Live
from games.driver.pulse import Pulse
from games.host.entries import MatchId
from games.journal import open_log
from games.journal.core import Journal
from games.journal.endings import Ending, Failed
from games.loads import match_load
from games.models import Entry, Lease, Match
from games.protocol.codes import Close
from games.protocol.messages import Chat, Hello, Move
from games.rules.connect_four import ConnectFour
from players.services import guest_create
from players.threads import DatabaseThreads

pytestmark = pytest.mark.django_db(transaction=True)


async def until(true: Callable[[], Any]) -> None:
    """Wait for what other threads and tasks bring about; ten seconds are for a machine that is busy elsewhere."""
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110 - nothing to wait on: the database's threads tell nobody
            await asyncio.sleep(0.005)


class Ear:
    """A connection that keeps what it is told, and can be waited for."""

    def __init__(self, player: str | None, name: str = "") -> None:
        self.player, self.name = player, name
        self.seat: int | None = None
        self.heard: list[dict[str, Any]] = []
        self.closed: Close | None = None

    def put(self, frame: bytes, kind: Literal["state", "event"]) -> None:
        self.heard.append(msgspec.json.decode(frame))

    def close(self, code: Close) -> None:
        self.closed = self.closed or code

    def silenced(self) -> bool:
        return False

    def token(self, match: str, seat: int | None) -> str | None:
        return None

    async def until(self, true: Callable[[Ear], Any]) -> None:
        await until(lambda: true(self))

    def last(self, kind: str) -> dict[str, Any]:
        return [one for one in self.heard if one["type"] == kind][-1]


class World:
    """One process's driver and journal, made as the process object makes them."""

    def __init__(self) -> None:
        self.threads = DatabaseThreads(2, "test-records")
        self.host = ""
        self.journal: Journal
        self.driver: Driver

    async def start(self) -> World:
        self.host = await self.threads.run(store.host_register, "test")
        await self.threads.run(store.hosts_bury, self.host)
        log = open_log(django_settings.DATABASES["default"])
        self.journal = Journal(log, settled=self._settled)
        self.driver = Driver(host=self.host, journal=self.journal, threads=self.threads, pulse=Pulse())
        await self.journal.start()
        loop = asyncio.get_running_loop()
        commands.serve(lambda match: loop.call_soon_threadsafe(self.driver.granting.wake, match) and None)
        return self

    def _settled(self, match: MatchId, ending: Ending) -> None:
        self.driver.settled(match, ending)

    async def stop(self) -> None:
        commands.serve(None)
        await self.driver.close()
        await self.journal.close()
        self.threads.close()
        await sync_to_async(connections.close_all)()  # else PostgreSQL cannot drop the database of the tests

    async def seated(self, match: Match) -> tuple[Live, Ear, Ear]:
        """Both players connected."""
        live, ears = None, []
        for seat in await sync_to_async(list)(match.sitting.select_related("player").order_by("index")):
            ear = Ear(seat.player.public_id, seat.name)
            live = await self.driver.attach(ear, match.public_id, Hello())
            ears.append(ear)
        assert isinstance(live, Live)
        return live, ears[0], ears[1]

    async def watched_late(self, monkeypatch: pytest.MonkeyPatch) -> tuple[Live, Ear, Ear, Ear]:
        """Both players, and a spectator who is told a second later."""
        monkeypatch.setattr(ConnectFour, "spectator_delay_s", 1)
        match, watcher = await full_match(), Ear(None)
        live, first, second = await self.seated(match)
        await self.driver.attach(watcher, match.public_id, Hello())
        return live, first, second, watcher


@pytest.fixture
async def world() -> AsyncIterator[World]:
    world = await World().start()
    yield world
    await world.stop()


@sync_to_async
def new_match(sitting: int = 2) -> Match:
    first = guest_create(language="en")
    match = services.match_create(game="connect-four", options={}, by=first, seat=0)
    if sitting == 2:
        match.second = guest_create(language="en")
    return match


async def full_match() -> Match:
    match = await new_match()
    answer = await commands.execute(match=match, kind="sit", by=match.second, body={"seat": None})
    assert answer == {"ok": True, "seat": 1}
    return match


async def test_a_command_seats_a_player_and_its_row_is_answered(world: World) -> None:
    match = await full_match()
    await match.arefresh_from_db()
    assert match.status == "live"
    assert match.started_at is not None
    await until(lambda: not world.driver.granting.under_way)
    assert (await match.commands.aget()).answer == {"ok": True, "seat": 1}


async def test_of_many_who_want_the_last_seat_one_gets_it(world: World) -> None:
    match = await new_match(sitting=1)
    others = [await sync_to_async(guest_create)(language="en") for _ in range(5)]
    wishes = [commands.execute(match=match, kind="sit", by=one, body={"seat": None}) for one in others]
    answers = await asyncio.gather(*wishes)
    assert sorted(answer["ok"] for answer in answers if answer) == [False] * 4 + [True]
    assert await match.sitting.acount() == 2


async def test_a_move_is_in_the_database_before_anybody_hears_of_it(world: World) -> None:
    match = await full_match()
    live, first, second = await world.seated(match)
    live.submit(first, Move(1, 3, live.match.shown.v))
    assert second.heard[-1]["type"] != "update"
    await second.until(lambda ear: ear.heard[-1]["type"] == "update")
    assert await Entry.objects.filter(match=match, kind="move", seat=0, c=1, body="3").aexists()


async def test_spectators_of_a_game_that_they_see_later_are_told_when_it_is_due(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    live, first, second, watcher = await world.watched_late(monkeypatch)
    live.submit(first, Move(1, 3, live.match.shown.v))
    await second.until(lambda ear: any(one["type"] == "update" for one in ear.heard))
    told_s = asyncio.get_running_loop().time()
    v = live.match.shown.v
    assert not [one for one in watcher.heard if one.get("v") == v]
    await watcher.until(lambda ear: any(one.get("v") == v for one in ear.heard))
    assert asyncio.get_running_loop().time() - told_s > 0.9


async def test_what_is_said_in_such_a_game_reaches_spectators_later_too_though_nothing_else_happens(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    live, first, second, watcher = await world.watched_late(monkeypatch)
    await asyncio.sleep(1.1)  # what was due for the arrivals has been told, and no timer is left of it
    live.submit(first, Chat(text="Good luck!"))
    assert second.last("chat")["text"] == "Good luck!"
    assert not any(one["type"] == "chat" for one in watcher.heard)
    await watcher.until(lambda ear: any(one["type"] == "chat" for one in ear.heard))


async def test_a_flush_that_failed_for_good_is_undone_and_the_match_goes_on(world: World) -> None:
    match = await full_match()
    live, first, second = await world.seated(match)
    epoch = live.match.header.facts.epoch
    world.driver.settled(MatchId(match.pk), Failed(MatchId(match.pk), epoch))
    live.submit(first, Move(1, 3, live.match.shown.v))
    await first.until(lambda ear: ear.heard[-1]["type"] == "reject")
    assert first.last("reject")["code"] == "try_again"
    await until(lambda: not live.refolding)
    live.submit(first, Move(1, 3, live.match.shown.v))
    await second.until(lambda ear: ear.heard[-1]["type"] == "update")
    assert live.match.header.facts.epoch == epoch + 1
    assert await Entry.objects.filter(match=match, kind="move").acount() == 1


async def test_data_that_the_database_refuses_aborts_its_match_and_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    match, other = await full_match(), await full_match()
    live, first, _ = await world.seated(match)
    healthy, player, watcher = await world.seated(other)
    append = world.journal.append

    def poisoned(match_id: Any, epoch: Any, entry: Any, changes: Any = ()) -> None:
        if match_id == match.pk and entry.kind == "move":
            entry = msgspec.structs.replace(entry, ms=1 << 80)
        append(match_id, epoch, entry, changes)

    monkeypatch.setattr(world.journal, "append", poisoned)
    live.submit(first, Move(1, 3, live.match.shown.v))
    healthy.submit(player, Move(1, 3, healthy.match.shown.v))
    await watcher.until(lambda ear: ear.heard[-1]["type"] == "update")
    await first.until(lambda ear: ear.closed)
    assert first.closed is Close.FAULT
    assert first.last("over")["result"]["reason"] == "aborted"
    await match.arefresh_from_db()
    assert match.status == "aborted"
    assert player.closed is None


async def test_a_fault_of_the_rules_aborts_that_match_and_tells_no_internals(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    match = await full_match()
    live, first, _ = await world.seated(match)

    def broken(*_: Any) -> Any:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(ConnectFour, "step", broken)
    live.submit(first, Move(1, 3, live.match.shown.v))
    await first.until(lambda ear: ear.closed)
    assert first.closed is Close.FAULT
    assert "secret detail" not in str(first.heard)
    assert f"match {match.public_id}, entry 3, seat 0" in caplog.text


async def test_a_host_whose_lease_was_taken_steps_down_and_its_append_is_not_stored(world: World) -> None:
    match = await full_match()
    live, first, second = await world.seated(match)
    await Lease.objects.filter(match=match).aupdate(epoch=99)
    live.submit(first, Move(1, 3, live.match.shown.v))
    await first.until(lambda ear: ear.closed)
    assert (first.closed, second.closed) == (Close.MOVED, Close.MOVED)
    assert not await Entry.objects.filter(match=match, kind="move").aexists()


async def test_a_planned_stop_stores_what_is_under_way_tells_it_and_gives_the_lease_back(world: World) -> None:
    match = await full_match()
    live, first, second = await world.seated(match)
    live.submit(first, Move(1, 3, live.match.shown.v))
    await world.driver.close()
    assert second.last("update")["by"] == [[0, 1, 3]]
    assert (first.closed, second.closed) == (Close.RESTART, Close.RESTART)
    assert (await Lease.objects.aget(match=match)).host_id is None


async def test_a_match_that_nobody_looks_at_leaves_memory_and_comes_back_as_it_was(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    match = await full_match()
    live, first, second = await world.seated(match)
    live.submit(first, Move(1, 3, live.match.shown.v))
    await second.until(lambda ear: ear.heard[-1]["type"] == "update")
    for ear in (first, second):
        live.detach(ear)
    monkeypatch.setattr("games.driver.core.IDLE_MS", -1)
    world.driver.sweep()
    assert not world.driver.live
    again, back, _ = await world.seated(match)
    assert again is not live
    assert back.last("welcome")["view"]["last"] == 3
    assert back.last("welcome")["e"] > live.match.header.facts.epoch


async def test_a_match_that_leaves_is_freed_at_once_and_not_when_the_collector_comes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Part:
        pass

    live, first, second = await world.seated(await full_match())
    live.match.audience.rated = part = Part()
    freed = weakref.ref(part)
    del part
    for ear in (first, second):
        live.detach(ear)
    monkeypatch.setattr("games.driver.core.IDLE_MS", -1)
    gc.disable()
    try:
        del live
        world.driver.sweep()
        await world.driver.idle()
        assert freed() is None
    finally:
        gc.enable()


async def test_many_connections_load_a_match_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    match = await full_match()
    await world.driver.close()
    world.driver.stopping = False
    taken: list[Any] = []
    take = store.leases_take
    monkeypatch.setattr(store, "leases_take", lambda *args, **more: taken.append(args) or take(*args, **more))
    ears = [Ear(None) for _ in range(20)]
    links = await asyncio.gather(*(world.driver.attach(ear, match.public_id, Hello()) for ear in ears))
    assert len(taken) == 1
    assert len({id(link) for link in links}) == 1


async def test_a_match_that_does_not_exist_is_said_so(world: World) -> None:
    assert await world.driver.attach(Ear(None), "nosuchmatch1", Hello()) is Close.NO_SUCH_MATCH


async def test_a_long_match_leaves_a_snapshot_and_is_loaded_from_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("games.driver.loading.SNAPSHOT_STEPS", 2)
    match = await full_match()
    live, first, second = await world.seated(match)
    for turn, column in enumerate((0, 1, 2)):
        mover = (first, second)[turn % 2]
        live.submit(mover, Move(live.match.fold.cs[turn % 2] + 1, column, live.match.shown.v))
        await second.until(lambda ear, v=turn + 3: ear.heard[-1].get("v") == v)
    await until(lambda: live.snapshot_step == 2)
    await world.driver.idle()
    loaded = await world.threads.run(match_load, MatchId(match.pk))
    assert loaded.snapshot is not None
    assert [entry.n for entry in loaded.entries] == [5]
