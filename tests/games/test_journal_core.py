"""The journal on both databases: what it stores, what it refuses, and how it groups."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from games.host.entries import Entry, MatchId
from games.journal import core
from games.journal.core import ClosedError, HoleError
from games.journal.endings import Batch, Ending, Failed, Poisoned, Refused, Stored
from tests.games.journals import Told, Wrapped, journal_on
from tests.games.worlds import World, lines


async def test_what_is_appended_is_stored_in_order_and_told_once(world: World) -> None:
    first, second, told = world.match(), world.match(), Told()
    moves = lines(7)
    async with journal_on(world.log(), told) as journal:
        for move in moves[:5]:
            journal.append(first, 1, move, ())
        journal.append(second, 1, moves[0], ())
        assert not told.all, "nothing is told inside append"
        await journal.flushed()
        assert told.of(first) == [Stored(first, 1, 5)]
        assert told.of(second) == [Stored(second, 1, 1)]
        for move in moves[5:]:
            journal.append(first, 1, move, ())
        await journal.flushed()
    assert told.of(first)[1:] == [Stored(first, 1, 7)]
    assert world.log_of(first) == [(move.n, move.digest) for move in moves]


async def test_an_entry_keeps_every_field_and_the_databases_time(world: World) -> None:
    match = world.match()
    entry = Entry(1, "move", 1, 2**53, 2**40, '{"say":"마당 \\u0000 \\" é 🎲"}', "f" * 32)
    async with journal_on(world.log(), Told()) as journal:
        journal.append(match, 1, entry, ())
    row = world.sql("SELECT n, kind, seat, c, ms, body, digest FROM games_entry WHERE match_id = %s", match)
    assert row == [(1, "move", 1, 2**53, 2**40, entry.body, "f" * 32)]
    fresh = (
        "at BETWEEN now() - interval '9 s' AND now()"
        if world.vendor == "postgresql"
        else ("julianday('now') - julianday(at) BETWEEN -0.0001 AND 0.0001")
    )
    assert world.sql(f"SELECT count(*) FROM games_entry WHERE {fresh}") == [(1,)]


async def test_entries_gather_while_a_flush_is_in_flight(world: World) -> None:
    matches, told = world.matches(20), Told()
    log = Wrapped(world.log())
    loop = asyncio.get_running_loop()
    async with journal_on(log, told) as journal:
        follow = lines(2)

        def second() -> None:
            for match in matches[1:]:
                journal.append(match, 1, follow[0], ())

        log.before = lambda: loop.call_soon_threadsafe(second) and None  # type: ignore[func-returns-value]
        journal.append(matches[0], 1, follow[0], ())
        await journal.flushed()
        log.before = lambda: None
        await journal.flushed()
    assert log.flushes == [1, 19]
    assert len(told.all) == 20


async def test_flushed_waits_for_what_was_appended_during_a_flush(world: World) -> None:
    first, second, told = world.match(), world.match(), Told()
    async with journal_on(world.log(), told) as journal:
        journal.append(first, 1, lines(1)[0], ())
        await asyncio.sleep(0)  # the first flush is on its way
        journal.append(second, 1, lines(1)[0], ())
        await journal.flushed()
        assert told.of(second) == [Stored(second, 1, 1)]


async def test_a_stale_epoch_is_refused_and_stores_nothing(world: World) -> None:
    stale, fine, told = world.match(epoch=5), world.match(), Told()
    async with journal_on(world.log(), told) as journal:
        journal.append(stale, 4, lines(1)[0], ())
        journal.append(fine, 1, lines(1)[0], ())
        await journal.flushed()
    assert told.of(stale) == [Refused(stale, 4)]
    assert told.of(fine) == [Stored(fine, 1, 1)]
    assert world.log_of(stale) == []


async def test_after_a_refusal_nothing_of_that_epoch_is_stored_but_of_the_next_one_is(world: World) -> None:
    match, told, moves = world.match(epoch=2), Told(), lines(3)
    async with journal_on(world.log(), told) as journal:
        journal.append(match, 1, moves[0], ())
        await asyncio.sleep(0)
        journal.append(match, 1, moves[1], ())  # gathers behind the flush that is refused
        await journal.flushed()
        world.sql("UPDATE games_lease SET epoch = 1 WHERE match_id = %s", match)
        journal.append(match, 1, moves[0], ())
        await journal.flushed()
        assert told.all == [Refused(match, 1)]
        assert world.log_of(match) == []
        world.sql("UPDATE games_lease SET epoch = 3 WHERE match_id = %s", match)
        journal.append(match, 3, moves[0], ())
        await journal.flushed()
    assert told.all[1:] == [Stored(match, 3, 1)]


async def test_a_hole_is_never_sent_and_never_stored(world: World) -> None:
    match, other, told, moves = world.match(), world.match(), Told(), lines(4)
    async with journal_on(world.log(), told) as journal:
        journal.append(match, 1, moves[0], ())
        with pytest.raises(HoleError):
            journal.append(match, 1, moves[2], ())
        await asyncio.sleep(0)
        with pytest.raises(HoleError):
            journal.append(match, 1, moves[3], ())
        journal.append(match, 1, moves[1], ())
        await journal.flushed()
        assert world.log_of(match) == [(move.n, move.digest) for move in moves[:2]]
        journal.append(other, 1, moves[1], ())  # the journal has never heard of it: the database refuses
        await journal.flushed()
    assert told.of(other) == [Refused(other, 1)]
    assert world.log_of(other) == []


async def test_anothers_entries_are_refused_and_our_own_copy_is_stored(world: World) -> None:
    ours, theirs, told, moves = world.match(), world.match(), Told(), lines(2)
    foreign = lines(2, body='{"column":6}')
    for _ in range(2):
        async with journal_on(world.log(), Told()) as journal:
            for move, strange in zip(moves, foreign, strict=True):
                journal.append(ours, 1, move, ())
                journal.append(theirs, 1, strange, ())
    async with journal_on(world.log(), told) as journal:
        for move in moves:
            journal.append(ours, 1, move, ())
            journal.append(theirs, 1, move, ())
    assert told.of(ours) == [Stored(ours, 1, 2)], "the same lines again are the same lines"
    assert told.of(theirs) == [Refused(theirs, 1)]
    assert world.log_of(theirs) == [(move.n, move.digest) for move in foreign]
    assert world.log_of(ours) == [(move.n, move.digest) for move in moves]


POISON: dict[str, dict[str, Any]] = {
    "lone surrogate": {"body": "\ud800"},
    "integer beyond 64 bits": {"ms": 2**70},
    "unknown kind": {"kind": "cheat"},
    "an input's c again": {"c": 1, "seat": 1},
}


@pytest.mark.parametrize("poison", POISON.values(), ids=POISON.keys())
async def test_one_poisoned_row_among_100_matches_aborts_one(world: World, poison: dict[str, Any]) -> None:
    matches, told, moves = world.matches(100), Told(), lines(2)
    guilty = matches[61]
    bad = Entry(2, **{"kind": "move", "seat": 0, "c": 1, "ms": 1, "body": "{}", "digest": "d" * 32, **poison})
    async with journal_on(world.log(), told) as journal:
        for match in matches:
            journal.append(match, 1, moves[0], ())
        await journal.flushed()
        told.all.clear()
        for match in matches:
            journal.append(match, 1, bad if match == guilty else moves[1], ())
        await journal.flushed()
    assert told.of(guilty) == [Poisoned(guilty, 1, 2)]
    assert sorted(told.all, key=lambda ending: ending.match) == [
        Poisoned(match, 1, 2) if match == guilty else Stored(match, 1, 2) for match in matches
    ]
    assert world.sql("SELECT count(*) FROM games_entry") == [(199,)]


async def test_too_much_waiting_fails_the_match_and_no_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core, "MATCH_BYTES", 3000)
    match, other, told = world.match(), world.match(), Told()
    moves = lines(20)
    async with journal_on(world.log(), told) as journal:
        journal.append(other, 1, moves[0], ())
        assert journal.has_room(match)
        for move in moves:
            journal.append(match, 1, move, ())
        assert journal.has_room(match), "what waited is dropped"
        await journal.flushed()
        await asyncio.sleep(0)
        assert told.of(match) == [Failed(match, 1)]
        assert told.of(other) == [Stored(other, 1, 1)]
        assert journal.waiting_bytes == 0
    assert world.log_of(match) == []


async def test_has_room_says_no_before_the_bound_is_met(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core, "MATCH_BYTES", 3000)
    match, told = world.match(), Told()
    async with journal_on(world.log(), told) as journal:
        taken = 0
        for move in lines(20):
            if journal.has_room(match):
                journal.append(match, 1, move, ())
                taken += 1
        await journal.flushed()
    assert 0 < taken < 20
    assert told.all == [Stored(match, 1, taken)]


async def test_a_listener_that_raises_hurts_nobody_else(world: World) -> None:
    first, second, told = world.match(), world.match(), Told()

    def settled(match: MatchId, ending: Ending) -> None:
        if match == first:
            raise RuntimeError("a bug in one match")
        told(match, ending)

    async with journal_on(world.log(), settled) as journal:
        journal.append(first, 1, lines(1)[0], ())
        journal.append(second, 1, lines(1)[0], ())
        await journal.flushed()
        journal.append(second, 1, lines(2)[1], ())
    assert told.all == [Stored(second, 1, 1), Stored(second, 1, 2)]


async def test_close_stores_what_waits_and_then_takes_nothing(world: World) -> None:
    match, told = world.match(), Told()
    async with journal_on(world.log(), told) as journal:
        journal.append(match, 1, lines(1)[0], ())
    assert told.all == [Stored(match, 1, 1)]
    with pytest.raises(ClosedError):
        journal.append(match, 1, lines(2)[1], ())
    await journal.close()


async def test_an_idle_journal_sends_at_once_and_a_loaded_one_gathers(world: World) -> None:
    matches, told = world.matches(30), Told()
    log = Wrapped(world.log())
    async with journal_on(log, told, gather_ms=30) as journal:
        loop = asyncio.get_running_loop()
        start = loop.time()
        journal.append(matches[0], 1, lines(1)[0], ())
        await asyncio.sleep(0)
        assert journal._flying, "idle: not even a timer"
        await journal.flushed()
        for match in matches[1:]:
            journal.append(match, 1, lines(1)[0], ())
        await journal.flushed()
        start = loop.time()
        done = asyncio.Event()
        journal._settled = lambda match, ending: done.set()
        journal.append(matches[0], 1, lines(2)[1], ())
        await done.wait()
        assert loop.time() - start >= 0.029, "after a flush of 29 it waits for more"
    assert log.flushes == [1, 29, 1]


def test_a_batch_knows_where_it_follows() -> None:
    batch = Batch(MatchId(1), 1, 0.0, lines(5)[2:])
    assert (batch.before, batch.last) == (2, 5)
