"""Matches whose players sit in different processes: attach, play, chat, leave; and what goes which way."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from games.host.entries import MatchId
from games.protocol.codes import Close, Code
from games.protocol.messages import Chat, Hello, Resign
from games.relay import wire
from games.relay.core import _ended
from players.services import guest_create, player_mute, player_unmute
from tests.relay.houses import Ear, Street, a_match, is_relayed, seated, two_players, until

pytestmark = pytest.mark.django_db(transaction=True)


async def test_players_in_two_processes_play_one_match(street: Street) -> None:
    here, there = await street.build(2)
    players = await two_players()
    match = await a_match(here, players)
    first, second = await seated(match, players, here, there)
    assert not is_relayed(first)
    assert is_relayed(second)
    assert (first.seat, second.seat) == (0, 1)
    for turn, mover in enumerate([first, second] * 3):
        mover.move(turn // 2 + 1, turn)
        await asyncio.gather(*(ear.until(lambda ear, v=turn + 3: ear.v == v) for ear in (first, second)))
    assert first.state["view"] == second.state["view"]
    second.link.submit(second, Resign(4))
    await asyncio.gather(*(ear.until(lambda ear: ear.heard[-1]["type"] == "over") for ear in (first, second)))
    assert second.broken == 0
    assert here.relaying.counts.gaps == there.relaying.counts.gaps == 0


async def test_a_relayed_connection_holds_a_token_of_its_own_player(street: Street) -> None:
    here, there = await street.build(2)
    players = await two_players()
    match = await a_match(here, players)
    _, second = await seated(match, players, here, there)
    from players import resume

    identity = resume.read(second.state["token"], match.public_id)
    assert (identity.public_id, identity.name) == (players[1].public_id, players[1].name)


async def test_what_the_owner_refuses_is_refused_through_the_relay(street: Street) -> None:
    here, there = await street.build(2)
    players = await two_players()
    match = await a_match(here, players)
    first, second = await seated(match, players, here, there)
    second.move(1, 3)  # not their turn
    await second.until(lambda ear: ear.heard[-1]["type"] == "reject")
    assert second.last("reject")["code"] == "not_your_turn"
    second.link.submit(second, second.link.decoder.decode('{"type":"move","c":1,"on":2,"m":"left"}'))
    await second.until(lambda ear: ear.heard[-1]["code"] == "illegal")
    second.link.reject(second, 1, Code.ILLEGAL)
    await second.until(lambda ear: len([one for one in ear.heard if one["type"] == "reject"]) == 3)
    assert first.last("presence")["here"] == [True, True]


async def test_spectators_in_many_processes_are_told_by_one_publish(street: Street) -> None:
    here, there, yonder = await street.build(3)
    players = await two_players()
    match = await a_match(here, players)
    ears = await seated(match, players, here, there, there, there, yonder, yonder)
    await until(lambda: ears[0].last("presence").get("spectators") == 4)
    street.layer.sent.clear()
    ears[0].move(1, 3)
    await asyncio.gather(*(ear.until(lambda ear: ear.v == 3) for ear in ears))
    told = [group for group, message in street.layer.sent if b"update" in message["items"]]
    assert told == [wire.to_match(match.public_id)]


async def test_what_belongs_to_one_seat_goes_to_its_own_process_alone(street: Street) -> None:
    here, there, yonder = await street.build(3)
    players = await two_players()
    match = await a_match(here, players)
    ears = await seated(match, players, here, there, yonder, yonder)
    street.layer.sent.clear()
    ears[1].move(1, 3)
    await ears[1].until(lambda ear: ear.heard[-1]["type"] == "reject")
    told = [group for group, message in street.layer.sent if b"reject" in message["items"]]
    assert told == [wire.to_host(there.host)]


async def test_chat_reaches_everyone_once_and_in_order(street: Street) -> None:
    here, there, yonder = await street.build(3)
    players = await two_players()
    match = await a_match(here, players)
    ears = await seated(match, players, here, there, yonder)
    for number in range(4):
        ears[number % 2].link.submit(ears[number % 2], Chat(f"line {number}"))
        await asyncio.gather(*(e.until(lambda e, n=number: e.heard[-1].get("text") == f"line {n}") for e in ears))
    assert [one["k"] for one in ears[2].heard if one["type"] == "chat"] == [1, 2, 3, 4]


async def test_what_spectators_say_reaches_no_seat_in_any_process_and_the_talk_moves_with_the_match(
    street: Street,
) -> None:
    here, there = await street.build(2)
    players = await two_players()
    match = await a_match(here, players)
    ears = await seated(match, players, here, there)
    watcher = Ear(await sync_to_async(guest_create)(language="en"))
    await there.attach(watcher, match)
    watcher.link.submit(watcher, Chat("take the middle"))
    await watcher.until(lambda ear: ear.last("chat"))
    ears[1].link.submit(ears[1], Chat(phrase="hello"))
    await asyncio.gather(*(ear.until(lambda e: e.last("chat").get("phrase") == "hello") for ear in (*ears, watcher)))
    assert [len([one for one in ear.heard if one["type"] == "chat"]) for ear in (*ears, watcher)] == [1, 1, 2]
    assert await here.driver.give(MatchId(match.pk), there.host)
    seat, stranger = await seated(match, players[:1], there), Ear(None)
    await there.attach(stranger, match)
    await stranger.until(lambda ear: ear.last("welcome"))
    assert [one["text"] for one in seat[0].last("welcome")["chat"]] == ["Hello!"]
    assert [one["text"] for one in stranger.last("welcome")["chat"]] == ["take the middle", "Hello!"]


async def test_who_is_silenced_is_refused_also_through_another_process(street: Street) -> None:
    here, there = await street.build(2)
    players = await two_players()
    match = await a_match(here, players)
    ears = await seated(match, players, here, there)
    await sync_to_async(player_mute)(player=players[1], term=timedelta(hours=1), by=None)
    ears[1].link.submit(ears[1], Chat("hey"))
    await ears[1].until(lambda ear: ear.last("error"))
    assert ears[1].last("error")["code"] == "chat_muted"
    await sync_to_async(player_unmute)(player=players[1])
    ears[1].link.submit(ears[1], Chat("hey"))
    await ears[0].until(lambda ear: ear.last("chat").get("text") == "hey")


async def test_who_leaves_is_away_for_the_others_and_nothing_of_them_stays(street: Street) -> None:
    here, there = await street.build(2)
    players = await two_players()
    match = await a_match(here, players)
    first, second = await seated(match, players, here, there)
    second.link.detach(second)
    await first.until(lambda ear: ear.last("presence").get("here") == [True, False])
    assert (there.relaying.relayed, there.relaying.matches, here.relaying.remote) == (0, 0, 0)
    await until(lambda: wire.to_match(match.public_id) not in street.layer.groups)


async def test_a_second_device_in_another_process_takes_the_seat_over(street: Street) -> None:
    here, there = await street.build(2)
    players = await two_players()
    match = await a_match(here, players)
    _, second = await seated(match, players, here, there)
    device = Ear(players[1])
    await here.attach(device, match)
    await second.until(lambda ear: ear.closed)
    assert second.closed is Close.REPLACED
    assert device.seat == 1
    assert second.seat is None


async def test_who_comes_back_gets_what_was_missed_and_no_welcome(street: Street) -> None:
    here, there = await street.build(2)
    players = await two_players()
    match = await a_match(here, players)
    first, second = await seated(match, players, here, there)
    second.link.detach(second)
    first.move(1, 3)
    await first.until(lambda ear: ear.v == 3)
    back = Ear(players[1])
    back.state = second.state
    await there.attach(back, match, Hello(None, second.state["e"], second.v, 0))
    await back.until(lambda ear: ear.v == 3)
    assert "welcome" not in {one["type"] for one in back.heard}
    assert back.seat == 1


async def test_a_match_that_nobody_has_is_not_relayed(street: Street) -> None:
    here, there = await street.build(2)
    players = await two_players()
    match = await a_match(here, players)
    assert await there.attach(Ear(None), type(match)(public_id="nosuchmatch1")) is Close.NO_SUCH_MATCH
    here.driver.drop(here.live(match), Close.MOVED)
    await here.driver.loading.release({match.pk: None}, {})
    (ear,) = [Ear(players[0])]
    await there.attach(ear, match)
    assert not is_relayed(ear)


async def test_a_sit_through_another_process_reaches_the_owner_at_once(street: Street) -> None:
    here, there = await street.build(2)
    from asgiref.sync import sync_to_async

    from games import services
    from games.models import Command

    players = await two_players()
    match = await sync_to_async(services.match_create)(game="connect-four", options={}, by=players[0], seat=0)
    ear = Ear(players[0])
    await here.attach(ear, match)
    await sync_to_async(services.command_create)(match=match, kind="sit", by=players[1], body={"seat": None})
    there.driver.granting.wake(match.pk)
    await ear.until(lambda ear: ear.v == 2)
    await until(lambda: not here.driver.granting.under_way)
    assert (await Command.objects.aget(match=match)).answer == {"ok": True, "seat": 1}
    assert match.pk not in there.driver.live


async def test_a_layer_that_swallows_a_cancellation_does_not_hold_up_the_stop(street: Street) -> None:
    here, _ = await street.build(2)
    relaying = here.relaying
    await until(lambda: relaying.up)
    here.layer.clings = True
    relaying.wake("somebody", MatchId(1))
    await asyncio.sleep(0.05)
    ended = asyncio.ensure_future(_ended(relaying._tasks))
    async with asyncio.timeout(5):
        await ended
    assert all(task.done() for task in relaying._tasks)


async def test_a_planned_stop_of_the_owner_sends_relayed_players_away_to_come_back(street: Street) -> None:
    here, there = await street.build(2)
    players = await two_players()
    match = await a_match(here, players)
    first, second = await seated(match, players, here, there)
    street.houses.remove(here)
    await here.stop()
    await second.until(lambda ear: ear.closed)
    assert (first.closed, second.closed) == (Close.RESTART, Close.RESTART)
    back = Ear(players[1])
    link: Any = await there.attach(back, match)
    assert not is_relayed(back), link
