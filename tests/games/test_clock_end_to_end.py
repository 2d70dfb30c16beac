"""Flags fall on a real server though nobody ever connects: over the API alone, and after the server was killed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.games.wire import Guest
from tests.servers import MadangServer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

# The lease of a dead host lasts 6 s, sweeps come every 3 s; the rest is a machine that is busy elsewhere.
PATIENCE_S = 45.0


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest, madang_server: Callable[..., MadangServer]) -> MadangServer:
    if request.param == "sqlite":
        return madang_server()
    return madang_server({"DATABASE_URL": request.getfixturevalue("postgres_database")})


def begun(server: MadangServer, base_ms: int) -> str:
    """A match of two programs that never open a socket."""
    first, second = Guest(server), Guest(server)
    clock = {"kind": "fischer", "base_ms": base_ms}
    match = first.post("matches", {"game": "connect-four", "seat": 0, "clock": clock})["id"]
    assert second.post(f"matches/{match}/join", {}) == {"seat": 1}
    return str(match)


def over(server: MadangServer, match: str) -> dict[str, Any]:
    """The match when it is over."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        told: dict[str, Any] = json.loads(server.get(f"/api/matches/{match}").text)
        if told["status"] == "over":
            return told
        time.sleep(0.1)
    raise AssertionError(f"match {match} is still {told['status']}")


def test_a_flag_falls_though_nobody_ever_connects(server: MadangServer) -> None:
    match = begun(server, 1000)
    assert over(server, match)["result"] == {"scores": [0, 2], "reason": "flagged"}


def test_a_killed_server_finds_the_clocks_that_ran_and_lets_them_run_on(server: MadangServer) -> None:
    match = begun(server, 4000)
    server.kill()
    server.start()
    assert over(server, match)["result"] == {"scores": [0, 2], "reason": "flagged"}
    record = json.loads(server.get(f"/api/matches/{match}/record").text)
    assert next(entry["ms"] for entry in record["entries"] if entry["kind"] == "flag") == 4000
    assert "1 record folds" in server.command("verifyrecords") or "1 records fold" in server.command("verifyrecords")
