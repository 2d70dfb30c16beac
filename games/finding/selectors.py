"""Reads who looks for a match, who was found, challenges and parties. Changes nothing; never called on the event loop.

All that is compared with a time is compared by the database's clock.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q
from django.db.models.functions import Now

from games.finding import waits
from games.finding.pairing import ANYONE, window
from games.finding.told import Found, Offer, PartyTold, Personal, Seeking, Someone
from games.models import Challenge, Missed, Party, PartyMember, Seeker, Status, Summons
from players.company.selectors import waiting_count
from players.ids import ALPHABET, ID_LENGTH
from players.models import Player

SUMMONED = timedelta(seconds=30)
"""Who has not come to their match by then is not looking at any page of ours."""
REMEMBERED = timedelta(hours=1)
"""So long a missed ready check counts, when the next one is missed."""


def personal_of(player_pk: int) -> Personal:
    """All that concerns this player alone: eight small queries, each by an index."""
    seek, pairing = _seek_of(player_pk)
    incoming, outgoing = _offers_of(player_pk)
    return Personal(
        seek=seek,
        pairing=pairing,
        incoming=incoming,
        outgoing=outgoing,
        party=_party_of(player_pk),
        go=_summons_of(player_pk),
        rest_ms=rest_ms(player_pk),
        asking=waiting_count(player_pk),
    )


def party_get(public_id: str) -> Party | None:
    """The party with this public id; None where there is none, or none any more."""
    # Compared here first, since PostgreSQL raises on a NUL in a parameter, and addresses may hold anything.
    if len(public_id) != ID_LENGTH or not set(public_id) <= set(ALPHABET):
        return None
    return Party.objects.filter(public_id=public_id).first()


def members_of(party: Party) -> list[Player]:
    """Who is in it, in the order in which they came: the leader first."""
    rows = PartyMember.objects.filter(party=party).select_related("player")
    return [row.player for row in rows.order_by("joined_at", "pk")]


def rest_ms(player_pk: int) -> int:
    """How long this player cannot look for a match, since they let ready checks pass."""
    missed = Missed.objects.annotate(now=Now()).filter(player=player_pk, until__gt=Now()).first()
    return 0 if missed is None else left_ms(missed.until, missed.now)


def left_ms(until: datetime, now: datetime) -> int:
    """From `now` to `until`, never negative."""
    return max(0, round((until - now).total_seconds() * 1000))


def someone(player: Player) -> Someone:
    """A player as others see them."""
    return Someone(player.public_id, player.name)


def _seek_of(player_pk: int) -> tuple[Seeking | None, Found | None]:
    seekers = Seeker.objects.select_related("seek__queue", "seek__pairing").annotate(now=Now())
    own = seekers.filter(player=player_pk).first()
    if own is None:
        return None, None
    company = list(Seeker.objects.filter(seek=own.seek_id).values_list("rating", "deviation"))
    seek, queue = own.seek, own.seek.queue
    waited_ms = left_ms(own.now, seek.since)
    widest = window(waited_ms, max(deviation for _, deviation in company))
    seeking = Seeking(
        game=queue.game,
        pool=queue.pool,
        rated=queue.rated,
        seats=queue.seats,
        size=len(company),
        mine=seek.leader_id == player_pk,
        waited_ms=waited_ms,
        estimate_ms=waits.estimate_ms(queue.waits, int(own.now.timestamp())),
        window=None if widest == ANYONE else widest,
        practice_after_s=seek.practice_after_s,
    )
    return seeking, _found(own)


def _found(own: Seeker) -> Found | None:
    pairing, queue = own.seek.pairing, own.seek.queue
    if pairing is None:
        return None
    ready = list(Seeker.objects.filter(seek__pairing=pairing).values_list("ready", flat=True))
    return Found(
        id=pairing.public_id,
        game=queue.game,
        pool=queue.pool,
        rated=queue.rated,
        seats=queue.seats,
        left_ms=left_ms(pairing.deadline, own.now),  # type: ignore[attr-defined]  # annotated
        ready=sum(ready),
        players=len(ready),
        yes=own.ready,
    )


def _offers_of(player_pk: int) -> tuple[tuple[Offer, ...], tuple[Offer, ...]]:
    """Challenges to and by this player, the oldest first."""
    rows = Challenge.objects.filter(Q(challenger=player_pk) | Q(challenged=player_pk), expires_at__gt=Now())
    rows = rows.select_related("challenger", "challenged").annotate(now=Now()).order_by("pk")
    incoming = tuple(_offer(row, row.challenger, row.now) for row in rows if row.challenged_id == player_pk)
    outgoing = tuple(_offer(row, row.challenged, row.now) for row in rows if row.challenger_id == player_pk)
    return incoming, outgoing


def _offer(row: Challenge, who: Player, now: datetime) -> Offer:
    left = left_ms(row.expires_at, now)
    return Offer(row.public_id, someone(who), row.game, row.clock, row.rated, row.seat, left)


def _party_of(player_pk: int) -> PartyTold | None:
    own = PartyMember.objects.select_related("party__leader").filter(player=player_pk).first()
    if own is None:
        return None
    told = tuple(someone(member) for member in members_of(own.party))
    return PartyTold(own.party.public_id, own.party.leader.public_id, told)


def _summons_of(player_pk: int) -> str | None:
    called = Summons.objects.filter(player=player_pk, at__gt=Now() - SUMMONED, match__status=Status.LIVE)
    return called.values_list("match__public_id", flat=True).first()
