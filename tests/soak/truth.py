"""What the database holds after a storm, read beside the server by plain SQL, and what it must agree with."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec

from games.host.entries import Entry, MatchId
from games.host.fold import Fold
from games.host.recovery import Loaded, fold_of
from tests.games.worlds import PostgresWorld, SqliteWorld, World
from tests.servers import MadangServer
from tests.soak.client import Page


class Kept:
    """One stored match: its log, folded, and the result that its row claims."""

    def __init__(self, loaded: Loaded, status: str, result: Any) -> None:
        self.log = loaded.entries
        self.fold: Fold = fold_of(loaded)
        self.status = status
        self.result = result

    @property
    def view(self) -> Any:
        rules = self.fold.rules
        return as_told(rules.view(self.fold.state, None, rules.shared(None, self.fold.state)))


def as_told(value: Any) -> Any:
    """As a client reads it from JSON."""
    return json.loads(msgspec.json.encode(value))


def world_of(server: MadangServer) -> World:
    url = server.environ.get("DATABASE_URL")
    return PostgresWorld(url) if url else SqliteWorld(Path(server.environ["MADANG_DATA_DIR"]) / "madang.sqlite3")


def kept(world: World, public_id: str) -> Kept:
    """Read and fold one match."""
    query = """SELECT id, public_id, game, edition, fold, options, seats, listed, seed, seed_hash, status, result
        FROM games_match WHERE public_id = %s"""
    (row,) = world.sql(query, public_id)
    lines = "SELECT n, kind, seat, c, ms, body, digest FROM games_entry WHERE match_id = %s ORDER BY n"
    loaded = Loaded(
        id=MatchId(row[0]),
        public_id=row[1],
        game=row[2],
        edition=row[3],
        fold=row[4],
        options=_json(row[5]),
        seats=row[6],
        listed=bool(row[7]),
        seed=bytes.fromhex(row[8]),
        seed_hash=row[9],
        players={},
        snapshot=None,
        entries=tuple(Entry(*line) for line in world.sql(lines, row[0])),
    )
    return Kept(loaded, row[10], _json(row[11]))


def _json(value: Any) -> Any:
    """SQLite keeps JSON as text."""
    return json.loads(value) if isinstance(value, str) else value


def disagreements(match: Kept, pages: list[Page]) -> list[str]:
    """Everything in which the clients of a finished match and its stored log differ; none: nothing was lost."""
    wrong = [fault for page in pages for fault in page.faults]
    outcome = as_told(match.fold.outcome)
    if not match.fold.over or match.status != match.fold.status:
        wrong.append(f"the log ends as {match.fold.status}, the row says {match.status}")
    if match.result != outcome:
        wrong.append(f"the stored result {match.result} is not the folded one {outcome}")
    for page in pages:
        wrong += _page_differs(match, page, outcome)
    for seat in {page.seat for page in pages}:
        wrong += _inputs_differ(match, seat.number, seat.acked)
    return wrong


def _page_differs(match: Kept, page: Page, outcome: Any) -> list[str]:
    if page.replaced:
        return []
    if not page.over:
        return ["a page did not see the end"]
    wrong = []
    if (page.v, page.result) != (match.fold.v, outcome):
        wrong.append(f"a page ended at {page.v} with {page.result}, the log at {match.fold.v} with {outcome}")
    if page.view != match.view:
        wrong.append(f"a page shows {page.view}, the log folds to {match.view}")
    return wrong


def _inputs_differ(match: Kept, seat: int | None, acked: dict[int, tuple[str, str]]) -> list[str]:
    if seat is None:
        return []
    inputs = [entry for entry in match.log if entry.seat == seat and entry.c is not None]
    times = Counter(entry.c for entry in inputs)
    stored = {entry.c: (entry.kind, entry.body) for entry in inputs}
    wrong = [f"c {c} of seat {seat} stands {count} times in the log" for c, count in times.items() if count > 1]
    wrong += [
        f"c {c} of seat {seat} was acknowledged as {what}, the log holds {stored.get(c)}"
        for c, what in acked.items()
        if stored.get(c) != what
    ]
    in_order = [entry.c for entry in inputs]
    if in_order != list(range(1, len(inputs) + 1)):
        wrong.append(f"the inputs of seat {seat} are numbered {in_order}")
    return wrong
