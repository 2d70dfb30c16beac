"""The heartbeat against a real database, one beat at a time; what its absence does is in the ownership tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError, connections

from games import store
from games.driver.pulse import PAUSE_S, Pulse
from games.models import Host
from gameserver import heart as module
from gameserver.heart import AGAIN_S, Heart, connect_apart
from tests.games.test_driver import until

pytestmark = pytest.mark.django_db(transaction=True)


class Hearing:
    """A heart, and what it told the loop."""

    def __init__(self, host: str) -> None:
        self.host, self.pulse = host, Pulse()
        self.resumed: list[Any] = []
        self.ended = 0
        self.heart = Heart(host, self.pulse, resume=lambda *told: self.resumed.append(told), ended=self._end)

    def _end(self) -> None:
        self.ended += 1

    async def beat(self) -> float:
        """As its thread does it; what it posted to the loop has run."""
        wait_s: float = await sync_to_async(self.heart._beat)()
        await asyncio.sleep(0)
        return wait_s


@pytest.fixture
async def hearing(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Hearing]:
    made = Hearing(await sync_to_async(store.host_register)("here"))
    yield made
    await sync_to_async(connections.close_all)()


async def beat_at(host: str) -> Any:
    return (await Host.objects.aget(id=host)).beat_at


async def test_a_beat_renews_from_when_it_was_sent(hearing: Hearing) -> None:
    before, renewed_s = await beat_at(hearing.host), hearing.pulse.renewed_s
    wait_s = await hearing.beat()
    assert 1 < wait_s <= module.BEAT_S
    assert await beat_at(hearing.host) > before
    assert hearing.pulse.renewed_s > renewed_s
    assert hearing.pulse.beats == 1
    assert not hearing.resumed


async def test_after_a_pause_only_the_loop_renews_and_it_is_given_the_leases(hearing: Hearing) -> None:
    hearing.pulse.renewed_s -= PAUSE_S + 1
    await hearing.beat()
    assert hearing.pulse.lapsed
    ((owned, sent_s),) = hearing.resumed
    assert owned == {}
    assert sent_s > hearing.pulse.renewed_s


async def test_a_host_that_was_stopped_or_is_unknown_learns_that_it_is_over(hearing: Hearing) -> None:
    await sync_to_async(store.host_stop)(hearing.host)
    await hearing.beat()
    assert hearing.ended == 1
    assert not hearing.pulse.beats


async def test_a_beat_that_fails_is_missed_and_tried_again_soon(
    hearing: Hearing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(host: str) -> bool:
        raise OperationalError("away")

    class Closed:
        def close(self) -> None:
            pass

    monkeypatch.setattr(store, "host_beat", fail)
    hearing.heart._connection = Closed()  # type: ignore[assignment]
    assert await hearing.beat() == AGAIN_S
    assert hearing.pulse.missed == 1
    assert not hearing.pulse.may_expire


async def test_no_beat_is_sent_while_the_loop_does_not_turn(hearing: Hearing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BEAT_S", 0.02)
    sent: list[str] = []
    monkeypatch.setattr(store, "host_beat", lambda host: bool(sent.append(host)) or True)
    monkeypatch.setattr(module, "STAMP_EVERY_S", 3600)
    hearing.heart.start()
    await until(lambda: sent)
    hearing.pulse.stamped_s -= 2
    await asyncio.sleep(0.05)
    before = len(sent)
    await asyncio.sleep(0.3)
    assert len(sent) == before
    hearing.pulse.stamp()
    await until(lambda: len(sent) > before)
    await hearing.heart.stop()


async def test_its_connection_is_its_own_and_outside_the_pool() -> None:
    def apart() -> tuple[bool, bool]:
        pooled = connections["default"]
        own = connect_apart()
        try:
            return own is not pooled and connections["default"] is own, "pool" in own.settings_dict["OPTIONS"]
        finally:
            own.close()
            connections["default"] = pooled

    assert await asyncio.to_thread(apart) == (True, False)
