"""Who owns what, as an operator asks it, on both databases; and the two commands that ask."""

from __future__ import annotations

import json
import socket
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models.functions import Now

from games import hosts, store
from games.host.entries import MatchId
from games.journal import records
from games.models import Host, Lease, Match, Status
from tests.games.worlds import a_new_match

pytestmark = pytest.mark.usefixtures("orm")


def new_match(**changes: Any) -> MatchId:
    with transaction.atomic(), connection.cursor() as cursor:
        return records.new_match(cursor, a_new_match(**changes))


def command(*arguments: str) -> str:
    said = StringIO()
    call_command(*arguments, stdout=said)
    return said.getvalue()


def a_host(name: str, *matches: MatchId, silent_s: float = 0) -> str:
    host = store.host_register(name)
    for match in matches:
        store.lease_take(match, host, may_expire=False)
    Host.objects.filter(id=host).update(beat_at=Now() - timedelta(seconds=silent_s))
    return host


def public(match: MatchId) -> str:
    return str(Match.objects.values_list("public_id", flat=True).get(pk=match))


def test_the_living_and_the_dead_with_matches_are_shown_and_nobody_else() -> None:
    living, dead = a_host("one:1", new_match(), new_match()), a_host("two:2", new_match(), silent_s=7)
    a_host("long gone:3", silent_s=700)
    stopped = a_host("stopped:4")
    store.host_stop(stopped)
    told = {one.host: (one.alive, one.matches) for one in hosts.hosts()}
    assert told == {living: (True, 2), dead: (False, 1)}


@pytest.mark.parametrize("name", ["id", "web-1:7", "web-1"])
def test_a_host_is_named_by_id_by_name_or_by_its_machine(name: str) -> None:
    mine = a_host("web-1:7")
    a_host("web-10:7")
    assert [one.host for one in hosts.hosts(mine if name == "id" else name)] == [mine]


def test_the_table_shows_owner_epoch_and_suspicion() -> None:
    match, free = new_match(), new_match()
    host = a_host("web-1:7", match)
    Lease.objects.filter(match_id=match).update(suspect=1)
    lines = command("matches").splitlines()
    assert lines[1].split()[:4] == ["web-1:7", host, "alive", "1"]
    rows = {line.split()[0]: line.split()[1:] for line in lines[4:]}
    assert rows[public(match)] == ["connect-four/1", "waiting", "web-1:7", "alive", "1", "1"]
    assert rows[public(free)] == ["connect-four/1", "waiting", "–", "free", "0", "0"]


def test_json_holds_the_same_for_programs() -> None:
    match = new_match()
    host = a_host("web-1:7", match, silent_s=60)
    told = json.loads(command("matches", "--json"))
    assert (told["matches"][0]["match"], told["matches"][0]["host"]) == (public(match), host)
    assert told["matches"][0]["alive"] is told["hosts"][0]["alive"] is told["more"] is False


def test_filters_narrow_the_list() -> None:
    here, there, other = new_match(), new_match(), new_match(game="tic-tac-toe")
    a_host("web-1:7", here, other)
    a_host("web-2:7", there)
    Match.objects.filter(pk=there).update(status=Status.LIVE)

    def shown(*filters: str) -> set[str]:
        return {row["match"] for row in json.loads(command("matches", "--json", *filters))["matches"]}

    assert shown() == {public(here), public(there), public(other)}
    assert shown("--host", "web-1") == {public(here), public(other)}
    assert shown("--game", "tic-tac-toe") == {public(other)}
    assert shown("--status", "live") == {public(there)}
    assert shown("--status", "over") == set()
    assert shown("--host", "web-1", "--game", "connect-four") == {public(here)}


def test_a_long_list_is_cut_and_says_so() -> None:
    for _ in range(3):
        new_match()
    assert "… and more" in command("matches", "--limit", "2")
    assert "… and more" not in command("matches", "--limit", "3")
    with pytest.raises(CommandError, match="above 0"):
        command("matches", "--limit", "0")


def test_draining_is_told_to_the_row_and_taken_back() -> None:
    one, two = a_host("web-1:7", new_match()), a_host("web-2:7")
    assert "web-1:7" in command("drain", "web-1", "--undo")
    with pytest.raises(CommandError, match="still there"):
        command("drain", "web-1", "--wait", "0")
    assert [row["told"] for row in json.loads(command("matches", "--json"))["matches"]] == ["drain"]
    Lease.objects.update(host=None)
    assert (hosts.host_told(one), hosts.host_told(two)) == ("drain", "")
    command("drain", one, "--stop")
    assert hosts.host_told(one) == "stop"
    assert "draining" in command("matches", "--host", "web-1").splitlines()[1]
    command("drain", "web-1:7", "--undo")
    assert hosts.host_told(one) == ""
    assert hosts.host_told("nobody") == ""


def test_here_is_every_process_of_this_machine() -> None:
    mine = a_host(f"{socket.gethostname()}:1")
    a_host("another:1")
    command("drain", "--here")
    assert hosts.host_told(mine) == "drain"


def test_the_last_process_is_drained_only_by_force() -> None:
    a_host("web-2:7", silent_s=60)
    host = a_host("web-1:7")
    with pytest.raises(CommandError, match="No other process is alive"):
        command("drain", "web-1")
    assert hosts.host_told(host) == ""
    command("drain", "web-1", "--force")
    last = a_host("web-3:7")
    with pytest.raises(CommandError, match="No other process is alive"):
        command("drain", last)  # the one that drains already takes nothing


def test_a_drain_that_does_not_end_says_what_is_left() -> None:
    a_host("web-1:7", new_match())
    a_host("web-2:7")
    with pytest.raises(CommandError, match="1 matches are still there after 0 s"):
        command("drain", "web-1", "--wait", "0")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((), "Name a process"),
        (("web-1", "--here"), "Name a process"),
        (("web-1", "--stop", "--undo"), "exclude each other"),
        (("web-1",), "No living process is called so"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(arguments: tuple[str, ...], why: str) -> None:
    with pytest.raises(CommandError, match=why):
        command("drain", *arguments)
