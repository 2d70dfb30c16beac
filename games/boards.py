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
    """`element`: the tag; `script`: the static file that defines it; `start`: JSON, spectators' view of the setup."""

    element: str
    script: str
    start: str


@cache
def board_of(rules: AnyRules) -> Shown:
    """How pages show this game."""
    name = rules.name if _has_script(rules.name) else GENERIC
    return Shown(f"board-{name}", _script(name), _start(rules))


def _script(name: str) -> str:
    return f"boards/{name}.js"


def _has_script(name: str) -> bool:
    """Whether there is such a board: collected, or in a checkout that has collected nothing yet."""
    return staticfiles_storage.exists(_script(name)) or finders.find(_script(name)) is not None


def _start(rules: AnyRules) -> str:
    """A board at rest needs no real seed: this one is the same for everyone and decides no match."""
    env = Env(seed=bytes(SEED_BYTES), n=0, ms=0)
    state = rules.setup(rules.options(), rules.seats.start, env)
    return msgspec.json.encode(rules.view(state, None, rules.shared(None, state))).decode()
