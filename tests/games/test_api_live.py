"""The API as a program meets it: over a real socket, with nothing but Python's standard library."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.servers import MadangServer

pytestmark = pytest.mark.slow


class Program:
    """A player who is a program."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.key = ""
        self.key = self.call("POST", "/players")[1]["key"]

    def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        request = urllib.request.Request(f"{self.url}/api{path}", method=method)
        if self.key:
            request.add_header("Authorization", f"Bearer {self.key}")
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)


def test_programs_meet_at_a_match(madang_server: Callable[..., MadangServer]) -> None:
    url = madang_server().url
    host, guest, late = (Program(url) for _ in range(3))
    status, match = host.call("POST", "/matches", {"game": "connect-four", "seat": 0})
    assert status == 201
    join = f"/matches/{match['id']}/join"
    assert host.call("POST", join) == (200, {"seat": 0})  # again: where one sits already
    assert guest.call("POST", join, {"seat": 0})[1]["code"] == "seat_taken"
    assert guest.call("POST", join, {"seat": 1}) == (200, {"seat": 1})
    status, told = late.call("POST", join)
    assert (status, told["code"]) == (409, "seat_taken")
    status, begun = late.call("GET", f"/matches/{match['id']}")
    assert (begun["status"], [seat["seat"] for seat in begun["seats"]]) == ("live", [0, 1])
    status, record = late.call("GET", f"/matches/{match['id']}/record")
    assert [entry["kind"] for entry in record["entries"]] == ["sit", "sit"]
    assert host.call("POST", "/tickets")[0] == 201


def test_of_many_who_want_one_seat_exactly_one_gets_it(madang_server: Callable[..., MadangServer]) -> None:
    url = madang_server().url
    host, *others = (Program(url) for _ in range(7))
    _, match = host.call("POST", "/matches", {"game": "connect-four", "seat": 0})
    with ThreadPoolExecutor(6) as together:
        answers = list(together.map(lambda one: one.call("POST", f"/matches/{match['id']}/join"), others))
    assert sorted(status for status, _ in answers) == [200, 409, 409, 409, 409, 409]
    _, begun = host.call("GET", f"/matches/{match['id']}")
    assert begun["status"] == "live"


def test_more_wait_for_their_matches_at_once_than_the_pool_has_connections(
    madang_server: Callable[..., MadangServer], postgres_database: str
) -> None:
    url = madang_server({"DATABASE_URL": postgres_database}).url
    people = [Program(url) for _ in range(8)]
    matches = [people[n % 8].call("POST", "/matches", {"game": "connect-four", "seat": 0})[1]["id"] for n in range(32)]

    def join(n: int) -> tuple[int, Any]:
        return people[(n + 1) % 8].call("POST", f"/matches/{matches[n]}/join")

    with ThreadPoolExecutor(32) as together:
        answers = list(together.map(join, range(32)))
    assert answers == [(200, {"seat": 1})] * 32
