"""Template tags of finding a match: `{% load finding %}`, then `{% quick_games as games %}` or
`{% challenge_button player %}`. They read what can be looked for."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from django import template
from django.template.context import RequestContext
from django.utils.translation import gettext as _

from games import timing
from games.finding import queues
from games.offers import is_playable
from games.rules.catalog import AnyRules, all_newest
from players.models import Player

register = template.Library()


class Choice(NamedTuple):
    """A game of quick match: its pools as (slug, name), how many may sit at a table, and both as JSON for scripts."""

    rules: AnyRules
    pools: list[tuple[str, str]]
    seats: list[int]
    choices: str


@register.simple_tag
def quick_games() -> list[Choice]:
    """The games for which opponents can be found, in the order of the first page."""
    return [_choice(rules) for rules in all_newest() if queues.pools_of(rules) and is_playable(rules.name)]


@register.simple_tag
def practice_waits() -> tuple[int, ...]:
    """After how many seconds practice opponents may come."""
    return queues.PRACTICE_AFTER_S


@register.simple_tag
def names_of_games() -> str:
    """What the scripts need to call games and pools by name, as JSON."""
    games = {rules.name: _(rules.title) for rules in all_newest()}
    pools = {pool: str(queues.pool_name(pool)) for pool in queues.CLOCKS}
    controls = {_key(clock): timing.control_name(clock) for clock in timing.PRESETS.values()}
    return json.dumps({"games": games, "pools": pools, "controls": controls})


@register.inclusion_tag("parts/challenge.html", takes_context=True)
def challenge_button(context: RequestContext, player: Player) -> dict[str, Any]:
    """A way to challenge `player`; nothing on one's own page, or where nobody is any more."""
    asks = context.get("user")
    shown = player.is_active and player.deleted_at is None and asks != player
    return {"person": player, "shown": shown}


def _key(clock: dict[str, Any]) -> str:
    return f"{clock['kind']} {clock['base_ms']} {clock['extra_ms']}"


def _choice(rules: AnyRules) -> Choice:
    pools = [(pool, queues.pool_name(pool)) for pool in queues.pools_of(rules)]
    seats = list(queues.seats_of(rules))
    told = {"pool": pools, "seats": [(str(one), str(one)) for one in seats]}
    return Choice(rules, pools, seats, json.dumps(told))
