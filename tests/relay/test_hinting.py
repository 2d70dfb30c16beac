"""A hint that is given in one process is heard in all, once for each burst; and one that is lost is only late."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from games import hints
from games.relay import hinting, wire
from tests.relay.houses import Street, until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def nobody_listens() -> Iterator[None]:
    yield
    hints.tell(None)


def told(street: Street) -> list[tuple[str, str]]:
    packets = [wire.unpack(message) for group, message in street.layer.sent if group == wire.HINTS]
    items = [item for packet in packets for item in packet.items or []]
    return [(item.topic, item.subject) for item in items if isinstance(item, wire.Hint)]


async def test_a_burst_about_one_thing_is_told_once(street: Street) -> None:
    await street.build(1)
    for _ in range(50):
        hints.give(hints.MATCHES, "m1")
        await asyncio.to_thread(hints.give, hints.PLAYER, "ada")
    await until(lambda: len(told(street)) >= 2)
    await asyncio.sleep(2 * hinting.GATHER_S)
    assert set(told(street)) == {("matches", "m1"), ("player", "ada")}
    assert len(told(street)) <= 4  # the burst may have lasted longer than one gathering


async def test_what_another_process_tells_is_heard_here_and_not_told_on(street: Street) -> None:
    await street.build(1)
    heard: list[str] = []
    unlisten = hints.listen(hints.OVER, heard.append)
    item = wire.Hint(hints.OVER, "m1")
    await street.layer.group_send(wire.HINTS, wire.pack("stranger", wire.HINTS, 1, 0, [item]))
    await until(lambda: heard)
    unlisten()
    await asyncio.sleep(2 * hinting.GATHER_S)
    assert heard == ["m1"]
    assert len(told(street)) == 1


async def test_more_than_anybody_can_tell_is_dropped_and_counted(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hinting, "MOST", 3)
    (house,) = await street.build(1)
    for number in range(5):
        hints.give(hints.MATCHES, str(number))
    await until(lambda: told(street))
    assert [subject for _, subject in told(street)] == ["0", "1", "2"]
    assert house.relaying.counts.dropped == 2
