"""The hour by the database: a machine whose clock is off neither refuses the others' proofs nor has its own refused."""

from __future__ import annotations

import time

import pytest

from players import hour, resume
from players.identity import Identity, Unproven

HOUR_MS = 3_600_000
ADA = Identity(1, "ada", "Ada", "", 0)


@pytest.fixture(autouse=True)
def as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hour, "_ahead_ms", 0)


@pytest.fixture
def off(monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine is an hour ahead of the database, which has the true time."""
    true_ns = time.time_ns
    monkeypatch.setattr("players.hour.time.time_ns", lambda: true_ns() + HOUR_MS * 1_000_000)


def told() -> None:
    """What a heartbeat does."""
    own_ms = hour.time.time_ns() // 1_000_000
    hour.measured(own_ms - HOUR_MS, own_ms, own_ms)


@pytest.mark.usefixtures("off")
def test_a_token_of_another_machine_is_good_where_the_clock_is_an_hour_off(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as other:
        other.setattr(hour, "_ahead_ms", -HOUR_MS)
        token = resume.issue(ADA, "match", 0)
    with pytest.raises(Unproven):
        resume.read(token, "match")
    told()
    assert resume.read(token, "match").public_id == "ada"


@pytest.mark.usefixtures("off")
def test_a_token_of_ours_is_good_elsewhere_though_our_clock_is_an_hour_off() -> None:
    told()
    token = resume.issue(ADA, "match", 0)
    assert abs(resume.read(token, "match").since_ms - (hour.time.time_ns() // 1_000_000 - HOUR_MS)) < 1_000


def test_a_difference_below_the_noise_of_a_query_changes_nothing() -> None:
    own_ms = 1_000_000
    hour.measured(own_ms + 200, own_ms, own_ms + 20)
    assert hour._ahead_ms == 0
    hour.measured(own_ms + 2_000, own_ms, own_ms)
    assert hour._ahead_ms == 2_000
    hour.measured(own_ms + 2_100, own_ms, own_ms)
    assert hour._ahead_ms == 2_000, "it does not wobble"
    hour.measured(own_ms, own_ms, own_ms)
    assert hour._ahead_ms == 0, "somebody has set the clock"


def test_a_token_may_come_a_moment_before_it_was_issued_and_not_much_more(monkeypatch: pytest.MonkeyPatch) -> None:
    token = resume.issue(ADA, "match", 0)
    monkeypatch.setattr(hour, "_ahead_ms", -(resume.AHEAD_MS - 500))
    assert resume.read(token, "match").public_id == "ada"
    monkeypatch.setattr(hour, "_ahead_ms", -(resume.AHEAD_MS + 500))
    with pytest.raises(Unproven):
        resume.read(token, "match")
