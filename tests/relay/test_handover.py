"""A match follows its players to the process through which they come, and not too often."""

from __future__ import annotations

import asyncio

import pytest

from games.models import Lease
from games.protocol.codes import Close
from games.relay import handover
from games.relay.handover import AGAIN_S, AT_ONCE
from tests.relay.houses import Ear, House, Street, a_match, is_relayed, seated, two_players, until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handover, "SETTLED_S", 0.3)


async def test_a_match_whose_players_come_through_another_process_is_given_to_it(street: Street) -> None:
    here, there = await street.build(2)
    players = await two_players()
    match = await a_match(here, players)
    ears = await seated(match, players, there, there)
    epoch = here.live(match).match.header.facts.epoch
    ears[0].move(1, 3)
    await asyncio.gather(*(ear.until(lambda ear: ear.closed) for ear in ears))
    assert [ear.closed for ear in ears] == [Close.MOVED, Close.MOVED]
    assert (await Lease.objects.aget(match=match)).host_id == there.host
    again = await seated(match, players, there, there)
    assert not any(map(is_relayed, again))
    assert again[0].v == 3
    assert again[0].state["e"] > epoch
    assert (here.relaying.counts.handovers, there.relaying.relayed) == (1, 0)


async def test_a_match_does_not_go_back_within_a_minute(street: Street) -> None:
    here, there = await street.build(2)
    players = await two_players()
    match = await a_match(here, players)
    await given(street, here, await seated(match, players, there, there))
    # Now both come through the first process again.
    await seated(match, players, here, here)
    await asyncio.sleep(1)
    assert there.relaying.counts.handovers == 0
    there.relaying._handover._moved_s = {match.public_id: asyncio.get_running_loop().time() - AGAIN_S - 1}
    await until(lambda: there.relaying.counts.handovers == 1)


async def test_players_in_two_processes_leave_the_match_where_it_is(street: Street) -> None:
    here, there = await street.build(2)
    players = await two_players()
    match = await a_match(here, players)
    # One seat there is half of them, and spectators do not count.
    await seated(match, players, here, there, there, there)
    await asyncio.sleep(1)
    assert here.relaying.counts.handovers == 0


async def test_a_process_that_drains_is_given_nothing(street: Street) -> None:
    here, there = await street.build(2)
    players = await two_players()
    match = await a_match(here, players)
    await seated(match, players, there, there)
    there.driver.draining = True  # its next beat says so
    await asyncio.sleep(1)
    assert here.relaying.counts.handovers == 0
    there.driver.draining = False
    await until(lambda: here.relaying.counts.handovers == 1)


async def test_so_many_are_given_in_a_second_and_no_more(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = await street.build(2)
    given: list[str] = []

    async def give(match: str, live: object, host: str) -> None:
        given.append(match)

    monkeypatch.setattr(here.relaying._handover, "_give", give)
    look = here.relaying._handover.look
    monkeypatch.setattr(here.relaying._handover, "look", lambda now_s: None)
    monkeypatch.setattr(here.relaying._handover, "_steady", lambda party, now_s: (there.host, 0.0))
    parties = {str(number): None for number in range(AT_ONCE + 5)}
    monkeypatch.setattr(here.relaying._owner, "parties", {name: _Party(name) for name in parties})
    look(1000.0)
    await until(lambda: len(given) == AT_ONCE)
    look(1001.0)
    await until(lambda: len(given) == AT_ONCE + 5)
    assert sorted(given) == sorted(parties)
    monkeypatch.setattr(here.relaying._owner, "parties", {})


class _Party:
    """As much of a party as is asked for."""

    def __init__(self, match: str) -> None:
        self.match, self.live = match, None
        self.hosts: dict[str, int] = {}


async def given(street: Street, by: House, ears: list[Ear]) -> None:
    await asyncio.gather(*(ear.until(lambda ear: ear.closed) for ear in ears))
    await until(lambda: by.relaying.counts.handovers == 1)
