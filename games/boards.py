"""Which custom element shows a game, and what it shows before anyone has played. Pages ask; nothing here writes.

A game without a board of its own is shown by the generic one, so that new rules are playable at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import msgspec
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage

from games.host.entries import SEED_BYTES
from games.rules.base import Env, Moves, moves_of
from games.rules.catalog import AnyRules
from games.rules.rng import Rng

GENERIC = "generic"


class Shown(msgspec.Struct, frozen=True):
    """`element`: the tag; `script`: the static file that defines it; `style`: a style sheet beside it, if there is one;
    `start`: JSON, spectators' view of the setup; `moves`: JSON, what a seat may do there: `listed`, None where that
    cannot be listed, and `such`, one of them."""

    element: str
    script: str
    style: str | None
    start: str
    moves: str


@cache
def board_of(rules: AnyRules) -> Shown:
    """How pages show this game."""
    name = rules.name if _exists(f"boards/{rules.name}.js") else GENERIC
    style = f"boards/{name}.css"
    return Shown(f"board-{name}", f"boards/{name}.js", style if _exists(style) else None, *_at_rest(rules))


def _exists(path: str) -> bool:
    """Whether there is such a static file: collected, or in a checkout that has collected nothing yet."""
    return staticfiles_storage.exists(path) or bool(finders.find(path))


def _at_rest(rules: AnyRules) -> tuple[str, str]:
    """View and moves at the start. A board at rest needs no real seed: this one is the same for everyone."""
    env = Env(seed=bytes(SEED_BYTES), n=0, ms=0)
    state = rules.setup(rules.options(), rules.seats.start, env)
    view = msgspec.json.encode(rules.view(state, None, rules.shared(None, state))).decode()
    inside = rules.enter(state, 0, env) if rules.entered else state
    moves = next(iter(rules.turns(state if inside is None else inside).values()), ())
    return view, msgspec.json.encode(_told(moves_of(moves))).decode()


def _told(moves: Moves[Any]) -> dict[str, Any]:
    listed = list(moves) if isinstance(moves, Iterable) else None
    such = None if moves.count() == 0 else moves.sample(Rng(bytes(SEED_BYTES), 0))
    return {"listed": listed, "such": such}
