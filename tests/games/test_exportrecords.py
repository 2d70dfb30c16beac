"""Records as JSON Lines: all that finished, in order, each foldable by itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.core.management import CommandError, call_command

from games.models import Match
from games.protocol.messages import Resign
from tests.games.test_driver import World, full_match, until

pytestmark = pytest.mark.django_db(transaction=True)


async def finished(count: int) -> list[Match]:
    """Matches that were played to their end by a driver."""
    world = await World().start()
    try:
        matches = []
        for _ in range(count):
            match = await full_match()
            live, first, _ = await world.seated(match)
            live.submit(first, Resign(1))
            await until(lambda ear=first: ear.heard[-1]["type"] == "over")
            matches.append(match)
        return matches
    finally:
        await world.stop()


def exported(path: Path, **options: Any) -> list[dict[str, Any]]:
    call_command("exportrecords", output=path, **options)
    return [json.loads(line) for line in path.read_text().splitlines()]


async def test_every_finished_match_is_a_line_that_folds(tmp_path: Path) -> None:
    matches = await finished(3)
    lines = await sync_to_async(exported)(tmp_path / "all.jsonl")
    assert [line["match"] for line in lines] == [match.public_id for match in matches]
    later = await sync_to_async(exported)(tmp_path / "later.jsonl", after=lines[0]["finished_seq"])
    assert later == lines[1:]
    assert await sync_to_async(exported)(tmp_path / "none.jsonl", game="tic-tac-toe") == []
    one = tmp_path / "one.json"
    one.write_text(json.dumps(lines[1]))
    await sync_to_async(call_command)("verifyrecords", str(one))


@pytest.mark.parametrize(
    ("wish", "told"), [({"game": "chess"}, "no game named"), ({"since": "yesterday"}, "not a day")]
)
def test_a_wish_that_makes_no_sense_is_told_so(wish: dict[str, str], told: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=told):
        call_command("exportrecords", output=tmp_path / "x", **wish)
