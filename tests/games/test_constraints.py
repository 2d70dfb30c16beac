"""Each promise that the database itself keeps, broken once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from games.models import Command, Entry, Match, Seat, Snapshot
from players.models import Key, Player, Ticket
from tests.games.played import guest, opened

pytestmark = pytest.mark.django_db


def match(**facts: Any) -> Match:
    same = {"game": "connect-four", "edition": 1, "fold": 1, "seats": 2, "seed": "", "seed_hash": ""}
    return Match.objects.create(**same | facts)


def entry(of: Match, **facts: Any) -> Entry:
    same = {"n": 9, "kind": "move", "seat": 0, "c": 1, "at": timezone.now(), "ms": 0, "body": "0", "digest": ""}
    return Entry.objects.create(match=of, **same | facts)


def seat(of: Match, **facts: Any) -> Seat:
    return Seat.objects.create(match=of, **{"index": 1, "name": "Ada"} | facts)


def over(**facts: Any) -> Match:
    return match(**{"status": "over", "result": {}, "finished_seq": 10**6, "end_n": 9} | facts)


def twice(make: Callable[[], Any]) -> None:
    make()
    make()


BREACHES: dict[str, Callable[[Match], Any]] = {
    "match_has_seats": lambda _: match(seats=0),
    "match_status_known": lambda _: match(status="paused"),
    "match_end_is_whole (result)": lambda _: over(result=None),
    "match_end_is_whole (number)": lambda _: over(finished_seq=None),
    "match_end_is_whole (last entry)": lambda _: over(end_n=None),
    "public id once": lambda of: match(public_id=of.public_id),
    "finish number once": lambda _: twice(over),
    "one rematch": lambda of: twice(lambda: match(rematch_of=of)),
    "seat_once": lambda of: seat(of, index=0),
    "player_sits_once": lambda of: seat(of, player=of.created_by),
    "seat_player_or_bot": lambda of: seat(of, player=guest(), bot="practice"),
    "entry_once": lambda of: entry(of, n=1),
    "input_once": lambda of: [entry(of, n=2), entry(of, n=3)],
    "entry_from_one": lambda of: entry(of, n=0),
    "entry_kind_known": lambda of: entry(of, kind="dance"),
    "snapshot_once": lambda of: twice(lambda: Snapshot.objects.create(match=of, n=1, state=b"")),
    "command_done_has_answer": lambda of: Command.objects.create(match=of, kind="sit", done_at=timezone.now()),
    "player_has_a_name": lambda _: Player.objects.create(username="nameless", name=""),
    "player's public id once": lambda of: Player.objects.create(
        username="twin", name="Twin", public_id=of.created_by.public_id if of.created_by else ""
    ),
    "key once": lambda _: twice(lambda: Key.objects.create(player=guest(), digest="d")),
    "ticket once": lambda _: twice(
        lambda: Ticket.objects.create(player=guest(), digest="d", expires_at=timezone.now())
    ),
}


@pytest.mark.parametrize("breach", BREACHES)
def test_the_database_refuses_what_services_never_write(breach: str) -> None:
    of = opened()
    with pytest.raises(IntegrityError), transaction.atomic():
        BREACHES[breach](of)


def test_what_is_allowed_passes_the_same_constraints() -> None:
    """The makers above are right: only what each breach changes is wrong."""
    of = opened()
    over()
    match(rematch_of=of)
    seat(of, player=guest())
    entry(of, n=2)
    entry(of, n=3, c=2)
    entry(of, n=4, kind="end", seat=None, c=None)
    entry(of, n=5, kind="end", seat=None, c=None)
    Snapshot.objects.create(match=of, n=1, state=b"")
    Command.objects.create(match=of, kind="sit", done_at=timezone.now(), answer={})
    assert Entry.objects.filter(match=of).count() == 5


def test_a_player_who_is_gone_leaves_their_seats_and_records() -> None:
    of = opened()
    Player.objects.all().delete()
    assert [(one.player, one.name != "") for one in Seat.objects.filter(match=of)] == [(None, True)]
    assert Entry.objects.filter(match=of).count() == 1
