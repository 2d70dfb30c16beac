"""Writes matches and wishes: a new match with its first entries, and commands for the process that owns one.

Called by views, the API and `commands.py`. A match that has a lease is changed by its owner alone, never from here.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple, cast

import msgspec
from django.db import connection, transaction
from django.utils.translation import gettext as _

from games import hints, offers, timing
from games.beginning import Facts, Sits, new_match, practice_sits
from games.host.clock import Control
from games.host.effects import NewMatch
from games.host.entries import Sit, text
from games.journal import records
from games.models import Command, Match, Status
from games.protocol.messages import MAX_INTEGER
from games.rules.catalog import AnyRules, UnknownGame, newest
from players.errors import ServiceError
from players.models import Player
from players.ratings.selectors import Shown, ratings_of
from players.ratings.services import pool_ensure

__all__ = ["MOST_WAITING", "ServiceError", "Terms", "command_create", "match_arrange", "match_create", "terms_of"]

MOST_WAITING = 5
"""Matches of one player that may wait for an opponent: enough for a few invitations, too few to fill the list of open
seats."""

CROWD = 24
"""Seats of a match that may be entered while it runs, where nobody says how many: some come, some go, and those who are
there still meet."""

COMPANY = 7
"""Practice opponents in such a match: enough that nobody is alone, and most seats stay free for people."""

# Bytes of JSON. Options are a handful of numbers and words; they go into every welcome.
LARGEST_OPTIONS_BYTES = 2048


@transaction.atomic
def match_create(
    *,
    game: str,
    options: Mapping[str, Any],
    by: Player,
    seat: int | None = None,
    listed: bool = True,
    opponent: Literal["person", "practice"] = "person",
    seats: int | None = None,
    clock: Mapping[str, Any] | None = None,
    rated: bool = False,
) -> Match:
    """A new match in which `by` sits at `seat` (None: drawn); against "practice" the other seats are bots and it
    begins. Where players may enter while it runs, bots are `COMPANY` and the rest stays free.

    `seats`: how many play (None: the fewest; where they may enter, `CROWD`); `clock`: members of
    `games.host.clock.Control` (None: nobody's time is measured). Raises ServiceError: unknown_game, bad_seats,
    bad_seat, bad_options, bad_clock, cannot_be_rated, too_many_waiting, and what `offers.refuse` does.
    """
    rules = _rules(game)
    count = _seat_count(rules, seats)
    index = _seat(seat, count)
    chosen, control = _options(rules, options), _clock(rules, clock)
    pool = _pool(rules, control, rated=rated, bots=opponent == "practice")
    offers.refuse(game, rated=rated, practice=opponent == "practice", options=chosen)
    sits: Sits = _people({index: by}, game=game, pool=pool if rated else "")
    if opponent == "practice":
        sits |= practice_sits([other for other in range(count) if other != index][: COMPANY if rules.entered else None])
    # As the host decides it (`Fold.needed`): it folds these very entries.
    began = len(sits) >= (min(rules.seats) if rules.entered else count)
    if not began:
        _admit(by)
    facts = Facts(rules, chosen, control, count, listed=listed, rated=rated, pool=pool)
    return _store(new_match(facts, sits, created_by=by.pk, began=began))


@transaction.atomic
def match_arrange(
    *,
    game: str,
    players: Sequence[Player],
    options: Mapping[str, Any] | None = None,
    clock: Mapping[str, Any] | None = None,
    rated: bool = False,
    listed: bool = True,
    practice: int = 0,
    agreed: bool = False,
) -> Match:
    """A new match that begins at once: `players` sit in this order from seat 0, behind them `practice` opponents.

    For whoever brings people together: quick match, challenges, tournaments; it may be part of their transaction.
    Nobody's open matches are counted. Raises ServiceError: unknown_game, bad_seats, bad_options, bad_clock,
    cannot_be_rated, and what `offers.refuse` does; not that where it was `agreed` before the house changed its mind.
    """
    rules = _rules(game)
    count = _seat_count(rules, len(players) + practice)
    chosen, control = _options(rules, options or {}), _clock(rules, clock)
    pool = _pool(rules, control, rated=rated, bots=practice > 0)
    if not agreed:
        offers.refuse(game, rated=rated, practice=practice > 0, options=chosen)
    sits: Sits = _people(dict(enumerate(players)), game=game, pool=pool if rated else "")
    sits |= practice_sits(range(len(players), count))
    facts = Facts(rules, chosen, control, count, listed=listed, rated=rated, pool=pool)
    return _store(new_match(facts, sits, created_by=None, began=True))


class Terms(NamedTuple):
    """What a match would be played by, whole, as `match_arrange` takes it."""

    options: dict[str, Any]
    clock: dict[str, Any] | None


def terms_of(
    *, game: str, seats: int, options: Mapping[str, Any], clock: Mapping[str, Any] | None, rated: bool
) -> Terms:
    """These wishes with every default filled in, for whoever agrees on a match before it begins. Writes nothing.

    Raises what `match_arrange` would raise for `seats` players.
    """
    rules = _rules(game)
    _seat_count(rules, seats)
    terms = Terms(_options(rules, options), _clock(rules, clock))
    _pool(rules, terms.clock, rated=rated, bots=False)
    offers.refuse(game, rated=rated, practice=False, options=terms.options)
    return terms


@transaction.atomic
def command_create(*, match: Match, kind: str, by: Player | None, body: dict[str, Any]) -> Command:
    """A wish that only the owner of `match` may grant; it reads the row when it is woken, and at the latest 2 s
    later."""
    if kind not in Command.Wish.values:
        raise ValueError(f"no command is of kind {kind!r}")
    return Command.objects.create(match=match, kind=kind, by=by, body=body)


def _rules(game: str) -> AnyRules:
    try:
        return newest(game)
    except UnknownGame:
        raise ServiceError("unknown_game", _("There is no such game here; choose one of the list.")) from None


def _seat_count(rules: AnyRules, seats: int | None) -> int:
    usual = min(CROWD, rules.seats.stop - 1) if rules.entered else rules.seats.start
    count = usual if seats is None else seats
    if count not in rules.seats:
        raise ServiceError(
            "bad_seats",
            _("This game is for %(fewest)d to %(most)d players.")
            % {"fewest": rules.seats.start, "most": rules.seats.stop - 1},
        )
    return count


def _seat(seat: int | None, count: int) -> int:
    index = secrets.randbelow(count) if seat is None else seat
    if not 0 <= index < count:
        raise ServiceError("bad_seat", _("There is no such seat; choose one from 0 to %(last)d.") % {"last": count - 1})
    return index


def _options(rules: AnyRules, options: Mapping[str, Any]) -> dict[str, Any]:
    """The options whole, defaults included, as the plain values that are stored and digested."""
    try:
        chosen: dict[str, Any] = msgspec.to_builtins(msgspec.convert(dict(options), rules.options, strict=True))
        encoded = text(chosen)
    except (msgspec.ValidationError, OverflowError, UnicodeEncodeError) as error:
        raise _bad_options(str(error)) from None
    if len(encoded) > LARGEST_OPTIONS_BYTES:
        raise _bad_options(_("they are too long"))
    # PostgreSQL's JSON cannot hold a NUL, and beyond 2⁵³-1 a browser's numbers lose digits.
    if "\\u0000" in encoded or any(abs(one) > MAX_INTEGER for one in _integers(chosen)):
        raise _bad_options(_("a number is too large or a text holds a NUL character"))
    return chosen


def _integers(value: Any) -> list[int]:
    if isinstance(value, dict):
        return [one for inner in value.values() for one in _integers(inner)]
    if isinstance(value, list | tuple):
        return [one for inner in value for one in _integers(inner)]
    return [value] if isinstance(value, int) else []


def _clock(rules: AnyRules, clock: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The time control whole, as the plain values that are stored and digested."""
    if clock is None:
        return None
    if rules.hz:
        raise ServiceError("bad_clock", _("This game has its own time; begin it without a clock."))
    try:
        return cast("dict[str, Any]", msgspec.to_builtins(msgspec.convert(dict(clock), Control, strict=True)))
    except msgspec.ValidationError as error:
        why = _("There is no such time control: %(reason)s.") % {"reason": error}
        raise ServiceError("bad_clock", why) from None


def _bad_options(reason: str) -> ServiceError:
    return ServiceError("bad_options", _("These options do not suit the game: %(reason)s.") % {"reason": reason})


def _admit(by: Player) -> None:
    """Refuse a player with too many open matches. The row's lock makes two wishes at once count one after the other."""
    Player.objects.select_for_update().get(pk=by.pk)
    waiting = Match.objects.filter(sitting__player=by, created_by=by, status=Status.WAITING)[:MOST_WAITING]
    if len(waiting) == MOST_WAITING:
        raise ServiceError(
            "too_many_waiting",
            _("%(count)d of your matches already wait for an opponent; play one of them or call it off first.")
            % {"count": MOST_WAITING},
        )


def _pool(rules: AnyRules, clock: dict[str, Any] | None, *, rated: bool, bots: bool) -> str:
    """The pool that a match belongs to. Raises ServiceError("cannot_be_rated") where ratings would mean nothing."""
    pool = timing.pool_of(hz=rules.hz, clock=clock)
    if rated and bots:
        raise ServiceError("cannot_be_rated", _("Practice opponents have no rating; play without rating."))
    if rated and (rules.entered or (len(rules.seats) == 1 and rules.seats.start == 1)):
        raise ServiceError("cannot_be_rated", _("This game is not rated, since players come and go."))
    if rated and not pool:
        raise ServiceError("cannot_be_rated", _("A rated match needs a clock; choose one, or play without rating."))
    return pool


def _people(seats: Mapping[int, Player], *, game: str, pool: str) -> Sits:
    """Who sits down where, with their ratings in `pool`; empty: the match is not rated."""
    shown: dict[int, Shown] = {}
    if pool:
        pool_ensure(game=game, pool=pool)
        shown = ratings_of([player.pk for player in seats.values()], game=game, pool=pool)
    return {seat: (_sit(player, shown.get(player.pk)), player.pk) for seat, player in seats.items()}


def _sit(player: Player, shown: Shown | None) -> Sit:
    if shown is None:
        return Sit(name=player.name, player=player.public_id)
    return Sit(player.name, player.public_id, rating=shown.rating, provisional=shown.provisional)


def _store(new: NewMatch) -> Match:
    with connection.cursor() as cursor:
        pk = records.new_match(cursor, new)
    transaction.on_commit(lambda: hints.give(hints.MATCHES, new.public_id))
    return Match.objects.get(pk=pk)
