"""Lines of chat to the database and back: in batches, bounded, and never in the way of a move."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError, connections

from games import spoken
from games.host.chat import CHAT_LINES, HeardBy, Speech
from games.host.effects import Keep
from games.host.entries import MatchId
from games.models import ChatLine, Match
from games.spoken import Line, Spoken, lines_of, lines_store
from players.models import Player
from players.threads import DatabaseThreads
from tests.games.played import guest, opened

pytestmark = pytest.mark.django_db(transaction=True)


def kept(text: str, by: Player | None = None, heard_by: HeardBy = "everyone", phrase: str | None = None) -> Keep:
    public_id, name = (by.public_id, by.name) if by else ("nobody", "Nobody")
    return Keep(Speech(0, public_id, name, text, phrase), heard_by)


def line(match: Match | int, keep: Keep) -> Line:
    return Line(MatchId(match if isinstance(match, int) else match.pk), keep, 1_700_000_000_000)


def test_what_was_said_comes_back_for_each_audience_in_order() -> None:
    ada = guest("Ada")
    match, other = opened(by=ada), opened(by=ada)
    lines_store(
        [
            line(match, kept("one", ada)),
            line(other, kept("elsewhere", ada)),
            line(match, kept("two", ada, "seats")),
            line(match, kept("Hello!", None, "spectators", "hello")),
        ]
    )
    said = lines_of([MatchId(match.pk), MatchId(other.pk)])
    assert said[MatchId(match.pk)] == [
        ("everyone", Speech(0, ada.public_id, "Ada", "one")),
        ("seats", Speech(0, ada.public_id, "Ada", "two")),
        ("spectators", Speech(0, None, "Nobody", "Hello!", "hello")),
    ]
    assert len(said[MatchId(other.pk)]) == 1
    assert lines_of([]) == {}
    assert ChatLine.objects.get(text="one").at.year == 2023


def test_the_newest_of_each_audience_are_read_and_no_more(django_assert_num_queries: Any) -> None:
    match = opened()
    lines_store([line(match, kept(f"seats {n}", None, "seats")) for n in range(CHAT_LINES + 2)])
    lines_store([line(match, kept("spectators", None, "spectators"))])
    with django_assert_num_queries(1):
        [past] = lines_of([MatchId(match.pk)]).values()
    assert [said.text for _, said in past][:1] == ["seats 2"]
    assert len(past) == CHAT_LINES + 1


def test_a_line_that_cannot_be_stored_takes_no_other_with_it() -> None:
    match = opened()
    lines_store([line(match, kept("one")), line(10**9, kept("of a match that is gone")), line(match, kept("two"))])
    assert sorted(ChatLine.objects.values_list("text", flat=True)) == ["one", "two"]


async def test_lines_wait_while_the_database_is_away_and_the_oldest_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    threads = DatabaseThreads(1, "test-spoken")
    match = await sync_to_async(opened)()
    writer = Spoken(threads)
    store = spoken.lines_store

    def away(batch: Any) -> None:
        raise OperationalError("away")

    monkeypatch.setattr(spoken, "WAITING", 3)
    monkeypatch.setattr(spoken, "lines_store", away)
    for number in range(4):
        writer.put(MatchId(match.pk), kept(f"line {number}"))
    with pytest.raises(OperationalError):
        await writer.write()
    await writer.flush()  # logs, and raises nothing
    monkeypatch.setattr(spoken, "lines_store", store)
    await asyncio.gather(writer.write(), writer.flush())
    texts = await sync_to_async(list)(ChatLine.objects.order_by("pk").values_list("text", flat=True))
    assert texts == ["line 1", "line 2", "line 3"]
    assert writer.dropped == 1
    threads.close()
    await sync_to_async(connections.close_all)()
