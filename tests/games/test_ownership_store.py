"""Who may call whom dead, what is handed over, and what a match is suspected of; on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from games import store, sweeps
from games.host.entries import MatchId
from games.models import Host, Lease, Match
from games.rules.catalog import UnknownGame
from tests.games.test_clock_store import orphaned
from tests.games.test_store import last_beat_before, new_match

pytestmark = pytest.mark.usefixtures("orm")

CLOCK = {"kind": "fischer", "base_ms": 60_000, "extra_ms": 0}


def owned(host: str, **changes: object) -> MatchId:
    """A match that runs, whose lease `host` holds under epoch 1."""
    match = new_match(**changes)
    Match.objects.filter(pk=match).update(status="live", started_at=Now() - timedelta(minutes=1))
    assert store.lease_take(match, host, may_expire=False) == 1
    return match


def test_after_an_outage_a_silent_host_loses_nothing_to_who_is_not_sure() -> None:
    silent, other = store.host_register("silent"), store.host_register("other")
    match = owned(silent, clock=CLOCK)
    last_beat_before(silent, 30)
    assert store.lease_take(match, other, may_expire=False) == store.Elsewhere(silent)
    assert orphaned([], may_expire=False) == []
    assert orphaned([], may_expire=True) == [match]
    assert store.lease_take(match, other, may_expire=True) == 2


def test_who_said_that_it_stopped_loses_everything_at_once() -> None:
    stopped, other = store.host_register("stopped"), store.host_register("other")
    match = owned(stopped, clock=CLOCK)
    store.host_stop(stopped)
    assert orphaned([], may_expire=False) == [match]
    assert store.lease_take(match, other, may_expire=False) == 2


def test_a_lease_is_given_under_the_next_epoch_and_only_by_who_holds_it() -> None:
    giver, taker, third = (store.host_register(name) for name in ("giver", "taker", "third"))
    match = owned(giver)
    assert not store.lease_give(match, third, 1, taker), "not its own"
    assert not store.lease_give(match, giver, 2, taker), "not under this epoch"
    last_beat_before(taker, 6.5)
    assert not store.lease_give(match, giver, 1, taker), "to nobody who may be dead"
    last_beat_before(taker, 1)
    assert store.lease_give(match, giver, 1, taker)
    assert Lease.objects.values_list("host_id", "epoch").get(match_id=match) == (taker, 2)
    assert store.leases_of(taker) == {match: 2}
    assert store.leases_of(giver) == {}


def test_a_match_that_hung_two_processes_is_kept_from_the_third_until_an_admin_lifts_it() -> None:
    hosts = [store.host_register(str(number)) for number in range(3)]
    match = owned(hosts[0], clock=CLOCK)
    healthy = owned(hosts[0], clock=CLOCK)
    store.match_suspect(match, hosts[0])
    assert Host.objects.get(id=hosts[0]).stopped_at is not None, "what it held is free at once"
    assert store.lease_take(match, hosts[1], may_expire=False) == 2
    store.match_suspect(match, hosts[1])
    assert orphaned([], may_expire=True) == [healthy]
    with pytest.raises(store.QuarantinedError):
        store.lease_take(match, hosts[2], may_expire=True)
    assert Lease.objects.get(match_id=match).epoch == 2, "its lease is not burnt"
    assert store.lease_take(healthy, hosts[2], may_expire=False) == 2
    store.matches_trust([match])
    assert store.lease_take(match, hosts[2], may_expire=False) == 3


def test_a_suspicion_of_who_does_not_own_it_any_more_counts_nothing() -> None:
    first, second = store.host_register("first"), store.host_register("second")
    match = owned(first)
    store.match_suspect(match, second)
    assert Lease.objects.get(match_id=match).suspect == 0


@pytest.mark.parametrize("lacking", [{"edition": 9}, {"fold": 9}, {"game": "another-game"}])
def test_what_a_process_cannot_read_it_neither_takes_nor_sweeps_and_its_start_says_so(lacking: dict[str, int]) -> None:
    dead, other = store.host_register("dead"), store.host_register("other")
    match = owned(dead, clock=CLOCK)
    store.host_stop(dead)
    Match.objects.filter(pk=match).update(**lacking)
    with pytest.raises(UnknownGame):
        store.lease_take(match, other, may_expire=True)
    assert orphaned([], may_expire=True) == []
    assert Lease.objects.values_list("host_id", "epoch").get(match_id=match) == (dead, 1)
    assert list(sweeps.matches_lacking().values()) == [1]


def test_what_a_host_holds_and_has_not_in_memory_is_found() -> None:
    host, other = store.host_register("host"), store.host_register("other")
    here, stray = owned(host), owned(host)
    owned(other)
    assert sweeps.matches_stray(host, [here], 9) == [stray]


def test_dead_hosts_are_those_that_hold_something_and_long_dead_ones_are_forgotten() -> None:
    stopped, silent, old, alive = (store.host_register(name) for name in ("stopped", "silent", "old", "alive"))
    runs, waits = owned(stopped), new_match()
    owned(silent)
    store.lease_take(waits, old, may_expire=False)
    store.host_stop(stopped)
    for host, seconds in ((silent, 7), (old, 2 * 24 * 3600), (stopped, 2 * 24 * 3600)):
        last_beat_before(host, seconds)
    assert set(sweeps.hosts_dead(may_expire=True)) == {stopped, silent, old}
    assert sweeps.hosts_dead(may_expire=False) == [stopped]
    sweeps.hosts_forget()
    assert set(Host.objects.values_list("id", flat=True)) == {stopped, silent, alive}, "what still runs needs its owner"
    assert Lease.objects.get(match_id=runs).host_id == stopped
    assert Lease.objects.get(match_id=waits).host_id is None


def test_what_began_long_ago_unseen_is_looked_for_by_a_process_that_has_just_started() -> None:
    match = new_match(clock=CLOCK)
    Match.objects.filter(pk=match).update(status="live", started_at=Now() - timedelta(hours=3))
    assert orphaned([], may_expire=True) == []
    assert orphaned([], may_expire=True, begun_within=None) == [match]
