"""Reads matches: lists for pages and the API, and records as everyone may see them. Changes nothing.

Every list takes two queries however long it is: the matches and, by prefetch, who sits at them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby, islice
from typing import Any

import msgspec
from django.db.models import Count, F, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from games import gone
from games.host.entries import Gone
from games.host.kinds import ABORTED, RULED
from games.models import Entry, Match, Seat, Status
from games.replay import Line, Record, Sitting, fold_to, frames, spectator_view, told_live
from games.rules.catalog import AnyRules, UnknownGame, edition_of
from players.errors import ServiceError
from players.gone import NAME
from players.ids import ALPHABET, ID_LENGTH
from players.models import Player

FRAMES_PER_ANSWER = 1000
"""Frames handed out at once: a whole record of any board game, and at most a few hundred KB."""

# Above this many entries a miniature is not worth folding the log for, as long as there is no snapshot of the end.
_MINIATURE_ENTRIES = 500

_LINE_FIELDS = ("n", "kind", "seat", "c", "at", "ms", "body", "digest")


# ── lists ───────────────────────────────────────────────────────────────────────────────────────────────────


def matches_open(limit: int, game: str | None = None) -> list[Match]:
    """Matches that anyone may join, newest first."""
    return list(matches_listed(Status.WAITING, game)[:limit])


def matches_live(limit: int, game: str | None = None) -> list[Match]:
    """Matches under way that anyone may watch, newest first."""
    return list(matches_listed(Status.LIVE, game)[:limit])


def matches_recent(game: str | None, limit: int) -> list[Match]:
    """Finished matches, the last ended first; of one game or of all."""
    return list(matches_listed(Status.OVER, game)[:limit])


def matches_of(player: Player, limit: int) -> list[Match]:
    """Matches at which `player` sits or sat, newest first, also those that are not listed."""
    # One seat per player and match (a constraint), so the join doubles nothing.
    return list(_with_seats(Match.objects.filter(sitting__player=player)).order_by("-pk")[:limit])


def matches_seen_of(person: Player, limit: int, *, by: Player | None) -> list[Match]:
    """The last matches of `person` that `by` (None: a stranger) may know of: one's own all, of others those that anyone
    could join or watch, and rated ones, which count in public. Who plays by invitation with whom is their own affair.
    """
    if by == person:
        return matches_of(person, limit)
    seen = Match.objects.filter(Q(listed=True) | Q(rated=True), sitting__player=person)
    return list(_with_seats(seen).order_by("-pk")[:limit])


def matches_listed(status: str, game: str | None = None) -> QuerySet[Match]:
    """Listed matches of one status, in the order of its index, who sits prefetched; callers slice it."""
    matches = Match.objects.filter(status=status, listed=True)
    if game is not None:
        matches = matches.filter(game=game)
    order = "-finished_seq" if status in (Status.OVER, Status.ABORTED) else "-created_at"
    return _with_seats(matches).order_by(order, "-pk")


def matches_to_enter(rules: AnyRules, player: Player, limit: int) -> list[Match]:
    """Listed matches under way in which `player` can play now: where they sit still, then those with a free seat, the
    fullest first. Of a match that they have left none, for a seat is never given twice."""
    live = _with_seats(Match.objects.filter(status=Status.LIVE, listed=True, game=rules.name, edition=rules.edition))
    own = list(live.filter(sitting__player=player).order_by("-pk")[:limit])
    free = (
        live.exclude(pk__in=[match.pk for match in own]).annotate(taken=Count("sitting")).filter(taken__lt=F("seats"))
    )
    return [match for match in own if not _has_left(match, player)] + list(free.order_by("-taken", "-pk")[:limit])


def _has_left(match: Match, player: Player) -> bool:
    """Whether the log says that the seat of `player` is out for good."""
    seat = next(seat.index for seat in seats_of(match) if seat is not None and seat.player_id == player.pk)
    entries = Entry.objects.filter(match_id=match.pk)
    if entries.filter(seat=seat, kind="resign").exists():
        return True
    bodies = entries.filter(kind="gone").values_list("body", flat=True)  # at ticks no flag falls
    return any(seat in msgspec.json.decode(body, type=Gone).seats for body in bodies)


def match_get(public_id: str) -> Match | None:
    """The match with this public id, who sits prefetched; None where there is none."""
    # Compared here first, since PostgreSQL raises on a NUL in a parameter, and addresses may hold anything.
    if len(public_id) != ID_LENGTH or not set(public_id) <= set(ALPHABET):
        return None
    return _with_seats(Match.objects.filter(public_id=public_id)).first()


def seats_of(match: Match) -> list[Seat | None]:
    """Who sits at each seat by index, None where it is free. No query where the match came from this module."""
    taken = {seat.index: seat for seat in match.sitting.all()}
    return [taken.get(index) for index in range(match.seats)]


def words_of_house(match: Match) -> str:
    """What the house told about a match that it called off or whose result it decided; else nothing, and no query."""
    kinds = {RULED: "ruled", ABORTED: "abort"}
    kind = kinds.get(match.result["reason"]) if match.result else None
    if kind is None:
        return ""
    # Just before the end, found by the log's own index.
    before = Entry.objects.filter(match_id=match.pk, n__lt=match.end_n, kind=kind).order_by("-n")
    body = before.values_list("body", flat=True).first()
    return "" if body is None else str(msgspec.json.decode(body).get("words", ""))


def final_views(matches: Iterable[Match]) -> dict[int, Any]:
    """What spectators see at the end, by the match's primary key; one query for all, nothing for very long records."""
    short = {match.pk: match for match in matches if match.end_n is not None and match.end_n <= _MINIATURE_ENTRIES}
    rows = Entry.objects.filter(match_id__in=short, n__lte=F("match__end_n")).order_by("match_id", "n")
    logs = groupby(rows.values_list("match_id", *_LINE_FIELDS), key=lambda row: row[0])
    views: dict[int, Any] = {}
    for pk, log in logs:
        match = short[pk]
        try:
            record = _record(match, [_line(row[1:]) for row in log], sitting=())
            views[pk] = spectator_view(fold_to(record, len(record.entries)))
        except UnknownGame:
            continue  # an edition that this process lacks: the list shows the match without a board
    return views


def _with_seats(matches: QuerySet[Match]) -> QuerySet[Match]:
    seats = Seat.objects.select_related("player").order_by("index")
    return matches.select_related("created_by", "rematch_of").prefetch_related(Prefetch("sitting", queryset=seats))


# ── records ─────────────────────────────────────────────────────────────────────────────────────────────────


def record_of(match: Match) -> dict[str, Any]:
    """The record as everyone may download it; raises ServiceError: secret while a game lasts that keeps something back.

    That is one with secrets, or one that spectators see later."""
    refuse_early(match)
    record = record_told(match)
    if not _is_over(match):
        record = told_live(record)
    plain: dict[str, Any] = msgspec.to_builtins(record)
    return plain


def frames_of(
    match: Match, *, after_v: int = -1, limit: int = FRAMES_PER_ANSWER, seat: int | None = None
) -> list[dict[str, Any]]:
    """The spectator's view after each version beyond `after_v`, at most `limit` of them; with `seat`, the view that it
    had.

    Raises ServiceError: secret while a secret game lasts, and for a seat's view while any game does; bad_seat;
    unknown_game where this process lacks its edition.
    """
    refuse_early(match)
    if seat is not None:
        _refuse_eyes(match, seat)
    try:
        record = _record(match, gone.masked(_lines(match), _gone(match)), sitting=())
        later = (frame for frame in frames(record, seat) if frame.v > after_v)
        return [msgspec.to_builtins(frame, str_keys=True) for frame in islice(later, limit)]
    except UnknownGame:
        raise ServiceError("unknown_game", _("This edition of the game cannot be shown here any more.")) from None


def record_told(match: Match) -> Record:
    """The record with its seed, without the names of those who are gone: for everyone, when it is over."""
    record = record_whole(match)
    return msgspec.structs.replace(record, entries=tuple(gone.masked(record.entries, _gone(match))))


def _gone(match: Match) -> set[int]:
    """The seats of those who have deleted themselves."""
    return {seat.index for seat in match.sitting.all() if seat.name == NAME and not seat.bot}


def record_whole(match: Match) -> Record:
    """The record with its seed as it was written, for checks: never to be shown."""
    sitting = tuple(
        Sitting(seat.index, seat.name, seat.player.public_id if seat.player else None, seat.bot or None, seat.score)
        for seat in match.sitting.select_related("player").order_by("index")
    )
    return _record(match, _lines(match), sitting)


def _lines(match: Match) -> list[Line]:
    rows = Entry.objects.filter(match_id=match.pk)
    if match.end_n is not None:
        rows = rows.filter(n__lte=match.end_n)  # what follows is the talk about a rematch
    return [_line(row) for row in rows.order_by("n").values_list(*_LINE_FIELDS).iterator()]


def _record(match: Match, lines: Sequence[Line], sitting: tuple[Sitting, ...]) -> Record:
    facts = {
        "match": match.public_id,
        "status": match.status,
        "created_at": _iso(match.created_at),
        "started_at": _iso(match.started_at),
        "finished_at": _iso(match.finished_at),
        "rematch_of": match.rematch_of.public_id if match.rematch_of else None,
    }
    same = ("game", "edition", "fold", "options", "clock", "seats", "seed", "seed_hash", "result", "digest")
    facts |= {name: getattr(match, name) for name in same}
    # A live record has no digest of the whole yet: that of its last entry stands for it.
    facts["digest"] = match.digest or (lines[-1].digest if lines else "")
    return msgspec.convert(facts | {"sitting": sitting, "entries": tuple(lines)}, Record)


def _line(row: Sequence[Any]) -> Line:
    n, kind, seat, c, at, ms, body, digest = row
    return Line(n, kind, seat, c, at.isoformat(), ms, body, digest)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _is_over(match: Match) -> bool:
    return match.status in (Status.OVER, Status.ABORTED)


def refuse_early(match: Match) -> None:
    """Raises ServiceError("secret") while a match lasts of which not everything may be seen at once."""
    if _is_over(match):
        return
    try:
        rules = edition_of(match.game, match.edition)
        secret, delayed = rules.secret, rules.spectator_delay_s > 0
    except UnknownGame:
        secret, delayed = True, False  # not known here: the careful answer
    if secret:
        raise ServiceError("secret", _("This game keeps secrets; its record can be read when the match is over."))
    if delayed:
        raise ServiceError("secret", _("Who watches sees this game later; its record can be read when it is over."))


def _refuse_eyes(match: Match, seat: int) -> None:
    if not _is_over(match):
        raise ServiceError("secret", _("What a seat sees is its own until the match is over."))
    if seat >= match.seats:
        raise ServiceError(
            "bad_seat", _("There is no such seat; choose one from 0 to %(last)d.") % {"last": match.seats - 1}
        )
