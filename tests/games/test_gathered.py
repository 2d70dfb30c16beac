"""Questions that come together are asked together, and each gets its own answer."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest

from games.driver.gathered import AT_ONCE, LANES, Gathered
from players.threads import DatabaseThreads

R = TypeVar("R")


class Database:
    """Answers tens; refuses what is odd above 100; waits at its gate."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []
        self.gate = threading.Event()
        self.fails = False

    def ask(self, keys: list[int]) -> dict[int, int | Exception]:
        self.asked.append(keys)
        assert self.gate.wait(10)
        if self.fails:
            raise ConnectionError("away")
        return {key: ValueError(key) if key > 100 and key % 2 else key * 10 for key in keys}


@pytest.fixture
def threads() -> Iterator[DatabaseThreads]:
    threads = DatabaseThreads(4, "test")
    yield threads
    threads.close()


async def test_what_comes_while_all_lanes_are_busy_goes_together(threads: DatabaseThreads) -> None:
    database = Database()
    gathered = Gathered[int, int](threads, database.ask)
    waiting = [asyncio.ensure_future(gathered.get(key)) for key in range(AT_ONCE + 10)]
    await asyncio.sleep(0.05)
    database.gate.set()
    assert await asyncio.gather(*waiting) == [key * 10 for key in range(AT_ONCE + 10)]
    assert len(database.asked) <= LANES + 2
    assert max(map(len, database.asked)) == AT_ONCE


async def test_the_same_question_is_asked_once(threads: DatabaseThreads) -> None:
    database = Database()
    gathered = Gathered[int, int](threads, database.ask)
    waiting = [asyncio.ensure_future(gathered.get(7)) for _ in range(5)]
    await asyncio.sleep(0)
    database.gate.set()
    assert await asyncio.gather(*waiting) == [70] * 5
    assert database.asked == [[7]]
    assert await gathered.get(7) == 70
    assert database.asked == [[7], [7]], "an answer is not kept"


async def test_an_exception_is_for_its_own_question_alone(threads: DatabaseThreads) -> None:
    database = Database()
    database.gate.set()
    gathered = Gathered[int, int](threads, database.ask)
    answers = await asyncio.gather(*(gathered.get(key) for key in (1, 101, 102)), return_exceptions=True)
    assert answers[0] == 10
    assert isinstance(answers[1], ValueError)
    assert answers[2] == 1020


async def test_a_database_that_is_away_is_told_to_all_and_asked_again_later(threads: DatabaseThreads) -> None:
    database = Database()
    database.gate.set()
    database.fails = True
    gathered = Gathered[int, int](threads, database.ask)
    answers = await asyncio.gather(*(gathered.get(key) for key in range(3)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [ConnectionError] * 3
    database.fails = False
    assert await gathered.get(1) == 10


async def test_who_leaves_early_takes_nothing_from_the_others(threads: DatabaseThreads) -> None:
    database = Database()
    gathered = Gathered[int, int](threads, database.ask)
    leaves, stays = (asyncio.ensure_future(gathered.get(5)) for _ in range(2))
    await asyncio.sleep(0)
    leaves.cancel()
    database.gate.set()
    assert await stays == 50


class Turns:
    """Threads that answer in the same turn of the loop, though they are asked in one after another."""

    def __init__(self) -> None:
        self.turns = 6

    async def run(self, call: Callable[..., R], *args: object) -> R:
        self.turns -= 1
        for _ in range(self.turns):
            await asyncio.sleep(0)
        return call(*args)


@pytest.mark.parametrize("turns", range(12))
async def test_whoever_asks_in_the_very_turn_in_which_the_others_are_answered_is_not_forgotten(turns: int) -> None:
    database = Database()
    database.gate.set()
    gathered = Gathered[int, int](Turns(), database.ask)  # type: ignore[arg-type]

    async def later(key: int, turns: int) -> int:
        for _ in range(turns):
            await asyncio.sleep(0)
        return await gathered.get(key)

    others = [asyncio.ensure_future(later(key, key)) for key in range(LANES)]
    # Made after the others: in each turn it comes after them.
    late = asyncio.ensure_future(later(99, turns + LANES))
    async with asyncio.timeout(1):
        assert await late == 990
    await asyncio.gather(*others)
