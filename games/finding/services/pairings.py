"""Ready checks: whoever was brought together says yes within 12 s, and with the last yes the match begins.

The row of the pairing is locked first by everyone who changes one, then its seeks, then the queue's waits.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from games.finding import queues, waits
from games.finding.selectors import REMEMBERED, left_ms
from games.finding.services.summons import players_summon, tell, wake
from games.models import Match, Missed, Pairing, Queue, Seek, Seeker
from games.services import match_arrange
from players.errors import ServiceError
from players.models import Player

READY = timedelta(seconds=12)
"""Time to come back from another tab and press a button; longer, and those who are ready wait for who has gone."""
RESTS = (timedelta(seconds=10), timedelta(seconds=30), timedelta(minutes=2))
"""How long who let a ready check pass cannot look for a match: the first time within an hour, the second, and from the
third on. Enough that it is no fun to do it on purpose, too little to punish a doorbell."""

_drawn = secrets.SystemRandom()


@transaction.atomic
def pairing_answer(*, by: Player, pairing: str, yes: bool) -> Match | None:
    """`by` is ready, or not. The match, if that was the last yes.

    With a no the others are back in the queue with the wait that they had, and `by` rests. Raises ServiceError
    ("too_late") where the check is over or was never theirs.
    """
    found = Pairing.objects.select_for_update().filter(public_id=pairing, deadline__gt=Now()).first()
    own = found and Seeker.objects.filter(player=by, seek__pairing=found).first()
    if found is None or own is None:
        raise ServiceError("too_late", _("This match is not offered to you any more; you may look for another one."))
    if not yes:
        _dissolve(found, [by.pk])
        return None
    Seeker.objects.filter(pk=own.pk).update(ready=True)
    seekers = _seekers(found)
    if all(seeker.ready for seeker in seekers):
        return _begin(found, seekers)
    tell(seeker.player.public_id for seeker in seekers)
    return None


@transaction.atomic
def pairing_refuse(*, by: Player) -> bool:
    """A no from who leaves while they are asked, also when the time is just over; False where nobody asks them."""
    found = Pairing.objects.select_for_update(of=("self",)).filter(seeks__seekers__player=by).first()
    if found is None:
        return False
    _dissolve(found, [by.pk])
    return True


def pairings_expire() -> int:
    """End the ready checks whose time is over: who was ready is back in the queue, who said nothing is out; how
    many."""
    over = Pairing.objects.filter(deadline__lte=Now()).values_list("pk", flat=True)
    return sum(_expired(pk) for pk in over)


def seats_filled(queue: Queue, seekers: Sequence[Seeker], *, rated: bool, practice: int = 0) -> Match:
    """The match of a table that is complete, in the caller's transaction; its seeks are gone, its players are called.

    Seats are drawn: with the best of intentions a rule about whose turn it is to begin can be played.
    """
    players = [seeker.player for seeker in seekers]
    _drawn.shuffle(players)
    match = match_arrange(
        game=queue.game,
        players=players,
        clock=queues.CLOCKS[queue.pool],
        rated=rated,
        practice=practice,
        agreed=not practice,  # people who were brought together play; practice opponents are the house's to offer
    )
    Seek.objects.filter(pk__in={seeker.seek_id for seeker in seekers}).delete()
    players_summon(match=match, players=players)
    return match


@transaction.atomic
def _expired(pk: int) -> bool:
    found = Pairing.objects.select_for_update(skip_locked=True).filter(pk=pk).first()
    if found is None:
        return False
    silent = [seeker.player_id for seeker in _seekers(found) if not seeker.ready]
    _dissolve(found, silent)
    return True


def _seekers(pairing: Pairing) -> list[Seeker]:
    rows = Seeker.objects.filter(seek__pairing=pairing).select_related("player", "seek").annotate(now=Now())
    return list(rows.order_by("pk"))


def _begin(pairing: Pairing, seekers: Sequence[Seeker]) -> Match:
    queue = Queue.objects.select_for_update().get(pk=pairing.queue_id)
    match = seats_filled(queue, seekers, rated=queue.rated)
    now = seekers[0].now  # type: ignore[attr-defined]  # annotated
    waited_ms = {seeker.seek_id: left_ms(now, seeker.seek.since) for seeker in seekers}
    queue.waits = waits.added(queue.waits, int(now.timestamp()), *waited_ms.values())
    queue.save(update_fields=["waits"])
    pairing.delete()
    return match


def _dissolve(pairing: Pairing, out: Collection[int]) -> None:
    """The seeks of the players `out` are withdrawn, and they rest; all others wait on as before."""
    seekers = _seekers(pairing)
    leaving = {seeker.seek_id for seeker in seekers if seeker.player_id in out}
    _rest(out)
    Seek.objects.filter(pk__in=leaving).delete()
    Seeker.objects.filter(seek__pairing=pairing).update(ready=False)
    Seek.objects.filter(pairing=pairing).update(pairing=None)
    pairing.delete()
    tell(seeker.player.public_id for seeker in seekers)
    wake()


def _rest(players: Collection[int]) -> None:
    for player in sorted(players):
        before = Missed.objects.filter(player=player, at__gt=Now() - REMEMBERED).first()
        times = before.times + 1 if before else 1
        until = Now() + RESTS[min(times, len(RESTS)) - 1]
        Missed.objects.update_or_create(player_id=player, defaults={"times": times, "until": until, "at": Now()})
