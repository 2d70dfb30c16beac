"""The log that is attached to a report: what the database knew of the match and its talk at that moment. Bounded.

`report_create` asks for it once; afterwards it is the report's own and changes no more.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Max

from games.models import ChatLine, Entry, Match
from players.models import Player

# What a moderator reads to see how it came about: a few minutes of the liveliest talk. Of the person who is reported
# more, since their lines may lie further back.
NEWEST, NEWEST_OF_ACCUSED = 60, 40


def log_of(*, about: Player, match: Match | None, line: str | None) -> dict[str, Any]:
    """`about`: who it is about, as they were called then; `match`: which, how far it had got (`n`, the last entry), who
    sat where; `chat`: the newest lines of all audiences, oldest first. `line`: words that were pointed at; of the
    accused's lines the newest that says just that is marked `pointed`."""
    log: dict[str, Any] = {"about": _person(about)}
    if match is not None:
        log["match"] = {
            "id": match.public_id,
            "game": match.game,
            "status": match.status,
            "n": Entry.objects.filter(match=match).aggregate(n=Max("n"))["n"] or 0,
            "seats": [_seat(index, name, player) for index, name, player in _seats(match)],
        }
        log["chat"] = _chat(match, about, line)
    return log


def _person(player: Player) -> dict[str, Any]:
    return {"id": player.public_id, "name": player.name}


def _seats(match: Match) -> list[tuple[int, str, str | None]]:
    return list(match.sitting.order_by("index").values_list("index", "name", "player__public_id"))


def _seat(index: int, name: str, player: str | None) -> dict[str, Any]:
    return {"seat": index, "name": name, "id": player}


def _chat(match: Match, about: Player, line: str | None) -> list[dict[str, Any]]:
    said = ChatLine.objects.filter(match=match).select_related("player").order_by("-pk")
    rows = {row.pk: row for row in [*said[:NEWEST], *said.filter(player=about)[:NEWEST_OF_ACCUSED]]}
    pointed = next((pk for pk in sorted(rows, reverse=True) if _says(rows[pk], about, line)), None)
    return [_line(rows[pk], pointed=pk == pointed) for pk in sorted(rows)]


def _says(row: ChatLine, about: Player, line: str | None) -> bool:
    return row.player_id == about.pk and row.text == line


def _line(row: ChatLine, *, pointed: bool) -> dict[str, Any]:
    told = {
        "at": row.at.isoformat(timespec="seconds"),
        "heard_by": row.audience,
        "seat": row.seat,
        "id": row.player.public_id if row.player else None,
        "name": row.name,
        "text": row.text,
    }
    return {**told, "pointed": True} if pointed else told
