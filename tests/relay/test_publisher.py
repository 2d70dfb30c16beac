"""The queue to the channel layer by itself: order, packets, bounds."""

from __future__ import annotations

import asyncio
from typing import Any

from games.relay.counts import Counts
from games.relay.publisher import PACKET_BYTES, Publisher
from games.relay.wire import Detach, Frame, Shared, to_host, to_match, unpack

MATCH = "m" * 10


class Sink:
    """What left, and a publisher that fills it."""

    def __init__(self) -> None:
        self.left: list[Any] = []
        self.counts = Counts()
        self.publisher = Publisher(
            self._publish, "me", self.counts, gather=lambda: None, heard=lambda _: 7, failed=lambda: None
        )

    async def _publish(self, to: str, message: dict[str, Any]) -> None:
        self.left.append(unpack(message))

    async def drained(self) -> list[Any]:
        task = asyncio.create_task(self.publisher.run())
        await self.publisher.do(_nothing)
        task.cancel()
        return self.left


async def _nothing() -> None:
    pass


def single(number: int) -> Frame:
    return Frame((number,), MATCH, 1, b"single", False)


def shared() -> Shared:
    return Shared(MATCH, 1, b"shared", True, False)


async def test_what_gathers_for_one_destination_leaves_as_one_packet() -> None:
    sink = Sink()
    for number in range(5):
        sink.publisher.put(to_host("a"), Detach(number))
        sink.publisher.put(to_host("b"), Detach(number))
    packets = await sink.drained()
    assert [(packet.to, packet.s, len(packet.items)) for packet in packets] == [("host.a", 1, 5), ("host.b", 1, 5)]
    assert sink.counts.published == 2


async def test_items_about_one_match_keep_their_order_whatever_their_way() -> None:
    sink = Sink()
    put = sink.publisher.put
    put(to_host("a"), single(1), MATCH)
    put(to_match(MATCH), shared(), MATCH)
    put(to_host("a"), single(2), MATCH)
    put(to_host("b"), single(3), MATCH)
    put(to_match(MATCH), shared(), MATCH)
    put(to_host("b"), single(4), MATCH)
    ways = [packet.to for packet in await sink.drained()]
    assert ways == ["host.a", to_match(MATCH), "host.a", "host.b", to_match(MATCH), "host.b"]


async def test_a_packet_has_a_bound() -> None:
    sink = Sink()
    big = Frame((1,), MATCH, 1, b"x" * (PACKET_BYTES // 2 + 1), True)
    for _ in range(3):
        sink.publisher.put(to_host("a"), big, MATCH)
    assert [packet.s for packet in await sink.drained()] == [1, 2, 3]


async def test_a_stream_that_ended_goes_on_with_higher_numbers() -> None:
    sink = Sink()
    for _ in range(3):
        sink.publisher.put(to_match(MATCH), shared(), MATCH)
        await sink.drained()
    sink.publisher.end(to_match(MATCH))
    assert sink.publisher.last(to_match(MATCH)) == 3
    sink.publisher.put(to_match(MATCH), shared(), MATCH)
    assert (await sink.drained())[-1].s == 4


async def test_a_packet_carries_the_receipt_of_what_was_heard() -> None:
    sink = Sink()
    sink.publisher.put(to_host("a"), Detach(1))
    (packet,) = await sink.drained()
    assert packet.heard == 7
