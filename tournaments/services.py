"""Writes tournaments: created, joined, left, started, called off. Called by views, the API and the admin.

Each call is one transaction with its entries; who is paired and how it ends is the runner's. Raises ServiceError with a
sentence for the person.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from games.services import terms_of
from players.errors import ServiceError
from players.models import Player
from tournaments import limits, log, presence
from tournaments.formats.due import FEWEST, begin
from tournaments.formats.entries import AnyBody, Cancel, Create, Finish, Join, PlayerId, Return, Start, Withdraw
from tournaments.formats.fold import Fold
from tournaments.limits import Wish
from tournaments.models import Status, Tournament

__all__ = [
    "ServiceError",
    "tournament_cancel",
    "tournament_changes",
    "tournament_create",
    "tournament_join",
    "tournament_remove",
    "tournament_start",
    "tournament_withdraw",
]


@transaction.atomic
def tournament_create(*, by: Player, wish: Wish) -> Tournament:
    """A new tournament, open to joining until it starts (an arena until it ends).

    Raises ServiceError: not_allowed_here, bad_name, unknown_game, bad_options, bad_clock, cannot_be_rated, bad_start,
    bad_length, bad_conditions, too_many_open.
    """
    limits.refuse_creator(by)
    limits.refuse_game(wish.game)
    limits.refuse_length(wish)
    terms = terms_of(game=wish.game, seats=2, options=wish.options, clock=wish.clock, rated=wish.rated)
    limits.refuse_clock(wish)
    made = Tournament(
        name=limits.clean_name(wish.name),
        format=wish.format,
        game=wish.game,
        options=terms.options,
        clock=terms.clock,
        rated=wish.rated,
        start_at=wish.start_at,
        minutes=wish.minutes if wish.format == "arena" else 0,
        rounds=wish.rounds if wish.format == "swiss" else 0,
        double=wish.double and wish.format == "round_robin",
        streaks=wish.streaks and wish.format == "arena",
        # Guests have no matches worth asking for: they are somebody else tomorrow.
        accounts_only=wish.accounts_only or wish.least_matches > 0,
        least_matches=wish.least_matches,
        created_by=by,
        due_at=wish.start_at,
    )
    made.save(force_insert=True)
    limits.refuse_start(made)
    log.append(made, 0, [_facts(made, wish)])
    return made


@transaction.atomic
def tournament_join(*, tournament: Tournament, by: Player) -> None:
    """`by` is in, or again. Without effect on who is in.

    Raises ServiceError: joining_closed, tournament_full, accounts_only, more_matches, taken_out.
    """
    with log.writing(tournament) as (row, fold):
        known = fold.players.get(PlayerId(by.public_id))
        if known is None or known.withdrawn:
            limits.refuse_joining(row, fold, by)
            body = Return(known.id) if known else Join(PlayerId(by.public_id), _rating(row, by))
            _write(row, fold, body)
    presence.seen(row.pk, by.pk)


@transaction.atomic
def tournament_withdraw(*, tournament: Tournament, by: Player) -> None:
    """`by` is not paired any more; the match that they are in goes on and counts. Without effect on who is not in.

    Raises ServiceError: tournament_over."""
    with log.writing(tournament) as (row, fold):
        limits.refuse_over(fold)
        known = fold.players.get(PlayerId(by.public_id))
        if known is not None and not known.withdrawn:
            _write(row, fold, Withdraw(known.id))


@transaction.atomic
def tournament_remove(*, tournament: Tournament, player: Player, by: Player) -> None:
    """`player` is out and does not come back by themselves. Without effect on who was taken out before.

    Raises ServiceError: not_yours, tournament_over, not_in."""
    limits.refuse_organiser(tournament, by)
    with log.writing(tournament) as (row, fold):
        limits.refuse_over(fold)
        known = fold.players.get(PlayerId(player.public_id))
        if known is None:
            raise ServiceError("not_in", _("This player is not in the tournament."))
        if known.withdrawn != "removed":
            _write(row, fold, Withdraw(known.id, "removed"))


@transaction.atomic
def tournament_start(*, tournament: Tournament, by: Player) -> None:
    """It begins now. Raises ServiceError: not_yours, tournament_over, under_way, too_few."""
    limits.refuse_organiser(tournament, by)
    with log.writing(tournament) as (row, fold):
        limits.refuse_over(fold)
        if fold.status == "running":
            raise ServiceError("under_way", _("This tournament is under way already."))
        begun = begin(fold)
        if not isinstance(begun, Start):
            raise ServiceError("too_few", _("A tournament needs %(fewest)d players or more.") % {"fewest": FEWEST})
        _write(row, fold, begun)


@transaction.atomic
def tournament_cancel(*, tournament: Tournament, by: Player) -> None:
    """It does not take place, or stops; matches under way are played on and count for nothing here.

    Raises ServiceError: not_yours, tournament_over."""
    limits.refuse_organiser(tournament, by)
    with log.writing(tournament) as (row, fold):
        limits.refuse_over(fold)
        _write(row, fold, Cancel("organiser"))


def tournament_changes(body: AnyBody, fold: Fold) -> dict[str, Any]:
    """What an entry changes in the tournament's row; `fold`: before it."""
    match body:
        case Join():
            return {"players": len(fold.players) + 1}
        case Start():
            return {"status": Status.RUNNING, "started_at": Now(), "due_at": Now()}
        case Cancel():
            return {"status": Status.CANCELLED, "ended_at": Now(), "due_at": None}
        case Finish():
            return {"status": Status.FINISHED, "ended_at": Now(), "due_at": None}
        case _:
            return {}


def _write(row: Tournament, fold: Fold, body: AnyBody) -> None:
    log.append(row, fold.n, [body])
    if changes := tournament_changes(body, fold):
        Tournament.objects.filter(pk=row.pk).update(**changes)


def _facts(made: Tournament, wish: Wish) -> Create:
    return Create(
        format=wish.format,
        start_ms=log.ms_of(wish.start_at),
        seed=secrets.token_hex(16),
        minutes=made.minutes,
        rounds=made.rounds,
        double=made.double,
        streaks=made.streaks,
    )


def _rating(row: Tournament, player: Player) -> int:
    shown = limits.rating_of(row, player)
    return shown.rating if shown.matches else 0
