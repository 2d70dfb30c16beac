"""Reads what keeps order. Changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db.models.functions import Now

from games.models import Seat
from moderation.models import Act, Note, Notice, Report
from moderation.models.report import Outcome, State
from players.bans import ban_of
from players.models import Ban, Player, Silence

# What a person looks through to see what became of theirs.
SHOWN = 50
# Beyond it the number says nothing but "many".
BADGE = 99
# Of what is only a glance.
FEW = 10


def reports_told(player: Player) -> list[dict[str, Any]]:
    """All that `player` has reported and what became of it, for their export."""
    rows = Report.objects.filter(reporter=player).order_by("pk")
    told = rows.values("about__public_id", "match__public_id", "reason", "text", "state", "answer", "created_at")
    return [dict(row) for row in told]


def reports_by(player: Player) -> list[Report]:
    """The newest reports that `player` made, newest first."""
    return list(Report.objects.filter(reporter=player).select_related("about", "match").order_by("-pk")[:SHOWN])


def reports_waiting() -> str:
    """How many reports are open, as a badge says it: nothing for none, and no more than it can count at a glance."""
    count = Report.objects.filter(state=State.OPEN).order_by()[: BADGE + 1].count()
    return f"{BADGE}+" if count > BADGE else str(count or "")


class File(NamedTuple):
    """What is known about a player, the newest of each first."""

    ban: Ban | None
    silenced: bool
    bans: list[Ban]
    silences: Sequence[Silence]
    notes: list[Note]
    notices: list[Notice]
    reports: list[Report]
    reported: list[Report]
    matches: list[Seat]
    acts: list[Act]


def file_of(player: Player) -> File:
    """All of it by indexes, and of nothing more than a page holds."""
    silences = list(
        Silence.objects.filter(player=player).select_related("by").annotate(now=Now()).order_by("-until")[:FEW]
    )
    seats = Seat.objects.filter(player=player).select_related("match").order_by("-match_id")
    about = Report.objects.filter(about=player).select_related("reporter", "match", "resolved_by").order_by("-pk")
    return File(
        ban=ban_of(player.pk),
        silenced=any(one.until > one.now for one in silences),
        bans=list(Ban.objects.filter(player=player).select_related("by", "lifted_by").order_by("-since")[:FEW]),
        silences=silences,
        notes=list(Note.objects.filter(player=player).select_related("by").order_by("-pk")[:SHOWN]),
        notices=list(Notice.objects.filter(player=player).select_related("by").order_by("-pk")[:FEW]),
        reports=list(about[:SHOWN]),
        reported=reports_by(player)[:FEW],
        matches=list(seats[:FEW]),
        acts=list(Act.objects.filter(model="players.player", key=str(player.pk)).order_by("-pk")[:SHOWN]),
    )


class Standing(NamedTuple):
    """How somebody's reports fared."""

    right: int
    wrong: int
    open: int


def standing_of(reporter: Player | None) -> Standing:
    """The record of a reporter, of their newest reports."""
    if reporter is None:
        return Standing(0, 0, 0)
    newest = Report.objects.filter(reporter=reporter).order_by("-pk").values_list("state", "outcome")[:SHOWN]
    outcomes = [outcome if state == State.RESOLVED else state for state, outcome in newest]
    return Standing(outcomes.count(Outcome.ACTED), outcomes.count(Outcome.NOTHING), outcomes.count(State.OPEN))


def report_after(report: Report | None) -> Report | None:
    """The open report that has waited longest, behind `report` if that is given and others wait."""
    waiting = Report.objects.filter(state=State.OPEN).order_by("pk")
    later = None if report is None else waiting.filter(pk__gt=report.pk).first()
    return later or waiting.first()
