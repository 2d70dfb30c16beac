from __future__ import annotations

import pytest

from players import throttle
from players.throttle import Throttle, network_of


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_a_burst_is_allowed_and_then_one_after_another_as_the_bucket_fills() -> None:
    clock = Clock()
    bucket = Throttle(burst=3, per_minute=6, now_s=clock)
    assert [bucket.wait_s("a") for _ in range(4)] == [0, 0, 0, 10]
    clock.now_s = 9.9
    assert bucket.wait_s("a") == 1
    clock.now_s = 10.1
    assert [bucket.wait_s("a") for _ in range(2)] == [0, 10]


def test_one_key_does_not_take_from_another() -> None:
    bucket = Throttle(burst=1, per_minute=1, now_s=Clock())
    assert [bucket.wait_s(key) for key in "abab"] == [0, 0, 60, 60]


def test_waiting_longer_than_a_burst_saves_nothing_up() -> None:
    clock = Clock()
    bucket = Throttle(burst=2, per_minute=60, now_s=clock)
    bucket.wait_s("a")
    clock.now_s = 1000
    assert [bucket.wait_s("a") for _ in range(3)] == [0, 0, 1]


def test_only_so_many_keys_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "REMEMBERED", 2)
    bucket = Throttle(burst=1, per_minute=1, now_s=Clock())
    assert [bucket.wait_s(key) for key in "abc"] == [0, 0, 0]
    assert bucket.wait_s("c") == 60
    assert bucket.wait_s("a") == 0


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("::ffff:203.0.113.7", "::ffff:203.0.113.7"),
        ("", ""),
        ("unix", "unix"),
    ],
)
def test_a_household_is_one_network(address: str, network: str) -> None:
    assert network_of(address) == network
