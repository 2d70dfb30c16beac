"""What an admin sees first: who is here, what is played, how the machines are, and what waits. Changes nothing.

The processes' own figures come from the rows that `gameserver/gauges.py` writes; all counts are bounded, so the page
costs the same however large the site is.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Sum
from django.db.models.functions import Now, TruncMinute
from django.utils.translation import gettext as _

from games.models import HostMinute, Match, Status
from games.rules.catalog import UnknownGame, newest
from moderation.charts import Chart, chart
from moderation.models import Act, Report
from moderation.models.report import State
from players.models import Ban, Player

# A process that has not written for so long is gone or in trouble: three writes.
SILENT = timedelta(seconds=15)
# Beyond it a number says "many"; nobody reads on.
COUNTED = 10_000
SPANS = {"hour": (timedelta(hours=1), 1), "day": (timedelta(hours=24), 15)}
_LISTED = 8
_SUMS = ("connections", "moves", "refused", "slow")


def board(span: str = "hour") -> dict[str, Any]:
    """All that the page shows; `span`: of the charts, "hour" or "day"."""
    span = span if span in SPANS else "hour"
    hosts = _hosts_now()
    minutes = _minutes(span)
    last = minutes[-2] if len(minutes) > 1 else {}  # the newest minute is not over yet
    return {
        "span": span,
        "people": sum(one.connections for one in hosts),
        "moves_per_s": round(last.get("moves", 0) / 60 / SPANS[span][1], 1),
        "refused": sum(minute["refused"] for minute in minutes),
        "slow": sum(minute["slow"] for minute in minutes),
        "reports": Report.objects.filter(state=State.OPEN).order_by()[:COUNTED].count(),
        "hosts": hosts,
        "games": _games(hosts),
        "charts": _charts(minutes, span),
        "bans": list(Ban.objects.select_related("player", "by").order_by("-pk")[:_LISTED]),
        "acts": list(Act.objects.order_by("-pk")[:_LISTED]),
        "newest": list(Player.objects.filter(is_guest=False).order_by("-pk")[:_LISTED]),
    }


def _hosts_now() -> list[HostMinute]:
    """The newest row of each process that lives; few rows, found by time."""
    rows = HostMinute.objects.filter(minute__gte=Now() - timedelta(minutes=2), at__gte=Now() - SILENT).order_by("at")
    return list({row.host: row for row in rows}.values())


def _games(hosts: list[HostMinute]) -> list[tuple[str, int, int]]:
    """Of each game its title, how many matches go on, and how many of these are in the memory of a process."""
    live = Match.objects.filter(status=Status.LIVE).order_by()[:COUNTED]
    rows = Match.objects.filter(pk__in=live.values("pk")).values_list("game").annotate(count=Count("pk"))
    going = dict(rows.order_by("game"))
    held: Counter[str] = sum((Counter(host.matches) for host in hosts), Counter())
    return [(_title(game), going.get(game, 0), held[game]) for game in sorted(going.keys() | held.keys())]


def _title(game: str) -> str:
    try:
        return _(newest(game).title)
    except UnknownGame:
        return game


def _minutes(span: str) -> list[dict[str, Any]]:
    """Sums over all processes, in steps of `span`, oldest first, without gaps."""
    length, step = SPANS[span]
    since = HostMinute.objects.filter(minute__gte=Now() - length)
    sums = since.values("minute").annotate(**{name: Sum(name, default=0) for name in _SUMS}, now=TruncMinute(Now()))
    rows = list(sums.order_by("minute"))
    if not rows:
        return []
    found: dict[datetime, dict[str, Any]] = {row["minute"]: {**row} for row in rows}
    empty: dict[str, Any] = dict.fromkeys(_SUMS, 0)
    last: datetime = rows[-1]["now"]
    times = [last - timedelta(minutes=back) for back in range(int(length.total_seconds() // 60) - 1, -1, -1)]
    each = [found.get(at, empty) | {"minute": at} for at in times]
    return [_merged(each[at : at + step]) for at in range(0, len(each), step)]


def _merged(minutes: list[dict[str, Any]]) -> dict[str, Any]:
    """Of several minutes one: what was counted adds up, of connections the most at once."""
    sums = {name: sum(one[name] for one in minutes) for name in _SUMS}
    return sums | {"minute": minutes[0]["minute"], "connections": max(one["connections"] for one in minutes)}


def _charts(minutes: list[dict[str, Any]], span: str) -> list[Chart]:
    seconds = 60 * SPANS[span][1]
    titles = {
        "connections": _("People"),
        "moves": _("Moves a second"),
        "refused": _("Refusals"),
        "slow": _("Slow sockets"),
    }
    return [
        chart(
            title, [(one["minute"], round(one[name] / seconds, 2) if name == "moves" else one[name]) for one in minutes]
        )
        for name, title in titles.items()
    ]
