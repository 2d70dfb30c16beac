"""The checker itself: histories and witnesses that tell of a broken promise are found out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.faults.witness import Witness, named
from tests.games.worlds import PostgresWorld, lines, migrate
from tests.soak.history import Event, History, percentile


def heard(*told: dict[str, Any]) -> History:
    history = History()
    history.events = [Event(float(at), 1, "heard", one) for at, one in enumerate(told)]
    return history


WELCOME: dict[str, Any] = {"type": "welcome", "e": 2, "v": 7}


@pytest.mark.parametrize(
    "next_", [{"type": "welcome", "e": 1, "v": 9}, {"type": "welcome", "e": 2, "v": 6}, {"type": "update", "v": 6}]
)
def test_a_page_that_is_led_back_is_found(next_: dict[str, Any]) -> None:
    (breach,) = heard(WELCOME, next_).breaches()
    assert breach.startswith("page 1: shown epoch and version")


def test_going_on_and_a_later_epoch_that_takes_versions_back_are_none() -> None:
    later = {"type": "welcome", "e": 3, "v": 5}
    assert heard(WELCOME, {"type": "update", "v": 8}, later, {"type": "over", "v": 6}).breaches() == []


def test_pauses_last_from_the_first_close_until_a_page_can_play_again() -> None:
    history = History()
    token = {"type": "token", "token": "x"}
    history.events = [
        *(Event(1.0, 1, "closed", 1012), Event(2.0, 1, "closed", 4013), Event(4.5, 1, "heard", WELCOME)),
        *(Event(1.0, 2, "closed", 1006), Event(3.0, 2, "heard", token)),
        Event(5.0, 3, "closed", 1012),
    ]
    assert history.pauses_s(0.0, frozenset({1012, 4013})) == [3.5]
    assert history.pauses_s(0.0, frozenset({1006})) == [2.0]
    assert history.closes(2.0) == [4013, 1012]


def test_percentiles_are_values_that_were_seen() -> None:
    assert percentile(range(1, 101), 0.95) == 96
    assert percentile([3.0], 0.99) == 3.0
    assert percentile([], 0.5) == 0.0


@pytest.mark.slow
def test_the_witness_tells_of_two_owners_of_strangers_and_of_epochs_that_go_down(
    postgres_database: str, tmp_path: Path
) -> None:
    migrate(tmp_path / "data", DATABASE_URL=postgres_database)
    world, witness = PostgresWorld(postgres_database), Witness(postgres_database)
    match = world.match(epoch=1)
    for host, pid in (("one", 11), ("two", 22)):
        query = "INSERT INTO games_host (id, name, started_at, beat_at) VALUES (%s, %s, now(), now())"
        world.sql(query, host, f"machine:{pid}")
    witness.know("web-0", 11)
    witness.know("web-1", 22)
    world.sql("UPDATE games_lease SET host_id = 'one' WHERE match_id = %s", match)
    entry = """INSERT INTO games_entry (match_id, n, kind, seat, c, at, ms, body, digest)
        VALUES (%s, %s, 'move', 0, %s, now(), 0, '', '')"""
    first, second, third = lines(3)
    with psycopg.connect(named(postgres_database, "web-0"), autocommit=True) as ours:
        ours.execute(entry, (match, first.n, 1))
    assert witness.breaches() == []
    with psycopg.connect(named(postgres_database, "web-1"), autocommit=True) as strangers:
        strangers.execute(entry, (match, second.n, 2))
    assert [breach.split(":")[0] for breach in witness.breaches()] == [
        "an entry by a process that did not own its match"
    ]
    world.sql("UPDATE games_lease SET host_id = 'two' WHERE match_id = %s", match)
    world.sql("UPDATE games_lease SET epoch = 0 WHERE match_id = %s", match)
    with psycopg.connect(named(postgres_database, "web-1"), autocommit=True) as ours:
        ours.execute(entry, (match, third.n, 3))
    found = " ".join(witness.breaches())
    for what in ("an epoch had two owners", "an epoch went down", "an entry by an old epoch"):
        assert what in found
    assert witness.seen()[0] == 3
