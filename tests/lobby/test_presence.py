"""Who is here, across processes: written when somebody comes or goes, and true as long as their process is alive."""

from __future__ import annotations

from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F

from games import here, store
from games.finding.services import seekers_seen
from games.lobby import presence
from games.lobby.presence import Presence
from games.lobby.selectors import people_count, present
from games.lobby.services import presence_change, watched_set
from games.models import Host, Watched
from games.models import Presence as Row
from tests.games.played import guest, opened

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_is_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(here, "_sockets", {})


def at_once(work: Coroutine[Any, Any, None]) -> None:
    """Without an event loop, in which Django would refuse to read."""
    with pytest.raises(StopIteration):
        work.send(None)


class Here:
    """Threads that are this one."""

    def __init__(self) -> None:
        self.calls = 0
        self.fails = False

    async def run(self, call: Any, *args: Any) -> Any:
        if call is seekers_seen:
            return call(*args)
        self.calls += 1
        if self.fails:
            raise OSError("away")
        return call(*args)


class Nothing:
    live: dict[int, Any] = {}


def test_players_are_present_wherever_their_sockets_are() -> None:
    one, two = store.host_register("one"), store.host_register("two")
    ada, bob, eve = guest("Ada"), guest("Bob"), guest("Eve")
    presence_change(host=one, came={ada.pk}, left=set())
    presence_change(host=two, came={ada.pk, bob.pk}, left={eve.pk})
    assert present([ada.pk, bob.pk, eve.pk]) == {ada.pk, bob.pk}
    assert people_count() == 2
    presence_change(host=two, came=set(), left={ada.pk, bob.pk})
    assert present([ada.pk, bob.pk]) == {ada.pk}


def test_what_is_said_twice_is_said_once() -> None:
    host, ada = store.host_register("one"), guest("Ada")
    for _ in range(2):
        presence_change(host=host, came={ada.pk}, left=set())
    assert Row.objects.count() == 1


@pytest.mark.parametrize("end", ["killed", "stopped", "forgotten"])
def test_nobody_is_here_any_more_when_their_process_is_gone(end: str) -> None:
    host, ada = store.host_register("one"), guest("Ada")
    presence_change(host=host, came={ada.pk}, left=set())
    if end == "killed":
        Host.objects.update(beat_at=F("beat_at") - store.TTL - timedelta(seconds=1))
    elif end == "stopped":
        store.host_stop(host)
    else:
        Host.objects.all().delete()
        assert not Row.objects.exists()
    assert present([ada.pk]) == set()
    assert people_count() == 0


def test_a_player_who_was_just_deleted_stops_no_others() -> None:
    host, ada = store.host_register("one"), guest("Ada")
    presence_change(host=host, came={ada.pk, 999_999}, left=set())
    assert present([ada.pk]) == {ada.pk}


def test_only_comings_and_goings_are_written() -> None:
    host, ada, bob = store.host_register("one"), guest("Ada"), guest("Bob")
    threads = Here()
    writer = Presence(host, threads, Nothing())  # type: ignore[arg-type]
    leave = here.come(ada.pk)
    at_once(writer.write())
    at_once(writer.write())
    assert (threads.calls, present([ada.pk])) == (1, {ada.pk})
    second = here.come(ada.pk)
    leave()
    here.come(bob.pk)()
    at_once(writer.write())
    assert threads.calls == 1  # a page after the other, and one who looked in
    second()
    threads.fails = True
    with pytest.raises(OSError, match="away"):
        at_once(writer.write())
    threads.fails = False
    at_once(writer.write())
    assert present([ada.pk, bob.pk]) == set()


def test_a_storm_is_written_a_part_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "MOST", 2)
    host, people = store.host_register("one"), [guest(f"P{number}") for number in range(5)]
    leaves = [here.come(one.pk) for one in people]
    writer = Presence(host, Here(), Nothing())  # type: ignore[arg-type]
    counts = []
    for _ in range(3):
        at_once(writer.write())
        counts.append(people_count())
    for leave in leaves:
        leave()
    assert counts == [2, 4, 5]


def test_what_is_watched_is_the_newest_that_was_said() -> None:
    host, first, second = store.host_register("one"), opened(guest()), opened(guest())
    watched_set(host=host, spectators={first.pk: 3, second.pk: 1})
    watched_set(host=host, spectators={first.pk: 2})
    assert list(Watched.objects.values_list("match_id", "spectators")) == [(first.pk, 2)]
