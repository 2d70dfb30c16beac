"""A game in the small: what the first page shows of a match that was played, as few and as short views as will do.

`shown.py` calls it for every page, so what was folded once is kept: a record never changes. Reads by selectors.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import Any

import msgspec

from games import selectors, watching
from games.models import Match
from games.protocol import patch
from games.rules.catalog import AnyRules, UnknownGame, edition_of
from players.errors import ServiceError

# How many recent matches are looked at for one that is worth watching.
RECENT = 6
# A miniature that plays needs a match long enough to be worth watching, and short enough to be folded in passing.
ENTRIES = range(7, 120)
# Of these views a miniature shows the last ones: a page carries several miniatures.
VIEWS = 40
# With ticks, the last twelve seconds in half-second steps, between which the board glides.
FILM_MS, STEP_MS = 12_000, 500
# Films of the last matches of all games, and as many again as newer matches replace them.
KEPT_FILMS = 64


def film_of(rules: AnyRules) -> str:
    """The film of the last match of this game that is worth watching, as JSON; "null" where there is none.

    `step_ms`: how long a view stands, null where each is a move; `steps`: a `view`, or `d`, a patch to the one before.
    """
    for match in selectors.matches_recent(rules.name, RECENT):
        if match.edition == rules.edition and (rules.hz or match.end_n in ENTRIES):
            film = _film(match.public_id)
            if film is not None:
                return film
    return "null"


@lru_cache(maxsize=KEPT_FILMS)
def _film(public_id: str) -> str | None:
    match = selectors.match_get(public_id)
    assert match is not None
    try:
        views, step_ms = _views(match)
    except (ServiceError, UnknownGame):
        return None  # written by an edition that this process lacks: the board stays at rest
    if len(views) < 2:
        return None
    told = [{"view": views[0]}, *(_step(old, new) for old, new in pairwise(views))]
    return msgspec.json.encode({"step_ms": step_ms, "steps": told}).decode()


def _step(old: Any, new: Any) -> dict[str, Any]:
    """From one view to the next as a patch, or the next one whole where no patch can tell it."""
    changed = patch.diff(old, new)
    return {"view": new} if changed is None else {"d": changed}


def _views(match: Match) -> tuple[list[Any], int | None]:
    """The last views of a record, and how long each stands where there are ticks."""
    if not edition_of(match.game, match.edition).hz:
        # Only what changes the board: sitting down and the end are versions too.
        frames = selectors.frames_of(match)
        return [frame["view"] for frame in frames if frame["by"] or frame["v"] == 0][-VIEWS:], None
    length_ms = watching.stretch_of(match, at_ms=0, limit=1)["ms"]
    told = watching.stretch_of(match, at_ms=max(0, length_ms - FILM_MS), limit=selectors.FRAMES_PER_ANSWER)
    views: list[Any] = []
    due_ms, view = 0, None
    for frame in told["frames"]:
        view = frame["view"] if "view" in frame else patch.apply(view, frame["d"])
        if frame["ms"] >= due_ms:
            views.append(view)
            due_ms = frame["ms"] + STEP_MS
    return views, STEP_MS
