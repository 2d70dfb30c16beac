"""The endless world on a real server: matches of three seconds follow each other, and carry their players over.

The arena ends after a minute at the soonest, so the server is given a shorter one, as another package would bring it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.games.wire import Guest, Place, Table
from tests.servers import MadangServer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

SKIRMISH = """
import msgspec

from games.rules.arena import Arena
from games.rules.arena_field import HZ


class Skirmish(Arena):
    name = "skirmish"
    title = "Skirmish"

    def setup(self, options, seats, env):
        return msgspec.structs.replace(super().setup(options, seats, env), last=3 * HZ)
"""


@pytest.fixture
def server(tmp_path: Path, madang_server: Callable[..., MadangServer]) -> MadangServer:
    """A server beside a package that brings the short arena."""
    (tmp_path / "skirmish.py").write_text(SKIRMISH)
    facts = tmp_path / "skirmish-1.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: skirmish\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text("[madang.games]\nskirmish = skirmish:Skirmish\n")
    return madang_server({"PYTHONPATH": str(tmp_path)})


def carried(server: MadangServer, players: list[Guest], match: str) -> list[Place]:
    """The players in a match that they never asked for a seat in, in the order of its seats."""
    places = [Place(server, match, player.post("tickets", {})["ticket"]) for player in players]
    assert sorted(place.welcome["seat"] for place in places) == list(range(len(players)))
    return places


def shown(server: MadangServer, match: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(server.get(f"/api/matches/{match}").text)
    return told


def steered(place: Place) -> None:
    """An input that a tick answers."""
    place.say({"type": "move", "c": place.c + 1, "m": {"to": 3}})
    while [place.welcome["seat"], place.c + 1] not in (place.hear("tick", "update").get("by") or []):
        pass
    place.c += 1


def test_players_are_carried_from_match_to_match_and_begin_with_nothing(server: MadangServer) -> None:
    players = [Guest(server), Guest(server)]
    table = Table(players, "skirmish")
    table.spectator.close()
    places, before, matches = table.seats, None, [table.match]
    for _ in range(2):
        names = [seat["name"] for seat in places[0].welcome["seats"][:2]]
        for place in places:
            steered(place)
        ends = [place.hear("over") for place in places]
        (following,) = {end["next"] for end in ends}
        assert ends[0]["result"]["reason"] == "time"
        for place in places:
            place.close()
        told = shown(server, matches[-1])
        assert (told["status"], told["result"], told["rematch_of"]) == ("over", ends[0]["result"], before)
        before = matches[-1]
        matches.append(following)
        places = carried(server, players, following)
        assert [seat["name"] for seat in places[0].welcome["seats"][:2]] == names
        assert places[0].welcome["status"] == "live"
        assert places[0].welcome["c"] == 0
        assert shown(server, following)["rematch_of"] == before
        start = json.loads(server.get(f"/api/matches/{following}/frames?at=0").text)["frames"][0]
        assert (start["ms"], start["view"]["leaders"]) == (0, []), "nobody has anything yet"
    assert len(set(matches)) == 3
    for place in places:
        steered(place)
        place.close()
    assert "records fold to what they claim" in server.command("verifyrecords")
