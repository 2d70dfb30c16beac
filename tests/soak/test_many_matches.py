"""Hundreds of matches at once through the front door, and then the books are checked."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable

import pytest

from tests.servers import MadangServer
from tests.soak.field import Field

ACCIDENTS = ("nothing", "reload", "cut", "cut_in_flight", "second_tab", "second_device")
# Pages of the same address; the limits for strangers are not what is tested here.
ROOM = {"MADANG_GUESTS_PER_MINUTE": "1000"}
FINISH_S = 60.0
# Players think for a moment, so that all matches are under way together and a second device comes in time.
PACE_S = 0.1


async def play(server: MadangServer, matches: int) -> Field:
    """Everyone at once, to the end, and what must hold of every match then."""
    field = Field(server, matches=matches, accidents=ACCIDENTS, seed=int.from_bytes(os.urandom(4)), pace_s=PACE_S)
    await field.prepare()
    await field.gather()
    field.begin()
    await field.finish(FINISH_S)
    assert field.disagreements() == []
    assert_accidents_happened(field)
    assert f"{matches} records fold" in server.command("verifyrecords")
    return field


def assert_accidents_happened(field: Field) -> None:
    """A test of accidents in which none happened would prove nothing."""
    happened = Counter(played.accident for played in field.played)
    pages = {name: [page for p in field.played if p.accident == name for page in p.pages] for name in happened}
    # Of each kind nearly all: a match whose seat resigns early may be over before its accident.
    enough = {name: count * 0.8 for name, count in happened.items()}
    assert sum(page.welcomed > 1 for page in pages["reload"]) >= enough["reload"]
    assert sum(page.resumed > 0 for page in pages["cut"]) >= enough["cut"]
    # Whether a move is on its way at the cut is chance: of forty matches perhaps none, of two hundred surely one.
    assert len(field.played) < 100 or sum(page.resent > 0 for page in pages["cut_in_flight"]) > 0
    assert sum(page.replaced for page in pages["second_tab"]) >= enough["second_tab"]
    assert sum(page.replaced for page in pages["second_device"]) > 0  # where it came in time


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_two_hundred_matches_at_once_lose_and_double_nothing(
    madang_server: Callable[..., MadangServer],
) -> None:
    field = await play(madang_server(ROOM), 200)
    assert field.acked() > 200 * 9  # random matches of both games take some 14 moves on average


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_matches_on_postgresql_lose_and_double_nothing(
    madang_server: Callable[..., MadangServer], postgres_database: str
) -> None:
    field = await play(madang_server({**ROOM, "DATABASE_URL": postgres_database}), 40)
    assert field.acked() > 40 * 9
