"""Challenges: a match that one player offers to another by name. A match by link is an unlisted one that waits; it is
made by `games.services.match_create`, and not known here."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from games.finding.services.seeks import seek_withdraw
from games.finding.services.summons import players_summon, tell
from games.models import Challenge, Match
from games.services import match_arrange, terms_of
from players.company.selectors import blocked_between
from players.errors import ServiceError
from players.models import Player

SEATS = 2
MOST_OPEN = 5
"""Challenges of one player that wait for an answer: a few friends at once; more would be advertising."""
MOST_INCOMING = 20
"""Challenges that one player may find: as many as a person reads. Beyond it a crowd cannot bury a page."""
LASTS = timedelta(minutes=5)
"""Who challenges sits before the page and waits; after five minutes they have gone to do something else."""
LASTS_BY_MAIL = timedelta(days=3)
"""For correspondence, where nobody need be there."""


@transaction.atomic
def challenge_create(
    *,
    by: Player,
    to: Player,
    game: str,
    options: Mapping[str, Any] | None = None,
    clock: Mapping[str, Any] | None = None,
    rated: bool = False,
    seat: int | None = None,
) -> Challenge:
    """`by` offers `to` a match for two. `seat`: where `by` would sit, None is drawn.

    Where one has blocked the other the answer is that of an address where nobody is. Raises ServiceError: not_found,
    yourself, too_many_challenges, already_challenged, bad_seat, and what `match_arrange` refuses.
    """
    if by.pk == to.pk:
        raise ServiceError("yourself", _("You cannot challenge yourself; play a practice opponent instead."))
    if not to.is_active or blocked_between(by.pk, [to.pk]):
        raise ServiceError("not_found", _("There is no such player; check the name."))
    if seat is not None and seat not in range(SEATS):
        raise ServiceError("bad_seat", _("There is no such seat; choose 0 or 1, or let it be drawn."))
    terms = terms_of(game=game, seats=SEATS, options=options or {}, clock=clock, rated=rated)
    _admit(by, to)
    by_mail = terms.clock is not None and terms.clock["kind"] == "correspondence"
    until = Now() + (LASTS_BY_MAIL if by_mail else LASTS)
    facts = {"game": game, "options": terms.options, "clock": terms.clock, "rated": rated, "seat": seat}
    try:
        # A savepoint of its own: on PostgreSQL a refused row would end the whole transaction.
        with transaction.atomic():
            made = Challenge.objects.create(challenger=by, challenged=to, expires_at=until, **facts)
    except IntegrityError:
        why = _("%(name)s has a challenge of yours already; wait for the answer, or withdraw it first.")
        raise ServiceError("already_challenged", why % {"name": to.name}) from None
    tell([by.public_id, to.public_id])
    return made


@transaction.atomic
def challenge_answer(*, by: Player, challenge: str, yes: bool) -> Match | None:
    """The challenged player accepts, and the match begins; or declines. Raises ServiceError("not_found") where it was
    withdrawn, has lapsed, or is not theirs."""
    found = _locked(challenge).filter(challenged=by).first()
    if found is None:
        raise _gone()
    gone = not found.challenger.is_active or blocked_between(by.pk, [found.challenger_id])
    if yes and gone:
        raise _gone()
    found.delete()
    match = _begin(found) if yes else None
    tell([found.challenger.public_id, by.public_id])
    return match


@transaction.atomic
def challenge_withdraw(*, by: Player, challenge: str) -> None:
    """Who challenged takes it back. Raises ServiceError("not_found") where there is nothing left to take back."""
    found = _locked(challenge).filter(challenger=by).first()
    if found is None:
        raise _gone()
    found.delete()
    tell([found.challenged.public_id, by.public_id])


@transaction.atomic
def challenges_expire() -> int:
    """Remove those whose time is over; how many."""
    over = Challenge.objects.select_for_update(skip_locked=True, of=("self",)).filter(expires_at__lte=Now())
    lapsed = list(over.select_related("challenger", "challenged"))
    Challenge.objects.filter(pk__in=[one.pk for one in lapsed]).delete()
    tell(player.public_id for one in lapsed for player in (one.challenger, one.challenged))
    return len(lapsed)


def _locked(challenge: str) -> QuerySet[Challenge]:
    rows = Challenge.objects.select_for_update(of=("self",)).select_related("challenger", "challenged")
    return rows.filter(public_id=challenge, expires_at__gt=Now())


def _begin(challenge: Challenge) -> Match:
    """Both sit down, wherever they looked for a match is forgotten, and both are called."""
    players = [challenge.challenger, challenge.challenged]
    first = secrets.randbelow(SEATS) if challenge.seat is None else challenge.seat
    match = match_arrange(
        game=challenge.game,
        players=players if first == 0 else players[::-1],
        options=challenge.options,
        clock=challenge.clock,
        rated=challenge.rated,
    )
    for player in players:
        seek_withdraw(by=player)
    players_summon(match=match, players=players)
    return match


def _admit(by: Player, to: Player) -> None:
    """The locks of the players' rows make two wishes at once count one after the other."""
    list(Player.objects.select_for_update(no_key=True).filter(pk__in=[by.pk, to.pk]).order_by("pk"))
    if Challenge.objects.filter(challenger=by, expires_at__gt=Now()).count() >= MOST_OPEN:
        why = _("%(count)d of your challenges already wait for an answer; withdraw one of them first.")
        raise ServiceError("too_many_challenges", why % {"count": MOST_OPEN})
    if Challenge.objects.filter(challenged=to, expires_at__gt=Now()).count() >= MOST_INCOMING:
        why = _("%(name)s has many challenges to read; try again later.")
        raise ServiceError("too_many_challenges", why % {"name": to.name})
    # A lapsed one that no sweep has met yet must not stand in the way.
    Challenge.objects.filter(challenger=by, challenged=to, expires_at__lte=Now()).delete()


def _gone() -> ServiceError:
    return ServiceError("not_found", _("This challenge is over; it was withdrawn, or its time ran out."))
