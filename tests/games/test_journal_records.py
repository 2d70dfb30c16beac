"""Match, seats and new matches change in the transaction of the entry that brings them, or not at all."""

from __future__ import annotations

import json

from games.host.effects import Began, Sealed, SeatTaken
from games.journal.endings import Poisoned, Refused, Stored
from tests.games.journals import Told, journal_on
from tests.games.worlds import World, a_new_match, lines


async def test_a_poisoned_change_of_a_record_aborts_its_match_alone(world: World) -> None:
    fine, bad, told, moves = world.match(), world.match(), Told(), lines(1)
    nobody = SeatTaken(0, "Nobody", 987654321, "")
    async with journal_on(world.log(), told) as journal:
        journal.append(bad, 1, moves[0], (nobody,))
        journal.append(fine, 1, moves[0], (SeatTaken(0, "Ann", world.player(), ""),))
        await journal.flushed()
    assert told.of(bad) == [Poisoned(bad, 1, 1)]
    assert told.of(fine) == [Stored(fine, 1, 1)]
    assert world.log_of(bad) == []
    assert world.sql("SELECT match_id, name FROM games_seat") == [(fine, "Ann")]


async def test_the_end_seals_match_seats_and_entry_together(world: World) -> None:
    matches, moves = [world.match(), world.match()], lines(3)
    changes = (SeatTaken(0, "Ann", world.player(), ""), SeatTaken(1, "Bot", None, "random"), Began())
    end = Sealed("over", (1, 0), "line", 3, moves[2].digest, (1, 0))
    async with journal_on(world.log(), Told()) as journal:
        for match in matches:
            journal.append(match, 1, moves[0], changes)
            journal.append(match, 1, moves[1], ())
            journal.append(match, 1, moves[2], (end,))
            await journal.flushed()
    for number, match in enumerate(matches, 1):
        row = world.sql(
            "SELECT status, finished_seq, end_n, digest, started_at IS NULL, finished_at IS NULL, CAST(result AS text)"
            " FROM games_match WHERE id = %s",
            match,
        )[0]
        assert row[:6] == ("over", number, 3, moves[2].digest, False, False)
        assert json.loads(row[6]) == {"reason": "line", "scores": [1, 0]}
        seats = world.sql('SELECT "index", name, score, bot FROM games_seat WHERE match_id = %s ORDER BY 1', match)
        assert seats == [(0, "Ann", 0, ""), (1, "Bot", 1, "random")]


async def test_a_refused_match_changes_no_record(world: World) -> None:
    match, told, moves = world.match(epoch=2), Told(), lines(1)
    end = Sealed("over", (1, 0), "line", 1, moves[0].digest, (0, 1))
    async with journal_on(world.log(), told) as journal:
        journal.append(match, 1, moves[0], (SeatTaken(0, "Ann", None, ""), Began(), end))
    assert told.all == [Refused(match, 1)]
    assert world.sql("SELECT status FROM games_match WHERE id = %s", match) == [("waiting",)]
    assert world.sql("SELECT count(*) FROM games_seat") == [(0,)]


async def test_a_new_match_comes_whole_or_not_at_all(world: World) -> None:
    old, told, moves = world.match(), Told(), lines(2)
    sits = tuple(lines(2))
    whole = a_new_match(
        rematch_of=old, options={"columns": 7}, entries=sits, sitting=(SeatTaken(0, "Ann", None, ""),), began=True
    )
    broken = a_new_match(sitting=(SeatTaken(0, "Ann", None, ""), SeatTaken(0, "Ann again", None, "")))
    async with journal_on(world.log(), told) as journal:
        journal.append(old, 1, moves[0], (whole,))
        await journal.flushed()
        journal.append(old, 1, moves[1], (broken,))
        await journal.flushed()
    assert told.all == [Stored(old, 1, 1), Poisoned(old, 1, 2)]
    rows = world.sql("SELECT id, status, started_at IS NULL, rematch_of_id FROM games_match WHERE id <> %s", old)
    assert [row[1:] for row in rows] == [("live", False, old)]
    new = rows[0][0]
    assert world.log_of(new) == [(entry.n, entry.digest) for entry in sits]
    assert world.sql("SELECT epoch, host_id, suspect FROM games_lease WHERE match_id = %s", new) == [(0, None, 0)]
    assert world.sql("SELECT match_id FROM games_seat") == [(new,)]
