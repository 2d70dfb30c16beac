"""Reads what keeps order. Changes nothing."""

from __future__ import annotations

from moderation.models import Report
from players.models import Player

# What a person looks through to see what became of theirs.
SHOWN = 50


def reports_by(player: Player) -> list[Report]:
    """The newest reports that `player` made, newest first."""
    return list(Report.objects.filter(reporter=player).select_related("about", "match").order_by("-pk")[:SHOWN])
