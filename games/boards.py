"""Which custom element shows a game, and what it shows before anyone has played. Pages ask; nothing here writes.

A game without a board of its own is shown by the generic one, so that new rules are playable at once.
"""

from __future__ import annotations

from functools import cache

import msgspec
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage

from games.host.entries import SEED_BYTES
from games.rules.base import Env
from games.rules.catalog import AnyRules

GENERIC = "generic"


class Shown(msgspec.Struct, frozen=True):
    """`element`: the tag; `script`: the static file that defines it; `style`: a style sheet beside it, if there is one;
    `start`: JSON, spectators' view of the setup."""

    element: str
    script: str
    style: str | None
    start: str


@cache
def board_of(rules: AnyRules) -> Shown:
    """How pages show this game."""
    name = rules.name if _exists(f"boards/{rules.name}.js") else GENERIC
    style = f"boards/{name}.css"
    return Shown(f"board-{name}", f"boards/{name}.js", style if _exists(style) else None, _start(rules))


def _exists(path: str) -> bool:
    """Whether there is such a static file: collected, or in a checkout that has collected nothing yet."""
    return staticfiles_storage.exists(path) or bool(finders.find(path))


def _start(rules: AnyRules) -> str:
    """A board at rest needs no real seed: this one is the same for everyone and decides no match."""
    env = Env(seed=bytes(SEED_BYTES), n=0, ms=0)
    state = rules.setup(rules.options(), rules.seats.start, env)
    return msgspec.json.encode(rules.view(state, None, rules.shared(None, state))).decode()
