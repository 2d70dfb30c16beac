"""Ownership among real processes on one PostgreSQL: death, frost, a step that hangs; each with the time it takes."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from gameserver.watchdog import EXIT_CODE
from tests import servers
from tests.games.fleet import Fleet, Match, fleet, hanging, install, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

TTL_S = 6


@pytest.fixture(scope="module")
def pair(postgres_url: str) -> Iterator[Fleet]:
    with servers.database(postgres_url) as url, fleet(url, 2) as made:
        yield made


@pytest.fixture
def two(pair: Fleet) -> Fleet:
    """Both alive, whatever the test before did to them, and for long enough that they may call others dead."""
    for server in pair.servers:
        if server.child is None or server.child.poll() is not None:
            server.start()
    until(lambda: _sure(pair), "both have beaten for a TTL")
    return pair


def _sure(made: Fleet) -> bool:
    query = """SELECT count(*) FROM games_host WHERE stopped_at IS NULL
        AND beat_at - started_at > interval '7 s' AND beat_at > now() - interval '3 s'"""
    return made.sql(query)[0][0] == len(made.servers)


def test_when_the_owner_is_killed_players_move_on_elsewhere(two: Fleet) -> None:
    first, second = two.servers
    match = Match(first, "connect-four")
    one, other = match.come(0, first), match.come(1, first)
    one.move(3)
    other.hear("update")
    epoch = two.lease(match.id)[1]
    began = time.monotonic()
    first.kill()
    one = match.come_back(0, second)
    other = match.come_back(1, second)
    other.move(3)
    took_s = time.monotonic() - began
    print(f"SIGKILL of the owner: a move was stored {took_s:.1f} s later")
    assert took_s < TTL_S + 2
    assert one.hear("update")["by"] == [[1, 1, 3]]
    assert one.welcome["view"]["last"] == 3, "what was acknowledged is there"
    assert two.lease(match.id)[1] == epoch + 1


def test_a_planned_stop_gives_matches_back_before_it_closes_their_sockets(two: Fleet) -> None:
    first, second = two.servers
    match = Match(first, "connect-four")
    one, other = match.come(0, first), match.come(1, first)
    one.move(3)
    other.hear("update")
    began = time.monotonic()
    first.send(signal.SIGTERM)
    assert one.close_code() == 1012
    assert two.lease(match.id)[0] is None, "free before its players are told to come back"
    match.come_back(1, second).move(3)
    pause_s = time.monotonic() - began
    assert first.child is not None
    assert first.child.wait(20) == 0
    print(f"SIGTERM: a move was stored elsewhere {pause_s:.1f} s later, the process was gone after")
    print(f"    {time.monotonic() - began:.1f} s")
    assert pause_s < 3


def test_the_clock_of_a_killed_process_runs_on_in_another_though_nobody_comes(two: Fleet) -> None:
    first, second = two.servers
    match = Match(first, "connect-four", clock={"kind": "fischer", "base_ms": 60_000, "extra_ms": 0})
    match.come(0, first)
    began = time.monotonic()
    first.kill()
    took_s = until(lambda: (two.lease(match.id)[0] or "").endswith(f":{second.pid}"), "taken by the sweep")
    print(f"SIGKILL of the owner: its clocks run on {time.monotonic() - began:.1f} s later")
    assert took_s < TTL_S + 5


def test_a_killed_real_time_match_goes_on_and_its_players_are_told_what_was_lost(two: Fleet) -> None:
    first, second = two.servers
    match = Match(first, "arena")
    rider, _ = match.come(0, first), match.come(1, first)
    while rider.v < 30:
        rider.hear("update")
    first.kill()
    began = time.monotonic()
    rider.close_code()  # what was on its way is heard yet
    back = match.come_back(0, second, e=rider.welcome["e"], v=rider.v)
    lost = [told["lost_ms"] for told in back.heard_before if told["type"] == "resync"]
    back.hear("update")
    print(f"SIGKILL under ticks: going on {time.monotonic() - began:.1f} s later, {lost} ms lost")
    assert len(lost) <= 1
    assert sum(lost) <= 500
    hz = back.welcome["hz"]
    assert back.welcome["v"] >= rider.v - sum(lost) * hz // 1000, "nothing more was lost than what was told"
    assert back.welcome["e"] > rider.welcome["e"]


def test_a_frozen_owner_loses_what_others_took_and_keeps_the_rest_with_its_sockets(two: Fleet) -> None:
    first, second = two.servers
    taken, kept = Match(first, "connect-four"), Match(first, "connect-four")
    lost, stays = [taken.come(seat, first) for seat in (0, 1)], [kept.come(seat, first) for seat in (0, 1)]
    lost[0].move(3)
    epoch = two.lease(taken.id)[1]
    first.send(signal.SIGSTOP)
    began = time.monotonic()
    elsewhere = taken.come_back(1, second)
    elsewhere.move(4)
    print(f"SIGSTOP of the owner: a move was stored elsewhere {time.monotonic() - began:.1f} s later")
    lost[0].say({"type": "move", "c": 2, "on": 4, "m": 5})
    time.sleep(max(0.0, began + TTL_S + 3 - time.monotonic()))  # as long as the test of a split brain asks for
    first.send(signal.SIGCONT)
    assert lost[0].close_code() == 4010
    assert lost[1].close_code() == 4010
    assert two.lease(taken.id) == (f"{_name(two, second)}", epoch + 1, 0)
    until(lambda: "matches kept" in first.output(), "it goes on")
    stays[0].move(2)
    stays[1].hear("update")
    query = "SELECT body FROM games_entry JOIN games_match m ON m.id = match_id WHERE public_id = %s"
    assert ("5",) not in two.sql(query, taken.id), "nothing of the old epoch was stored"


def _name(made: Fleet, server: object) -> str:
    ((name,),) = made.sql("SELECT name FROM games_host WHERE name LIKE %s", f"%:{server.pid}")  # type: ignore[attr-defined]
    return str(name)


def test_a_step_that_hangs_costs_two_processes_and_its_match_and_nothing_else(
    postgres_database: str, tmp_path: Path
) -> None:
    path = install(tmp_path, "hanging-game", hanging("hanging-game"))
    with fleet(postgres_database, 3, {"PYTHONPATH": path}) as made:
        _hang(made)


def _hang(made: Fleet) -> None:
    first, second, third = made.servers
    bad, good = Match(first, "hanging-game"), Match(first, "connect-four")
    one, mover = bad.come(0, first), good.come(0, first)
    mover.move(3)
    hang = {"type": "move", "c": 1, "on": one.v, "m": 2}
    began = time.monotonic()
    one.say(hang)
    other = good.come_back(1, second)
    other.move(3)
    took_s = time.monotonic() - began
    print(f"a step that hangs: the other matches of its process resume {took_s:.1f} s later")
    assert took_s < 8
    assert first.child is not None
    assert first.child.wait(5) == EXIT_CODE
    assert made.lease(bad.id)[2] == 1
    again = bad.come_back(0, second)
    again.say(hang)
    assert second.child is not None
    assert second.child.wait(10) == EXIT_CODE
    assert made.lease(bad.id)[2] == 2
    with pytest.raises(ConnectionClosed) as refused:
        bad.come(0, third)
    assert refused.value.rcvd is not None
    assert refused.value.rcvd.code == 4011, "quarantined"
    good.come_back(0, third).move(2)
    assert third.child is not None
    assert third.child.poll() is None
    assert bad.id in first.output()
