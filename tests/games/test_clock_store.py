"""When a match must be had again though nobody looks, by the database's clock, on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now

from games import store, sweeps
from games.host.entries import MatchId
from games.journal import records
from games.loads import match_load
from games.models import Entry, Host, Match
from games.rules.connect_four import ConnectFour
from tests.games.worlds import a_new_match, lines

pytestmark = pytest.mark.usefixtures("orm")

CLOCK = {"kind": "correspondence", "base_ms": 86_400_000, "extra_ms": 0}
DAY_MS = 86_400_000


def orphaned(
    ticking: list[str], *, may_expire: bool, begun_within: timedelta | None = timedelta(hours=1)
) -> list[MatchId]:
    return sweeps.matches_orphaned(ticking, 9, may_expire=may_expire, begun_within=begun_within)


def new_match(**changes: Any) -> MatchId:
    with transaction.atomic(), connection.cursor() as cursor:
        return records.new_match(cursor, a_new_match(**({"clock": CLOCK, "began": True} | changes)))


def ago(match: MatchId, **shift: float) -> None:
    """As if the match had begun, and its entries had been stored, so long ago."""
    Match.objects.filter(pk=match).update(started_at=Now() - timedelta(**shift))
    Entry.objects.filter(match_id=match).update(at=Now() - timedelta(**shift))


def left_by(host: str, match: MatchId, in_ms: int) -> None:
    store.lease_take(match, host, may_expire=True)
    sweeps.matches_let_go(host, {match: in_ms})
    store.leases_release(host, {match: None})


def test_a_time_control_is_stored_and_loaded_as_it_was_chosen() -> None:
    assert match_load(new_match()).clock == CLOCK
    assert match_load(new_match(clock=None)).clock is None
    assert Match.objects.filter(clock__isnull=True).count() == 1, "null in SQL, not in JSON"


def test_the_gap_is_as_long_as_the_last_entry_is_old() -> None:
    match = new_match(entries=tuple(lines(3)))
    assert match_load(match).gap_ms < 20_000
    ago(match, days=2)
    assert 0 <= match_load(match).gap_ms - 2 * DAY_MS < 20_000


def test_without_entries_or_without_a_clock_there_is_no_gap() -> None:
    assert match_load(new_match()).gap_ms == 0
    untimed = new_match(clock=None, entries=tuple(lines(1)))
    ago(untimed, days=2)
    assert match_load(untimed).gap_ms == 0


def test_where_spectators_see_a_match_later_its_gap_counts_too(monkeypatch: pytest.MonkeyPatch) -> None:
    untimed = new_match(clock=None, entries=tuple(lines(1)))
    ago(untimed, days=2)
    monkeypatch.setattr(ConnectFour, "spectator_delay_s", 60)
    assert match_load(untimed).gap_ms >= 2 * DAY_MS


def test_what_was_let_go_falls_due_when_it_was_said() -> None:
    host, soon, late = store.host_register("one"), new_match(), new_match()
    left_by(host, soon, 0)
    left_by(host, late, DAY_MS)
    assert sweeps.matches_due(9, may_expire=True) == [soon]
    Match.objects.filter(pk=late).update(due_at=Now() - timedelta(days=1))
    assert sweeps.matches_due(9, may_expire=True) == [late, soon], "the longest due first"
    assert sweeps.matches_due(1, may_expire=True) == [late]


def test_who_takes_a_match_that_was_due_has_no_need_to_be_told_again() -> None:
    host, match = store.host_register("one"), new_match()
    left_by(host, match, 0)
    store.lease_take(match, host, may_expire=True)
    assert Match.objects.get(pk=match).due_at is None
    assert sweeps.matches_due(9, may_expire=True) == []


def test_what_another_has_by_now_cannot_be_let_go() -> None:
    first, second, match = store.host_register("one"), store.host_register("two"), new_match()
    store.lease_take(match, first, may_expire=True)
    store.host_stop(first)
    store.lease_take(match, second, may_expire=True)
    sweeps.matches_let_go(first, {match: 0})
    assert Match.objects.get(pk=match).due_at is None


def test_a_match_that_is_over_is_not_due() -> None:
    host, match = store.host_register("one"), new_match()
    left_by(host, match, 0)
    Match.objects.filter(pk=match).update(status="over", result={}, finished_seq=1, end_n=1)
    assert sweeps.matches_due(9, may_expire=True) == []


def test_the_clocked_matches_of_a_dead_host_are_found() -> None:
    host, match, untimed = store.host_register("one"), new_match(), new_match(clock=None)
    for one in (match, untimed):
        store.lease_take(one, host, may_expire=True)
    assert orphaned([], may_expire=True) == []
    Host.objects.filter(id=host).update(beat_at=Now() - timedelta(seconds=7))
    assert orphaned([], may_expire=True) == [match]
    Host.objects.filter(id=host).update(beat_at=Now(), stopped_at=Now())
    assert orphaned([], may_expire=True) == [match]


def test_a_dead_hosts_matches_with_ticks_are_found_by_their_game() -> None:
    host, match = store.host_register("one"), new_match(clock=None)
    store.lease_take(match, host, may_expire=True)
    store.host_stop(host)
    assert orphaned(["connect-four"], may_expire=True) == [match]
    assert orphaned(["another-game"], may_expire=True) == []


def test_a_match_that_began_without_anyone_coming_is_found_after_a_while() -> None:
    match = new_match()
    assert orphaned([], may_expire=True) == [], "who began it is on the way"
    ago(match, seconds=11)
    assert orphaned([], may_expire=True) == [match]


def test_a_match_that_was_let_go_until_tomorrow_is_no_orphan() -> None:
    host, match = store.host_register("one"), new_match()
    left_by(host, match, DAY_MS)
    ago(match, seconds=11)
    assert orphaned([], may_expire=True) == []


def test_a_match_that_waits_for_players_is_neither() -> None:
    match = new_match(began=False)
    ago(match, seconds=11)
    assert orphaned(["connect-four"], may_expire=True) == sweeps.matches_due(9, may_expire=True) == []
