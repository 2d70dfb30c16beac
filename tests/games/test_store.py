"""Hosts, leases, loading and commands, over the ORM on both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from games import store
from games.driver.core import Driver
from games.driver.loading import Loading
from games.host.effects import SeatTaken
from games.host.entries import MatchId
from games.journal import records
from games.loads import match_load, matches_load
from games.models import Command, Host, Lease, Match, Snapshot
from games.rules.catalog import UnknownGame
from players.models import Player
from players.threads import DatabaseThreads
from tests.games.worlds import a_new_match, lines

pytestmark = pytest.mark.usefixtures("orm")


CLOCK = {"kind": "correspondence", "base_ms": 86_400_000, "extra_ms": 0}


def new_match(**changes: Any) -> MatchId:
    with transaction.atomic(), connection.cursor() as cursor:
        return records.new_match(cursor, a_new_match(**changes))


def player(name: str = "Ann") -> Player:
    made: Player = Player.objects.create(username=name, name=name)
    return made


def elsewhere(work: Callable[[], Any]) -> Any:
    """In another thread, on a connection of its own."""

    def run() -> Any:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result(timeout=20)


def last_beat_before(host: str, seconds: float) -> None:
    Host.objects.filter(id=host).update(beat_at=Now() - timedelta(seconds=seconds))


def test_a_new_match_is_nobodys_and_the_first_to_ask_gets_it() -> None:
    match, host = new_match(), store.host_register("one")
    assert store.lease_take(match, host, may_expire=True) == 1
    assert Lease.objects.values_list("host_id", "epoch").get(match_id=match) == (host, 1)


def test_no_lease_is_taken_from_a_host_that_is_alive() -> None:
    match, first, second = new_match(), store.host_register("one"), store.host_register("two")
    assert store.lease_take(match, first, may_expire=True) == 1
    assert store.lease_take(match, second, may_expire=True) == store.Elsewhere(first)
    last_beat_before(first, 5.5)
    assert store.lease_take(match, second, may_expire=True) == store.Elsewhere(first), "the lease lasts 6 s"
    assert Lease.objects.values_list("host_id", "epoch").get(match_id=match) == (first, 1)


def test_a_dead_hosts_lease_is_taken_under_the_next_epoch() -> None:
    match, first, second = new_match(), store.host_register("one"), store.host_register("two")
    store.lease_take(match, first, may_expire=True)
    last_beat_before(first, 6.5)
    assert store.lease_take(match, second, may_expire=True) == 2
    assert store.host_beat(first), "it may go on with its other matches"
    assert store.lease_take(match, first, may_expire=True) == store.Elsewhere(second)


def test_the_owner_takes_its_lease_anew_and_raises_the_epoch() -> None:
    match, host = new_match(), store.host_register("one")
    assert [store.lease_take(match, host, may_expire=True) for _ in range(3)] == [1, 2, 3]
    last_beat_before(host, 60)
    assert store.lease_take(match, host, may_expire=True) == 4, "nobody took it meanwhile"


def test_a_beat_keeps_a_host_alive_and_a_stopped_host_stays_stopped() -> None:
    match, first, second = new_match(), store.host_register("one"), store.host_register("two")
    store.lease_take(match, first, may_expire=True)
    last_beat_before(first, 10)
    assert store.host_beat(first)
    assert store.lease_take(match, second, may_expire=True) == store.Elsewhere(first)
    store.host_stop(first)
    assert not store.host_beat(first)
    assert store.lease_take(match, second, may_expire=True) == 2
    assert store.lease_take(new_match(), first, may_expire=True) is None, "the stopped take nothing"


def test_a_released_lease_is_free_at_once_and_only_ones_own_is_released() -> None:
    first, second = store.host_register("one"), store.host_register("two")
    mine, theirs = new_match(), new_match()
    store.lease_take(mine, first, may_expire=True)
    store.lease_take(theirs, second, may_expire=True)
    store.leases_release(first, {mine: 1, theirs: None})
    assert store.lease_take(mine, second, may_expire=True) == 2
    assert store.lease_take(theirs, first, may_expire=True) == store.Elsewhere(second)


def test_a_match_that_came_back_before_its_release_arrived_stays() -> None:
    host, match = store.host_register("one"), new_match()
    store.lease_take(match, host, may_expire=True)
    store.lease_take(match, host, may_expire=True)
    store.leases_release(host, {match: 1})
    assert Lease.objects.get(match_id=match).host_id == host
    store.leases_release(host, {match: 2})
    assert Lease.objects.get(match_id=match).host_id is None


def test_burying_the_hosts_frees_what_they_held() -> None:
    match, crashed, ours = new_match(), store.host_register("crashed"), store.host_register("ours")
    store.lease_take(match, crashed, may_expire=True)
    store.hosts_bury(ours)
    assert store.lease_take(match, ours, may_expire=True) == 2
    assert store.host_beat(ours)
    assert not store.host_beat(crashed)


def test_an_unknown_match_or_host_gets_nothing() -> None:
    assert store.lease_take(MatchId(4711), store.host_register("one"), may_expire=True) is None
    assert store.lease_take(new_match(), "never seen", may_expire=True) is None
    assert not store.host_beat("never seen")


def test_of_many_who_take_at_once_one_gets_each_epoch() -> None:
    match, hosts = new_match(), [store.host_register(str(number)) for number in range(4)]
    gate = threading.Barrier(4)

    def take(host: str) -> int | store.Elsewhere | None:
        try:
            gate.wait(10)
            return store.lease_take(match, host, may_expire=True)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(take, hosts))
    lease = Lease.objects.get(match_id=match)
    assert lease.epoch == 1
    assert lease.host_id in hosts
    other = store.Elsewhere(lease.host_id)
    assert taken == [1 if host == lease.host_id else other for host in hosts], "the others are told who was quicker"


def test_a_beat_that_comes_during_a_takeover_waits_for_it() -> None:
    match, first, second = new_match(), store.host_register("one"), store.host_register("two")
    store.lease_take(match, first, may_expire=True)
    last_beat_before(first, 10)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            assert store.lease_take(match, second, may_expire=True) == 2
            beat = pool.submit(elsewhere, lambda: store.host_beat(first))
            with pytest.raises(TimeoutError):
                beat.result(0.3)
        assert beat.result(10)
    assert store.lease_take(match, first, may_expire=True) == store.Elsewhere(second)


def test_a_match_is_loaded_whole_with_the_players_who_sit() -> None:
    ann = player()
    entries = tuple(lines(3))
    match = new_match(
        options={"columns": 7},
        entries=entries,
        sitting=(SeatTaken(0, "Ann", ann.pk, ""), SeatTaken(1, "Practice", None, "practice")),
        began=True,
        listed=False,
    )
    public_id = Match.objects.get(pk=match).public_id
    assert store.match_pks([public_id, "no such match"]) == {public_id: match, "no such match": None}
    loaded = match_load(match)
    assert loaded.entries == entries
    assert loaded.snapshot is None
    assert loaded.players == {ann.public_id: ann.pk}
    assert (loaded.id, loaded.public_id, loaded.game, loaded.seats) == (match, public_id, "connect-four", 2)
    assert (loaded.options, loaded.listed, loaded.seed) == ({"columns": 7}, False, bytes.fromhex("ab" * 32))
    with pytest.raises(Match.DoesNotExist):
        match_load(MatchId(4711))


def test_loading_begins_at_the_newest_snapshot_that_lies_on_the_log() -> None:
    entries = lines(6)
    match = new_match(entries=tuple(entries))
    store.snapshot_save(match, 2, b"two", entries[1].digest)
    store.snapshot_save(match, 4, b"four", entries[3].digest)
    store.snapshot_save(match, 4, b"four again", entries[3].digest)
    store.snapshot_save(match, 5, b"of another log", "e" * 32)
    store.snapshot_save(match, 9, b"of nothing", "e" * 32)
    loaded = match_load(match)
    assert loaded.snapshot == b"four"
    assert loaded.entries == tuple(entries[4:])
    Snapshot.objects.all().delete()
    assert match_load(match).entries == tuple(entries)


def test_commands_are_read_in_order_and_answered_once() -> None:
    ann, match, other = player(), new_match(), new_match()
    first = Command.objects.create(match_id=match, kind="sit", by=ann, body={"seat": 1})
    second = Command.objects.create(match_id=match, kind="abort", by=None, body={})
    assert store.commands_open(match) == [
        store.Wish(first.pk, "sit", store.Wisher(ann.pk, ann.public_id, "Ann"), {"seat": 1}),
        store.Wish(second.pk, "abort", None, {}),
    ]
    assert store.matches_with_commands([match, other]) == [match]
    assert store.matches_with_commands([other]) == []
    store.command_answer(first.pk, {"ok": True})
    store.command_answer(first.pk, {"ok": False})
    store.command_answer(second.pk, {"ok": False, "code": "over"})
    assert store.commands_open(match) == []
    first.refresh_from_db()
    assert first.answer == {"ok": True}
    assert first.done_at is not None


def test_many_matches_are_taken_at_once_and_each_gets_its_own_answer() -> None:
    first, second = store.host_register("one"), store.host_register("two")
    free, mine, theirs, lost, hangs, unread = (new_match() for _ in range(6))
    store.lease_take(mine, first, may_expire=True)
    store.lease_take(theirs, second, may_expire=True)
    gone = store.host_register("gone")
    store.lease_take(lost, gone, may_expire=True)
    store.host_stop(gone)
    Lease.objects.filter(match_id=hangs).update(suspect=store.QUARANTINE)
    Match.objects.filter(pk=unread).update(edition=4711)
    before = store.takeovers.count
    taken = store.leases_take([free, mine, theirs, lost, hangs, unread, MatchId(4711)], first, may_expire=True)
    assert taken[free] == 1
    assert taken[mine] == 2
    assert taken[theirs] == store.Elsewhere(second)
    assert taken[lost] == 2
    assert isinstance(taken[hangs], store.QuarantinedError)
    assert isinstance(taken[unread], UnknownGame)
    assert taken[MatchId(4711)] is None
    assert store.leases_of(first) == {free: 1, mine: 2, lost: 2}
    assert Lease.objects.get(match_id=unread).epoch == 0
    assert store.takeovers.count == before + 1


def test_hosts_that_want_the_same_matches_share_them_without_waiting_for_each_other() -> None:
    matches, hosts = [new_match() for _ in range(20)], [store.host_register(str(number)) for number in range(4)]
    gate = threading.Barrier(4)

    def take(number: int) -> dict[MatchId, store.Taken]:
        wanted = matches if number % 2 else matches[::-1]
        try:
            gate.wait(10)
            return store.leases_take(wanted, hosts[number], may_expire=True)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(take, range(4)))
    for match in matches:
        lease = Lease.objects.get(match_id=match)
        assert lease.epoch == 1
        owners = [host for host, answer in zip(hosts, answers, strict=True) if answer[match] == 1]
        assert owners == [lease.host_id]


def test_many_matches_are_loaded_at_once_each_with_its_own_log() -> None:
    matches = [new_match(entries=tuple(lines(length)), clock=CLOCK) for length in (0, 3, 6, 6)]
    for match, n in ((matches[2], 2), (matches[3], 6)):
        store.snapshot_save(match, n, b"up to %d" % n, lines(6)[n - 1].digest)
    together = matches_load([*matches, MatchId(4711)])
    found = [(loaded.snapshot, [entry.n for entry in loaded.entries]) for loaded in together.values()]
    assert found == [(None, []), (None, [1, 2, 3]), (b"up to 2", [3, 4, 5, 6]), (b"up to 6", [])]
    assert len({loaded.public_id for loaded in together.values()}) == 4
    assert all(0 <= loaded.gap_ms < 60_000 for loaded in together.values())
    assert matches_load([]) == {}


def queries(asked: Collection[dict[str, Any]]) -> list[str]:
    """Without what begins and ends a transaction, which databases tell differently."""
    return [one["sql"] for one in asked if one["sql"].split()[0] in ("SELECT", "INSERT", "UPDATE", "DELETE")]


@pytest.mark.parametrize(
    ("what", "changes", "most"),
    [
        ("plain", {}, 8),
        # A match with a clock also asks how old its last entry is.
        ("a clock", {"clock": CLOCK}, 9),
        # What the match has done to ratings is asked for when it is over; this one is not.
        ("rated", {"rated": True, "pool": "blitz"}, 8),
    ],
)
def test_a_match_comes_back_by_few_queries(what: str, changes: dict[str, Any], most: int) -> None:
    match, host = new_match(entries=(), **changes), store.host_register("one")
    driver = cast("Driver", SimpleNamespace(pulse=SimpleNamespace(may_expire=True)))
    loading = Loading(driver, host=host, threads=cast("DatabaseThreads", None))
    with CaptureQueriesContext(connection) as asked:
        assert isinstance(loading._take_all([match])[match], tuple)
    assert len(queries(asked.captured_queries)) <= most, what


def test_a_match_that_is_due_is_so_no_more_when_somebody_has_it() -> None:
    match, host = new_match(), store.host_register("one")
    Match.objects.filter(pk=match).update(due_at=Now())
    assert store.lease_take(match, host, may_expire=True) == 1
    assert Match.objects.get(pk=match).due_at is None
