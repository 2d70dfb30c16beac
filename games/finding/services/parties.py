"""Parties of friends: made by one, joined by its link, led by who made it. The party's row is locked by whoever changes
who is in it, or what it does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from games.finding.selectors import members_of
from games.finding.services.seeks import seek_withdraw
from games.finding.services.summons import players_summon, tell
from games.models import Match, Party, PartyMember
from games.services import match_arrange
from players.company.selectors import blocked_between
from players.errors import ServiceError
from players.models import Player

MOST_MEMBERS = 8
"""As many as the largest table that is not open to everyone; and a list that fits a phone."""
LASTS = timedelta(hours=12)
"""Nobody joined and nothing was played for so long: the evening is over."""


@transaction.atomic
def party_create(*, by: Player) -> Party:
    """A party that `by` leads. Raises ServiceError("in_a_party") where they are in one."""
    party = Party(leader=by)
    _enter(party, by)
    tell([by.public_id])
    return party


@transaction.atomic
def party_join(*, by: Player, party: str) -> Party:
    """`by` is in from now on; again is no fault. What the party looked for is withdrawn, since it has another size.

    Raises ServiceError: not_found, where it is over, they were sent away, or somebody in it and they keep each other
    at a distance; party_full; in_a_party.
    """
    found = Party.objects.select_for_update().filter(public_id=party).first()
    members = members_of(found) if found else []
    if found is not None and by in members:
        return found
    distant = blocked_between(by.pk, [member.pk for member in members]) if members else set()
    if found is None or by.pk in found.refused or distant:
        raise ServiceError("not_found", _("This party is over; ask your friends for another link."))
    if len(members) >= MOST_MEMBERS:
        raise ServiceError("party_full", _("This party is full: %(count)d are in it.") % {"count": len(members)})
    seek_withdraw(by=found.leader)
    _enter(found, by)
    tell([by.public_id, *(member.public_id for member in members)])
    return found


@transaction.atomic
def party_leave(*, by: Player) -> None:
    """`by` is out; where they led it, the party is over for all. Raises ServiceError("no_party")."""
    party = _party_of(by)
    members = members_of(party)
    _forget_seek(party)
    if party.leader_id == by.pk:
        party.delete()
    else:
        PartyMember.objects.filter(party=party, player=by).delete()
    tell(member.public_id for member in members)


@transaction.atomic
def party_send_away(*, by: Player, player: str) -> None:
    """The leader sends somebody away (by public id), who cannot come back. Raises ServiceError: no_party, not_leader,
    not_found."""
    party = _led_by(by)
    members = members_of(party)
    gone = next((member for member in members if member.public_id == player and member.pk != by.pk), None)
    if gone is None:
        raise ServiceError("not_found", _("Nobody of that name is in your party."))
    _forget_seek(party)
    PartyMember.objects.filter(party=party, player=gone).delete()
    party.refused = [*party.refused, gone.pk]
    party.save(update_fields=["refused"])
    tell(member.public_id for member in members)


@transaction.atomic
def party_play(
    *,
    by: Player,
    game: str,
    options: Mapping[str, Any] | None = None,
    clock: Mapping[str, Any] | None = None,
    practice: int = 0,
) -> Match:
    """A match of the party alone, unlisted and without rating, that begins at once; `practice` seats go to practice
    opponents. Raises ServiceError: no_party, not_leader, and what `match_arrange` refuses."""
    party = _led_by(by)
    members = members_of(party)
    match = match_arrange(
        game=game, players=members, options=options, clock=clock, rated=False, listed=False, practice=practice
    )
    _forget_seek(party)
    Party.objects.filter(pk=party.pk).update(active_at=Now())
    players_summon(match=match, players=members)
    return match


@transaction.atomic
def parties_expire() -> int:
    """End those that were left lying about; how many."""
    over = list(Party.objects.select_for_update(skip_locked=True).filter(active_at__lte=Now() - LASTS))
    for party in over:
        tell(member.public_id for member in members_of(party))
        party.delete()
    return len(over)


def _party_of(by: Player) -> Party:
    found = Party.objects.select_for_update(of=("self",)).filter(members__player=by).first()
    if found is None:
        raise ServiceError("no_party", _("You are in no party; make one first."))
    return found


def _led_by(by: Player) -> Party:
    found = _party_of(by)
    if found.leader_id != by.pk:
        raise ServiceError("not_leader", _("Only who leads the party does that."))
    return found


def _enter(party: Party, player: Player) -> None:
    try:
        # A savepoint of its own: on PostgreSQL a refused row would end the whole transaction.
        with transaction.atomic():
            party.active_at = Now()
            party.save()
            PartyMember.objects.create(party=party, player=player)
    except IntegrityError:
        raise ServiceError("in_a_party", _("You are in a party already; leave it first.")) from None


def _forget_seek(party: Party) -> None:
    """What a party of another size looked for is not what this one wants."""
    seek_withdraw(by=party.leader)
