"""Reads what keeps order. Changes nothing."""

from __future__ import annotations

from typing import Any

from moderation.models import Report
from players.models import Player

# What a person looks through to see what became of theirs.
SHOWN = 50


def reports_told(player: Player) -> list[dict[str, Any]]:
    """All that `player` has reported and what became of it, for their export."""
    rows = Report.objects.filter(reporter=player).order_by("pk")
    told = rows.values("about__public_id", "match__public_id", "reason", "text", "state", "answer", "created_at")
    return [dict(row) for row in told]


def reports_by(player: Player) -> list[Report]:
    """The newest reports that `player` made, newest first."""
    return list(Report.objects.filter(reporter=player).select_related("about", "match").order_by("-pk")[:SHOWN])
