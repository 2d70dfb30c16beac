"""The hub on a clock of this test: who is told what, and how often, whatever happens."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection, Mapping
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from games import hints
from games.lobby.hub import AGAIN_S, BEAT_S, LOOK_S, Hub
from games.protocol import patch
from games.protocol.codes import Close
from games.protocol.messages import ListedMatch, LobbyCounts, Picture

ROW = ListedMatch(game="arena", seats=2, taken=1, at=0, sitting={})


class Ear:
    """A connection that follows by the protocol."""

    def __init__(self, player: str | None = None) -> None:
        self.player, self.name, self.seat = player, "", None
        self.heard: list[dict[str, Any]] = []
        self.picture: Any = None
        self.v = -1
        self.you: Any = None
        self.closed: Close | None = None

    def put(self, frame: bytes, kind: Literal["state", "event"]) -> None:
        said = json.loads(frame)
        self.heard.append(said)
        if said["type"] == "lobby":
            self.v, self.picture = said["v"], said["picture"]
        elif said["type"] == "changed" and said["v"] > self.v:
            assert said["v"] == self.v + 1
            self.v, self.picture = said["v"], patch.apply(self.picture, said["d"])
        self.you = said.get("you", self.you)

    def close(self, code: Close) -> None:
        self.closed = code

    def token(self, match: str, seat: int | None) -> str | None:
        return None


class World:
    """A database that is a list of ids, a clock that is a number, and a hub."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.open: list[str] = []
        self.reads: list[float] = []
        self.asked: list[list[str]] = []
        self.fails = False
        self.hub = Hub(self.read, self.personal, lambda: self.now_s)

    async def read(self, tv: Mapping[str, str]) -> Picture:
        if self.fails:
            raise OSError("the database is away")
        self.reads.append(self.now_s)
        return Picture(dict.fromkeys(self.open, ROW), {}, {}, LobbyCounts(0, len(self.open), 0))

    async def personal(self, players: Collection[str]) -> dict[str, Any]:
        self.asked.append(list(players))
        return {player: {"of": player, "at": self.now_s} for player in players}

    async def pass_(self, seconds: float) -> None:
        for _ in range(round(seconds / LOOK_S)):
            self.now_s += LOOK_S
            await self.hub.look()

    def come(self, player: str | None = None) -> Ear:
        ear = Ear(player)
        self.hub.attach(ear)
        return ear


async def test_who_comes_first_waits_for_the_picture_and_who_comes_later_has_it_at_once() -> None:
    world = World()
    world.open = ["a"]
    first = world.come()
    assert first.heard == []
    await world.pass_(LOOK_S)
    assert list(first.picture["open"]) == ["a"]
    assert world.come().picture == first.picture


async def test_nothing_is_read_while_nobody_looks() -> None:
    world = World()
    world.hub._changed("m")
    await world.pass_(5)
    assert world.reads == []
    ear = world.come()
    await world.pass_(LOOK_S)
    world.hub.detach(ear)
    await world.pass_(5)
    assert len(world.reads) == 1
    assert world.come().heard == []  # the picture is old: a new one must be read


async def test_a_hint_is_told_at_once_and_the_next_one_half_a_second_later() -> None:
    world = World()
    ear = world.come()
    await world.pass_(BEAT_S)
    for name in "abcdef":
        world.open.append(name)
        world.hub._changed(name)
        await world.pass_(LOOK_S)
        assert len(ear.heard) <= 2 + (world.now_s - 100) // BEAT_S
    await world.pass_(BEAT_S)
    assert sorted(ear.picture["open"]) == list("abcdef")


async def test_what_nobody_hinted_at_is_seen_within_a_second() -> None:
    world = World()
    ear = world.come()
    await world.pass_(LOOK_S)
    world.open.append("a")
    await world.pass_(AGAIN_S + LOOK_S)
    assert list(ear.picture["open"]) == ["a"]


async def test_an_unchanged_picture_sends_nothing() -> None:
    world = World()
    ear = world.come()
    await world.pass_(10)
    assert len(ear.heard) == 1


async def test_a_failed_reading_forgets_nothing() -> None:
    world = World()
    ear = world.come("ada")
    await world.pass_(BEAT_S)
    world.open.append("a")
    world.fails = True
    world.hub._changed("a")
    world.hub._concerns("ada")
    with pytest.raises(OSError, match="away"):
        await world.pass_(BEAT_S)
    world.fails = False
    await world.pass_(BEAT_S + LOOK_S)
    assert list(ear.picture["open"]) == ["a"]
    assert ear.you["at"] > 100.5


async def test_only_the_person_concerned_hears_their_own_news() -> None:
    world = World()
    ada, other_tab, bob, stranger = world.come("ada"), world.come("ada"), world.come("bob"), world.come()
    await world.pass_(BEAT_S + LOOK_S)
    told = ada.you
    world.hub._concerns("ada")
    world.hub._concerns("nobody")
    await world.pass_(BEAT_S + LOOK_S)
    assert ada.you == other_tab.you != told
    assert bob.you == {"of": "bob", "at": 100.1}
    assert stranger.you is None
    assert world.asked == [["ada", "bob"], ["ada"]]


async def test_own_news_and_the_lobbys_come_in_one_frame() -> None:
    world = World()
    ada, bob = world.come("ada"), world.come("bob")
    await world.pass_(AGAIN_S)
    before = len(ada.heard)
    world.open.append("a")
    world.hub._changed("a")
    world.hub._concerns("ada")
    await world.pass_(BEAT_S)
    (frame,) = ada.heard[before:]
    assert (frame["type"], frame["you"]["of"]) == ("changed", "ada")
    assert "you" not in bob.heard[-1]
    assert ada.picture == bob.picture


async def test_who_could_not_keep_up_is_told_the_whole_and_their_own() -> None:
    world = World()
    ada = world.come("ada")
    await world.pass_(AGAIN_S)
    before = len(ada.heard)
    world.hub.refresh(ada)
    await world.pass_(BEAT_S)
    assert [frame["type"] for frame in ada.heard[before:]] == ["lobby", "you"]


async def test_a_crowd_is_told_in_turns_and_who_comes_between_has_the_newest() -> None:
    world = World()
    crowd = [world.come() for _ in range(450)]
    await world.pass_(BEAT_S)
    world.open.append("a")
    world.hub._changed("a")
    late: list[Ear] = []
    asyncio.get_running_loop().call_soon(lambda: late.append(world.come()))
    await world.pass_(BEAT_S)
    assert {json.dumps(ear.picture) for ear in (*crowd, *late)} == {json.dumps(crowd[0].picture)}
    assert (len(late), late[0].heard[0]["type"]) == (1, "lobby")


async def test_news_of_very_many_are_read_a_part_at_a_time() -> None:
    world = World()
    people = [world.come(f"p{number}") for number in range(125)]
    await world.pass_(3 * BEAT_S)
    assert [len(asked) for asked in world.asked] == [50, 50, 25]
    assert all(ear.you is not None for ear in people)


async def test_a_planned_stop_sends_everybody_away() -> None:
    world = World()
    ear = world.come()
    world.hub.listen(asyncio.get_running_loop())
    world.hub.close()
    assert ear.closed == world.come().closed == Close.RESTART
    assert not hints._listeners[hints.MATCHES]


async def test_hints_of_other_threads_are_heard() -> None:
    world = World()
    world.hub.listen(asyncio.get_running_loop())
    ada = world.come("ada")
    await world.pass_(AGAIN_S)
    world.open.append("a")
    await asyncio.to_thread(hints.give, hints.MATCHES, "a")
    await asyncio.to_thread(hints.give, hints.PLAYER, "ada")
    await asyncio.to_thread(hints.give, hints.PLAYER, "bob")
    await asyncio.sleep(0)
    told = ada.you
    await world.pass_(BEAT_S)
    assert list(ada.picture["open"]) == ["a"]
    assert ada.you != told
    world.hub.close()


EVENTS = st.lists(st.sampled_from(["opened", "closed", "news", "came", "left", "stale", "lost hint", "passes"]))


@given(EVENTS)
def test_nobody_gets_more_than_two_frames_a_second_and_all_see_the_same(events: list[str]) -> None:
    asyncio.run(_lives_through(events))


async def _lives_through(events: list[str]) -> None:
    world = World()
    ears = [world.come("ada"), world.come()]
    await world.pass_(BEAT_S)
    began, before = world.now_s, len(ears[0].heard)
    for number, event in enumerate(events):
        match event:
            case "opened" | "lost hint":
                world.open.append(f"m{number}")
            case "closed":
                world.open = world.open[1:]
            case "news":
                world.hub._concerns("ada")
            case "came":
                ears.append(world.come())
            case "left" if len(ears) > 2:
                world.hub.detach(ears.pop())
            case "stale":
                world.hub.refresh(ears[1])
        if event != "lost hint":
            world.hub._changed("m")
        await world.pass_(LOOK_S)
    assert len(ears[0].heard) - before <= (world.now_s - began) / BEAT_S + 1
    await world.pass_(AGAIN_S * (2 + len(events)))
    assert {json.dumps(ear.picture, sort_keys=True) for ear in ears} == {json.dumps(ears[0].picture, sort_keys=True)}
    assert set(ears[0].picture["open"]) == set(world.open)
