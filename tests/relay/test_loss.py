"""The layer loses, doubles, delays, refuses and hangs: what clients hold is right again, and nothing lower is shown."""

from __future__ import annotations

import asyncio
import os
import random
from typing import Any

import pytest
from django.db.models.functions import Now

from games.host.entries import MatchId
from games.models import Host
from games.protocol.codes import Close
from games.protocol.messages import Hello
from games.relay import core, peers, publisher, wire
from games.store import TTL
from tests.relay.houses import Ear, House, Street, a_match, is_relayed, seated, two_players, until

pytestmark = pytest.mark.django_db(transaction=True)

# Of each ten packets about three do not arrive as they were sent.
LOSE, DOUBLE, DELAY = 0.15, 0.1, 0.1
MOVES = 16


class Client(Ear):
    """A player who sends again what was not answered, and comes again when sent away: as the SDK does."""

    def __init__(self, player, street: Street, match) -> None:
        super().__init__(player)
        self.owner = player
        self.street, self.match = street, match
        self.sent = 0

    async def play(self, rng: random.Random, houses: list[House]) -> None:
        while self.state is None or self.state["status"] != "over":
            if self.closed is not None or self.state is None:
                await self._connect(rng.choice(houses))
                continue
            over = [one for one in self.heard if one["type"] == "over"]
            if over or self.v >= MOVES:
                return
            if self.seat is not None and (self.v - 2) % 2 == self.seat and not self.lost:
                c = (self.v - 2) // 2 + 1
                self.move(c, (self.v - 2) % 7)
            await asyncio.sleep(0.03)

    async def _connect(self, house: House) -> None:
        self.closed = None
        known = Hello() if self.state is None or self.lost else Hello(None, self.state["e"], self.state["v"], 0)
        link = await house.attach(self, self.match, known)
        if isinstance(link, Close):
            self.closed = link
            await asyncio.sleep(0.05)


async def play_on(street: Street, seed: int) -> None:
    rng = random.Random(seed)
    houses = await street.build(3)
    players = await two_players()
    match = await a_match(houses[0], players)
    clients = [Client(player, street, match) for player in players] + [Client(None, street, match)]
    street.layer.rng = random.Random(seed)
    street.layer.lose, street.layer.double, street.layer.delay = LOSE, DOUBLE, DELAY
    async with asyncio.timeout(80):
        # Each comes through its own process at first, and through any after the match has moved.
        ways = [[house, *houses] for house in houses]
        moving = asyncio.create_task(move_away(match, clients[0], houses, rng))
        await asyncio.gather(*(client.play(rng, way) for client, way in zip(clients, ways, strict=True)))
        await moving
        fold = owner_of(match, houses).live(match).match.shown
        shown = wire_view(fold.rules.view(fold.state, None, fold.rules.shared(None, fold.state)))
        for client in clients:
            await until(lambda client=client: client.v == fold.v and client.state["view"] == shown, 10)
    for client in clients:
        assert client.epochs == sorted(client.epochs)
        assert client.broken == 0  # the relays heal; no client was ever shown a gap
    assert max(client.epochs[-1] for client in clients) > 1
    inputs = [(entry.seat, entry.c) for entry in await entries(match) if entry.c is not None]
    assert len(inputs) == len(set(inputs)) == fold.v - 2
    assert sum(house.relaying.counts.gaps for house in houses) > 0


async def move_away(match, client: Client, houses: list[House], rng: random.Random) -> None:
    """In the middle of the match: to another process, under a higher epoch."""
    await until(lambda: client.v >= MOVES // 2, 60)
    while not await houses[0].driver.give(MatchId(match.pk), rng.choice(houses[1:]).host):  # noqa: ASYNC110
        await asyncio.sleep(0.05)  # something was being stored


def owner_of(match, houses: list[House]) -> House:
    (owner,) = [house for house in houses if match.pk in house.driver.live]
    return owner


def wire_view(view):
    import msgspec

    return msgspec.json.decode(msgspec.json.encode(view))


async def entries(match):
    from games.models import Entry

    return [entry async for entry in Entry.objects.filter(match=match).order_by("n")]


@pytest.mark.parametrize("round_", range(3))
async def test_whatever_the_layer_loses_every_view_ends_as_the_fold(street: Street, round_: int) -> None:
    seed = int.from_bytes(os.urandom(4))
    print(f"seed {seed}")
    await play_on(street, seed)


# ── one guard at a time ─────────────────────────────────────────────────────────────────────────────────


async def test_a_lost_frame_is_made_up_for_by_a_full_view(street: Street) -> None:
    here, there = await street.build(2)
    players = await two_players()
    match = await a_match(here, players)
    first, second = await seated(match, players, here, there)
    street.layer.drop = lambda group, message: b'"update"' in message["items"]
    first.move(1, 3)
    await first.until(lambda ear: ear.v == 3)
    await asyncio.sleep(0)
    await until(lambda: any(b'"update"' in message["items"] for _, message in street.layer.sent))
    street.layer.drop = lambda group, message: False
    await second.until(lambda ear: ear.v == 3)
    assert [one["type"] for one in second.heard[-2:]] == ["resync", "welcome"]
    assert second.broken == 0
    assert there.relaying.counts.gaps == 1


async def test_a_lost_frame_of_the_matchs_own_stream_is_made_up_for(street: Street) -> None:
    here, there, yonder = await street.build(3)
    players = await two_players()
    match = await a_match(here, players)
    first, second, watcher = await seated(match, players, here, there, yonder)
    await watcher.until(lambda ear: ear.last("presence").get("spectators") == 1)
    # The last of the stream: nothing comes after it that would show the gap, but the beat.
    street.layer.drop = lambda group, message: group == wire.to_match(match.public_id)
    first.move(1, 3)
    await first.until(lambda ear: ear.v == 3)
    await until(lambda: any(b'"update"' in message["items"] for _, message in street.layer.sent))
    street.layer.drop = lambda group, message: False
    await asyncio.gather(*(ear.until(lambda ear: ear.v == 3) for ear in (second, watcher)))
    # One in the middle, with no beat between.
    there.relaying._hearing._hand[wire.Beat] = yonder.relaying._hearing._hand[wire.Beat] = lambda *_: None
    street.layer.drop = lambda group, message: b'"v":4' in message["items"]
    second.move(1, 3)
    await first.until(lambda ear: ear.v == 4)
    first.move(2, 3)
    await asyncio.gather(*(ear.until(lambda ear: ear.v == 5) for ear in (second, watcher)))
    assert second.broken == watcher.broken == 0


async def test_a_full_view_that_is_lost_is_asked_for_again(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("games.relay.relays.ASK_AGAIN_S", 0.15)
    here, there = await street.build(2)
    players = await two_players()
    match = await a_match(here, players)
    first, second = await seated(match, players, here, there)
    street.layer.drop = lambda group, message: b'"update"' in message["items"] or group == wire.to_host(here.host)
    first.move(1, 3)
    await until(lambda: there.relaying.counts.resyncs >= 2)  # neither the asking nor its answer arrive
    street.layer.drop = lambda group, message: False
    await second.until(lambda ear: ear.v == 3)
    assert second.broken == 0


async def test_an_input_that_did_not_arrive_is_told_to_try_again(street: Street) -> None:
    here, there = await street.build(2)
    players = await two_players()
    match = await a_match(here, players)
    first, second = await seated(match, players, here, there)
    first.move(1, 3)
    await second.until(lambda ear: ear.v == 3)
    street.layer.drop = lambda group, message: b'"move"' in message["items"]
    second.move(1, 3)
    await until(lambda: any(b'"move"' in message["items"] for _, message in street.layer.sent))
    street.layer.drop = lambda group, message: False
    await second.until(lambda ear: ear.heard[-1]["type"] == "reject")
    assert (second.last("reject")["code"], second.last("reject")["c"]) == ("try_again", 1)
    second.move(1, 3)
    await asyncio.gather(*(ear.until(lambda ear: ear.v == 4) for ear in (first, second)))


async def test_an_input_without_a_receipt_is_told_to_try_again_though_nothing_comes_at_all(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peers, "RECEIPT_S", 0.2)
    here, there = await street.build(2)
    players = await two_players()
    match = await a_match(here, players)
    first, second = await seated(match, players, here, there)
    first.move(1, 3)
    await second.until(lambda ear: ear.v == 3)
    street.layer.drop = lambda group, message: {group, message["from"]} & {wire.to_host(here.host), here.host} != set()
    second.move(1, 3)
    await second.until(lambda ear: ear.heard[-1]["type"] == "reject")
    assert second.last("reject")["code"] == "try_again"
    assert there.relaying.counts.unanswered == 1
    street.layer.drop = lambda group, message: False


async def test_an_input_that_was_received_is_not_told_to_try_again(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peers, "RECEIPT_S", 0.4)
    here, there = await street.build(2)
    players = await two_players()
    match = await a_match(here, players)
    first, second = await seated(match, players, here, there)
    first.move(1, 3)
    await second.until(lambda ear: ear.v == 3)
    second.move(1, 3)
    await second.until(lambda ear: ear.v == 4)
    await asyncio.sleep(0.8)
    assert there.relaying.counts.unanswered == 0


async def test_a_frame_of_a_lower_epoch_is_not_shown(street: Street) -> None:
    here, there = await street.build(2)
    players = await two_players()
    match = await a_match(here, players)
    _, second = await seated(match, players, here, there)
    told = len(second.heard)
    stale = wire.Frame((second.link.n,), match.public_id, second.state["e"] - 1, b'{"type":"update","v":9}', True)
    here.relaying._publisher.put(wire.to_host(there.host), stale)
    shared = wire.Shared(match.public_id, second.state["e"] - 1, b'{"type":"update","v":9}', True, False)
    here.relaying._publisher.put(wire.to_host(there.host), shared)
    await until(lambda: there.relaying.counts.lower_epochs == 2)
    assert second.v == 2
    assert len(second.heard) == told


async def test_a_packet_that_comes_twice_is_shown_once(street: Street) -> None:
    here, there = await street.build(2)
    players = await two_players()
    match = await a_match(here, players)
    street.layer.double = 1
    first, second = await seated(match, players, here, there)
    first.move(1, 3)
    await second.until(lambda ear: ear.v == 3)
    await asyncio.sleep(0.1)
    assert [one["v"] for one in second.heard if one["type"] == "update"] == [3]


async def test_while_the_layer_is_away_inputs_are_refused_at_once_and_then_all_is_healed(street: Street) -> None:
    here, there = await street.build(2)
    players = await two_players()
    match = await a_match(here, players)
    first, second = await seated(match, players, here, there)
    street.layer.away = True
    await until(lambda: not there.relaying.up and not here.relaying.up)
    first.move(1, 3)
    await first.until(lambda ear: ear.v == 3)
    second.move(1, 3)
    assert second.last("reject")["code"] == "try_again"
    assert await there.relaying.attach(Ear(None), match.public_id, here.host, Hello()) is Close.BUSY
    street.layer.away = False
    await second.until(lambda ear: ear.v == 3)
    second.move(1, 3)
    await first.until(lambda ear: ear.v == 4)


async def test_a_layer_that_hangs_holds_up_nobody(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publisher, "DEADLINE_S", 0.1)
    here, there = await street.build(2)
    players = await two_players()
    match = await a_match(here, players)
    first, second = await seated(match, players, here, there)
    street.layer.hangs = True
    first.move(1, 3)
    await first.until(lambda ear: ear.v == 3)
    await until(lambda: not there.relaying.up and not here.relaying.up)
    street.layer.hangs = False
    await second.until(lambda ear: ear.v == 3)
    assert here.relaying.counts.failed > 0


async def test_a_queue_that_is_full_drops_counts_and_heals(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = await street.build(2)
    players = await two_players()
    match = await a_match(here, players)
    first, second = await seated(match, players, here, there)
    monkeypatch.setattr(publisher, "QUEUED_ITEMS", 0)
    first.move(1, 3)
    await until(lambda: here.relaying.counts.dropped)
    assert len(here.relaying._publisher._queue) == 0
    monkeypatch.setattr(publisher, "QUEUED_ITEMS", 20_000)
    await second.until(lambda ear: ear.v == 3)
    assert second.broken == 0


async def test_a_subscription_that_is_lost_is_made_anew(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core, "DEAF_S", 0.5)
    monkeypatch.setattr(core, "ECHO_S", 0.5)
    here, there = await street.build(2)
    players = await two_players()
    match = await a_match(here, players)
    first, second = await seated(match, players, here, there)
    for group in street.layer.groups.values():
        group.pop(there.relaying._subscription.channel, None)
    first.move(1, 3)
    await until(lambda: not there.relaying.up)
    await second.until(lambda ear: ear.v == 3)
    assert second.broken == 0


async def test_connections_that_one_end_forgot_are_found(street: Street) -> None:
    here, there = await street.build(2)
    players = await two_players()
    match = await a_match(here, players)
    first, second = await seated(match, players, here, there)
    # A goodbye that was lost.
    street.layer.drop = lambda group, message: group == wire.to_host(here.host)
    second.link.detach(second)
    await asyncio.sleep(0.05)
    street.layer.drop = lambda group, message: False
    again = Ear(players[1])
    await there.attach(again, match)
    await until(lambda: here.relaying.remote == 1)
    # And one that the owner does not know of any more.
    here.relaying._owner._leave((there.host, again.link.n))
    await again.until(lambda ear: ear.closed)
    assert again.closed is Close.MOVED
    await first.until(lambda ear: ear.last("presence").get("here") == [True, False])


async def test_a_close_that_was_lost_is_told_again_and_leaves_nobody_deaf(street: Street) -> None:
    here, there = await street.build(2)
    players = await two_players()
    match = await a_match(here, players)
    first, second = await seated(match, players, here, there)
    street.layer.drop = lambda group, message: message["from"] == here.host and group == wire.to_host(there.host)
    here.driver.drop(here.live(match), Close.MOVED)
    await until(lambda: first.closed)
    await asyncio.sleep(0.05)
    street.layer.drop = lambda group, message: False
    await second.until(lambda ear: ear.closed)
    assert second.closed is Close.MOVED
    await until(lambda: here.relaying.remote == 0)


async def test_a_process_of_another_wire_is_left_alone(street: Street) -> None:
    here, there = await street.build(2)
    players = await two_players()
    match = await a_match(here, players)
    _, second = await seated(match, players, here, there)
    strange = {"type": "relay", "w": wire.WIRE + 1, "from": here.host, "to": "x", "s": 1, "heard": 0, "items": b"?"}
    await street.layer.group_send(wire.to_host(there.host), strange)
    await until(lambda: there.relaying.counts.foreign_wire == 1)
    assert there.relaying.peers[here.host].foreign
    second.move(1, 3)
    assert second.last("reject")["code"] == "try_again"
    assert await there.relaying.attach(Ear(None), match.public_id, here.host, Hello()) is Close.BUSY


async def test_an_owner_that_is_heard_no_more_is_left(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core, "GONE_S", 0.6)
    here, there = await street.build(2)
    players = await two_players()
    match = await a_match(here, players)
    _, second = await seated(match, players, here, there)
    await here.die()
    await second.until(lambda ear: ear.closed)
    assert second.closed is Close.MOVED
    assert there.relaying.matches == 0


async def test_players_of_a_process_that_is_heard_no_more_are_away(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core, "GONE_S", 0.6)
    here, there = await street.build(2)
    players = await two_players()
    match = await a_match(here, players)
    first, _ = await seated(match, players, here, there)
    await there.die()
    await first.until(lambda ear: ear.last("presence").get("here") == [True, False])
    assert here.relaying.remote == 0


async def test_an_epoch_that_was_raised_here_is_followed(street: Street) -> None:
    here, there = await street.build(2)
    players = await two_players()
    match = await a_match(here, players)
    first, second = await seated(match, players, here, there)
    from games.journal.endings import Failed

    live = here.live(match)
    here.driver.settled(MatchId(match.pk), Failed(MatchId(match.pk), live.match.header.facts.epoch))
    await until(lambda: not live.refolding)
    first.move(1, 3)
    await second.until(lambda ear: ear.v == 3)
    assert there.relaying._arrivals.relays[match.public_id].epoch == live.match.header.facts.epoch
    assert is_relayed(second)


async def test_an_owner_whose_lease_is_over_is_left_though_it_still_beats(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = await street.build(2)
    players = await two_players()
    match = await a_match(here, players)
    _, second = await seated(match, players, here, there)
    here._alive.cancel()  # the database hears of it no more
    await Host.objects.filter(id=here.host).aupdate(beat_at=Now() - 2 * TTL)
    await asyncio.sleep(0.5)
    assert second.closed is None  # while we are not sure of ourselves, nobody is called dead
    monkeypatch.setattr(type(there.pulse), "may_expire", True)
    await second.until(lambda ear: ear.closed)
    assert second.closed is Close.MOVED


async def test_a_relay_that_could_not_hear_its_stream_tries_again(street: Street) -> None:
    here, there, yonder = await street.build(3)
    players = await two_players()
    match = await a_match(here, players)
    joined, add = [], street.layer.group_add

    async def refused_once(group: str, channel: str) -> None:
        joined.append(group)
        if len(joined) == 1:
            raise ConnectionError("not now")
        await add(group, channel)

    street.layer.group_add = refused_once
    first, second, _ = await seated(match, players, here, there, yonder)
    await until(lambda: there.relaying.up and yonder.relaying.up and len(joined) >= 3)
    await until(lambda: len(street.layer.groups[wire.to_match(match.public_id)]) == 2)
    first.move(1, 3)
    await second.until(lambda ear: ear.v == 3)
    assert second.broken == 0


async def test_a_fault_in_what_is_gathered_is_lost_and_healed(street: Street) -> None:
    here, there = await street.build(2)
    players = await two_players()
    match = await a_match(here, players)
    first, second = await seated(match, players, here, there)
    party = here.relaying._owner.parties[match.public_id]

    def broken(takers: list[Any]) -> Any:
        del party._is_shared  # only once
        raise ZeroDivisionError

    party._is_shared = broken
    first.move(1, 3)
    await second.until(lambda ear: ear.v == 3)
    assert second.broken == 0
