"""Template tags about tournaments: `{% load tournaments %}`, then `{% tournament_of match as cup %}`.

So the pages of matches, which know nothing of tournaments, lead back to one.
"""

from __future__ import annotations

from django import template

from games.models import Match
from tournaments import selectors
from tournaments.models import Tournament

register = template.Library()


@register.simple_tag
def tournament_of(match: Match) -> Tournament | None:
    """The tournament to which the match belongs. One query by its primary key."""
    return selectors.tournament_of(match.pk)


@register.filter
def points(value: float | None) -> str:
    """Points as people write them: 4½, ½, 7."""
    if value is None:
        return ""
    whole, half = divmod(round(value * 2), 2)
    return f"{whole or ''}½" if half else str(whole)
