from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from games import selectors
from games.models import Entry, Match
from games.rules.catalog import newest
from games.rules.connect_four import ConnectFour
from players.errors import ServiceError
from players.models import Player
from tests.games.played import FIRST_WINS, aborted, guest, joined, opened, played

pytestmark = pytest.mark.django_db


def queries(call: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as captured:
        call()
    return len(captured)


def test_open_seats_are_the_listed_waiting_matches_newest_first() -> None:
    first, second = opened(), opened()
    opened(listed=False)
    joined(opened())
    played()
    aborted()
    assert selectors.matches_open(10) == [second, first]
    assert selectors.matches_open(1) == [second]


def test_live_matches_are_the_listed_ones_under_way() -> None:
    match = joined(opened())
    joined(opened(listed=False))
    opened()
    assert selectors.matches_live(10) == [match]


def test_recent_matches_come_in_the_order_in_which_they_ended() -> None:
    slow, fast = joined(opened()), joined(opened())
    played(fast)
    played(slow)
    aborted()
    assert selectors.matches_recent("connect-four", 10) == [slow, fast]
    assert selectors.matches_recent(None, 1) == [slow]


def test_lists_can_be_of_one_game() -> None:
    other, four = opened(game="tic-tac-toe"), opened()
    assert selectors.matches_open(10, "tic-tac-toe") == [other]
    assert selectors.matches_open(10, "connect-four") == [four]
    assert selectors.matches_recent("tic-tac-toe", 10) == []


def test_my_matches_are_all_at_which_i_sit_also_the_private_ones() -> None:
    me = guest()
    own, joined_by_me = opened(me, listed=False), joined(opened(), me)
    opened()
    assert selectors.matches_of(me, 10) == [joined_by_me, own]


def test_seats_are_told_by_index_with_holes() -> None:
    match = selectors.match_get(opened(guest("Ada"), seat=1).public_id)
    assert match is not None
    assert [seat and seat.name for seat in selectors.seats_of(match)] == [None, "Ada"]


@pytest.mark.parametrize(
    "public_id", ["", "x", "\x00" * 12, "no such one", "O0lIO0lIO0lI", "1" * 12, "' OR 1=1 --", "é" * 12]
)
def test_an_unknown_id_is_nothing(public_id: str) -> None:
    assert selectors.match_get(public_id) is None


def test_what_can_be_no_id_is_not_looked_for() -> None:
    assert queries(lambda: selectors.match_get("\x00" * 12)) == 0


def test_lists_take_two_queries_however_long_they_are() -> None:
    me = guest()
    calls: dict[str, Callable[[], Any]] = {
        "open": lambda: [selectors.seats_of(match) for match in selectors.matches_open(50)],
        "live": lambda: [selectors.seats_of(match) for match in selectors.matches_live(50)],
        "recent": lambda: [selectors.seats_of(match) for match in selectors.matches_recent(None, 50)],
        "mine": lambda: [selectors.seats_of(match) for match in selectors.matches_of(me, 50)],
    }
    for _ in range(4):
        opened(me)
        joined(opened(), me)
        played(joined(opened(), me))
    assert {name: queries(call) for name, call in calls.items()} == dict.fromkeys(calls, 2)
    assert len(selectors.matches_of(me, 50)) == 12


def test_final_boards_of_a_list_take_one_query() -> None:
    for _ in range(3):
        played()
    matches = selectors.matches_recent(None, 50)
    assert queries(lambda: selectors.final_views(matches)) == 1
    views = selectors.final_views(matches)
    assert set(views) == {match.pk for match in matches}
    assert all(view["columns"][0] == "0000" for view in views.values())


def test_final_boards_leave_out_what_this_process_cannot_fold() -> None:
    known, unknown = played(), played()
    Match.objects.filter(pk=unknown.pk).update(edition=9)
    assert set(selectors.final_views(Match.objects.all())) == {known.pk}


def test_a_record_of_a_live_match_keeps_its_seed() -> None:
    match = joined(opened())
    record = selectors.record_of(match)
    assert (record["seed"], record["seed_hash"]) == (None, match.seed_hash)
    assert match.seed not in json.dumps(record)
    over = selectors.record_of(played(match))
    assert over["seed"] == match.seed


def test_a_record_ends_at_its_end_whatever_is_said_afterwards() -> None:
    match = played()
    whole = selectors.record_of(match)
    last = whole["entries"][-1]
    assert last["kind"] == "end"
    Entry.objects.create(
        match_id=match.pk,
        n=last["n"] + 1,
        kind="offer",
        seat=0,
        c=5,
        at=match.created_at,
        ms=99,
        body="{}",
        digest="0" * 32,
    )
    assert selectors.record_of(match) == whole
    assert selectors.final_views([match])[match.pk]["columns"][0] == "0000"
    assert selectors.frames_of(match)[-1]["kind"] == "end"


def test_records_and_frames_hold_no_primary_key() -> None:
    # Keys far above every count in a record, so that one cannot be taken for the other.
    me, other = (Player.objects.create(pk=7_000_000 + n, name=f"Far {n}", username=f"far-{n}") for n in (1, 2))
    match = joined(opened(me), other)
    live = [selectors.record_of(match), selectors.frames_of(match)]
    finished = played(match)
    over = [selectors.record_of(finished), selectors.frames_of(finished)]
    for told in (json.dumps(live), json.dumps(over)):
        assert me.public_id in told
        assert str(me.pk) not in told
        assert str(other.pk) not in told


def test_frames_come_in_portions() -> None:
    match = played()
    every = selectors.frames_of(match)
    assert len(every) == 1 + 2 + len(FIRST_WINS) + 1
    assert selectors.frames_of(match, limit=3) == every[:3]
    assert selectors.frames_of(match, after_v=2, limit=2) == every[3:5]
    assert json.loads(json.dumps(every))[-1]["result"] == {"scores": [2, 0], "reason": "line"}


@pytest.mark.parametrize("read", [selectors.record_of, selectors.frames_of])
def test_a_secret_game_tells_nothing_before_its_end(
    read: Callable[[Match], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ConnectFour, "secret", True)
    for match in (opened(), joined(opened())):
        with pytest.raises(ServiceError) as refused:
            read(match)
        assert refused.value.code == "secret"
    assert read(played())


def test_a_live_match_of_an_unknown_edition_is_treated_as_secret() -> None:
    match = joined(opened())
    match.edition = 9
    with pytest.raises(ServiceError):
        selectors.record_of(match)


def test_frames_of_an_unknown_edition_are_refused_with_a_sentence() -> None:
    match = played()
    match.edition = 9
    with pytest.raises(ServiceError) as refused:
        selectors.frames_of(match)
    assert refused.value.code == "unknown_game"


def test_reading_frames_takes_one_query() -> None:
    match = selectors.match_get(played().public_id)
    assert match is not None
    assert queries(lambda: selectors.frames_of(match)) == 1


def test_of_running_matches_with_a_free_seat_the_fullest_comes_first() -> None:
    arena, me = newest("arena"), guest()
    small = opened(game="arena", opponent="practice", seats=4)
    full, free = [opened(game="arena", opponent="practice", seats=seats) for seats in (2, 20)]
    free_too = opened(game="arena", opponent="practice", seats=30)
    opened(game="arena", opponent="practice", listed=False)
    small.sitting.get(index=3).delete()
    assert selectors.matches_to_enter(arena, me, 5) == [free_too, free, small]
    assert full not in selectors.matches_to_enter(arena, me, 5)


def test_ones_own_running_match_comes_before_all_unless_one_has_left_it() -> None:
    arena, me = newest("arena"), guest()
    own = opened(me, game="arena", opponent="practice", seats=4, seat=1)
    other = opened(game="arena", opponent="practice", seats=20)
    assert selectors.matches_to_enter(arena, me, 5) == [own, other]
    entry = Entry(match=own, n=90, kind="gone", ms=0, at=own.created_at)
    for kind, seat, body, left in (("gone", None, '{"seats":[2]}', False), ("gone", None, '{"seats":[1]}', True)):
        entry.kind, entry.seat, entry.body = kind, seat, body
        entry.save()
        assert selectors.matches_to_enter(arena, me, 5) == ([other] if left else [own, other])
    entry.kind, entry.seat, entry.c, entry.body = "resign", 1, 1, "{}"
    entry.save()
    assert selectors.matches_to_enter(arena, me, 5) == [other]


def test_a_finished_match_can_be_seen_through_the_eyes_of_each_seat_and_a_live_one_cannot() -> None:
    live = joined(opened())
    with pytest.raises(ServiceError) as error:
        selectors.frames_of(live, seat=0)
    assert error.value.code == "secret"
    over = played(live)
    assert selectors.frames_of(over, seat=1)[-1]["view"] == selectors.frames_of(over)[-1]["view"]
    with pytest.raises(ServiceError) as error:
        selectors.frames_of(over, seat=2)
    assert error.value.code == "bad_seat"
