"""How matches of a tournament ended, from their records, and who did not come to them. Read by the runner.

A match counts as its record says. Called off by one of the players it is lost by them; called off since somebody did
not move at first it is lost by who should have; by an organiser or a fault it is nobody's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any

import msgspec
from django.db.models.functions import Now
from django.utils import translation
from django.utils.translation import gettext as _

from games import selectors
from games.host.entries import Aborted
from games.models import Command, Entry, Match, Status
from games.replay import fold_to
from games.rules.catalog import UnknownGame, edition_of
from games.services import command_create
from tournaments.formats.entries import DRAW, LOSS, WIN, MatchId, Result
from tournaments.models import Pairing, Tournament

FIRST_MOVE = timedelta(seconds=30)
"""So long whoever is to move first may take for it, as on lichess in fast games. The clock runs meanwhile."""
ABSENT = "absent"
"""Why such a match is called off."""
AT_ONCE = 100
"""Results in one transaction: a row each."""
# Up to here a log may still lack somebody's first move: two have sat down, a few moves, and the end.
_SHORT = 12


def results_of(tournament: Tournament) -> list[tuple[int, Result]]:
    """Matches that are over and have no result yet, with their primary keys; in the order in which they ended."""
    over = Match.objects.filter(
        tournament_pairing__tournament=tournament,
        tournament_pairing__open=True,
        status__in=(Status.OVER, Status.ABORTED),
    )
    matches = list(over.order_by("finished_seq").prefetch_related("sitting")[:AT_ONCE])
    idle = _idle([match for match in matches if (match.end_n or 0) <= _SHORT])
    return [(match.pk, _result(match, idle.get(match.pk, set()))) for match in matches]


def _result(match: Match, idle: Collection[int]) -> Result:
    match_id = MatchId(match.public_id)
    if match.status == Status.ABORTED:
        return _aborted(match, idle)
    mine, theirs = (seat.score or 0 for seat in sorted(match.sitting.all(), key=lambda seat: seat.index))
    points = (WIN, LOSS) if mine > theirs else (LOSS, WIN) if theirs > mine else (DRAW, DRAW)
    return Result(match_id, points, idle=tuple(seat for seat in sorted(idle) if points[seat] == LOSS))


def _aborted(match: Match, idle: Collection[int]) -> Result:
    match_id = MatchId(match.public_id)
    entry = Entry.objects.filter(match_id=match.pk, kind="abort").order_by("n").first()
    if entry is not None and entry.seat is not None:
        return Result(match_id, _lost_by({entry.seat}), "called_off")
    why = msgspec.json.decode(entry.body, type=Aborted).why if entry is not None else ""
    blamed = _blamed(match) & set(idle) if why == ABSENT else set()
    if blamed:
        return Result(match_id, _lost_by(blamed), "absent", tuple(sorted(blamed)))
    return Result(match_id, (LOSS, LOSS), "void")


def _lost_by(seats: Collection[int]) -> tuple[int, int]:
    return (LOSS if 0 in seats else WIN, LOSS if 1 in seats else WIN)


def _blamed(match: Match) -> set[int]:
    """Whom the wish to call it off named; who moved in the meantime is not idle any more."""
    wishes = Command.objects.filter(match=match, kind=Command.Wish.ABORT, body__why=ABSENT)
    return {seat for wish in wishes for seat in wish.body["seats"]}


def _idle(matches: Iterable[Match]) -> dict[int, set[int]]:
    """By match (primary key) the seats that never moved. Of games on the clock nothing is said: nobody waits there."""
    waiting = {match.pk: {0, 1} for match in matches if not _ticks(match)}
    moves = Entry.objects.filter(match_id__in=waiting, kind="move").values_list("match_id", "seat").distinct()
    for pk, seat in moves:
        waiting[pk].discard(seat or 0)
    return waiting


def _ticks(match: Match) -> bool:
    try:
        return edition_of(match.game, match.edition).hz > 0
    except UnknownGame:
        return True  # this process cannot say; another one can


# ── who does not come ───────────────────────────────────────────────────────────────────────────────────────


def missing_in(tournament: Tournament) -> list[tuple[Match, set[int]]]:
    """Matches in which those who are to move have let `FIRST_MOVE` pass without a first move, and which seats that is.

    A match in which everybody has moved is marked, and never looked at again."""
    fresh = Pairing.objects.filter(
        tournament=tournament,
        open=True,
        begun=False,
        match__status=Status.LIVE,
        match__started_at__lte=Now() - FIRST_MOVE,
    )
    matches = {pairing.match_id: pairing.match for pairing in fresh.select_related("match")[:AT_ONCE]}
    idle = {pk: seats for pk, seats in _idle(matches.values()).items() if seats}
    begun = [pk for pk in matches if pk not in idle]
    if begun:
        Pairing.objects.filter(match_id__in=begun).update(begun=True)
    late = _stands_still(idle)
    found = ((matches[pk], seats & _asked(matches[pk])) for pk, seats in idle.items() if pk in late)
    return [(match, seats) for match, seats in found if seats]


def match_call_off(match: Match, seats: set[int]) -> None:
    """Ask the owner of `match` to end it, since the players at `seats` did not come; both are told why."""
    people = [seat.player for seat in match.sitting.select_related("player") if seat.player]
    languages = {player.language for player in people}
    with translation.override(languages.pop() if len(languages) == 1 else None):
        words = _("Whoever was to move first did not come; for the tournament they have lost.")
    body = {"why": ABSENT, "seats": sorted(seats), "words": words}
    command_create(match=match, kind=Command.Wish.ABORT, by=None, body=body)


def _stands_still(matches: Collection[int]) -> set[int]:
    """Of these matches those whose last entry is `FIRST_MOVE` old, and which nobody has wished away yet."""
    since = Now() - FIRST_MOVE
    moved: dict[int, bool] = defaultdict(bool)
    for pk in Entry.objects.filter(match_id__in=matches, at__gt=since).values_list("match_id", flat=True):
        moved[pk] = True
    asked = set(Command.objects.filter(match_id__in=matches, body__why=ABSENT).values_list("match_id", flat=True))
    return {pk for pk in matches if not moved[pk]} - asked


def _asked(match: Match) -> set[int]:
    fold: Any = fold_to(selectors.record_whole(match), _SHORT)
    return set(fold.turns)
