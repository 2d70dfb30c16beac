"""Seeks: wishes to play that wait in a queue, and how they stay alive.

A seek ends in a pairing (`pairings.py`), when it is withdrawn, or when nobody has seen one of its players for 8 s.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from itertools import islice

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from games import offers
from games.finding import queues, selectors
from games.finding.services import pairings
from games.finding.services.summons import tell, wake
from games.models import Party, Queue, Seat, Seek, Seeker
from games.rules.catalog import AnyRules, UnknownGame, newest
from players.company.selectors import kept_apart
from players.errors import ServiceError
from players.models import Player
from players.ratings.selectors import ratings_of

UNSEEN = timedelta(seconds=8)
"""Four looks of the lobby, or of a page that asks every two seconds: a short tunnel costs nobody their place."""
MET = 2
"""Matches back in which somebody counts as just met: the last one, and the one before it for who took a rematch."""
# Values in one statement: SQLite takes 32,766, and a list of 1,000 is parsed in a millisecond.
_AT_ONCE = 1000


@transaction.atomic
def seek_create(
    *,
    by: Player,
    game: str,
    pool: str,
    rated: bool = False,
    seats: int | None = None,
    practice_after_s: int | None = None,
    party: bool = False,
) -> Seek:
    """`by` waits for opponents, with `party` together with everyone in theirs; what they looked for before is
    withdrawn.

    `seats`: how many sit at the table, None is the fewest; `practice_after_s`: one of `queues.PRACTICE_AFTER_S`, or
    None for people only. Raises ServiceError: unknown_game, bad_pool, bad_seats, bad_wait, resting, no_party,
    not_leader, party_too_large, cannot_be_rated, ready_check, already_seeking, and what `offers.refuse` does.
    """
    rules = _rules(game, pool)
    count = _seats(rules, seats)
    offers.refuse(game, rated=rated, practice=practice_after_s is not None, options={})
    if practice_after_s is not None and practice_after_s not in queues.PRACTICE_AFTER_S:
        choices = ", ".join(map(str, queues.PRACTICE_AFTER_S))
        raise ServiceError("bad_wait", _("Practice opponents may come after %(choices)s s.") % {"choices": choices})
    offers.refuse(rules.name, rated=rated, practice=practice_after_s is not None, options={})
    together = _party(by, count, rated=rated) if party else None
    members = [by] if together is None else [one.player for one in together.members.select_related("player")]
    _refuse_resting(members)
    _withdraw_own(by)
    queue, _new = Queue.objects.get_or_create(game=rules.name, pool=pool, rated=rated, seats=count)
    seek = _stored(queue, by, members, together, practice_after_s)
    tell(member.public_id for member in members)
    wake()
    return seek


@transaction.atomic
def seek_withdraw(*, by: Player) -> bool:
    """`by`, and everyone who looks together with them, waits no longer; False where they did not. During a ready check
    it is a no."""
    seek = Seeker.objects.filter(player=by).values_list("seek_id", flat=True).first()
    # Where it waits no longer, somebody was found meanwhile.
    return seek is not None and (_deleted(seek) or pairings.pairing_refuse(by=by))


def seekers_seen(player_pks: Collection[int]) -> None:
    """These players are there now. Whoever among them looks for a match stays in the queue for another 8 s."""
    rest = iter(player_pks)
    while some := list(islice(rest, _AT_ONCE)):
        _seen(some)


def seeks_sweep() -> int:
    """Withdraw the seeks of those who were not seen for 8 s; how many. A ready check ends by its own deadline."""
    gone = Seeker.objects.filter(seek__pairing=None, seen_at__lte=Now() - UNSEEN)
    return sum(_deleted(pk, unseen=True) for pk in set(gone.values_list("seek_id", flat=True)))


def _rules(game: str, pool: str) -> AnyRules:
    try:
        rules = newest(game)
    except UnknownGame:
        raise ServiceError("unknown_game", _("There is no such game here; choose one of the list.")) from None
    pools = queues.pools_of(rules)
    if not pools:
        raise ServiceError("bad_pool", _("Nobody needs to be found for this game: press Play and join at once."))
    if pool not in pools:
        raise ServiceError("bad_pool", _("Choose one of these pools: %(pools)s.") % {"pools": ", ".join(pools)})
    return rules


def _seats(rules: AnyRules, seats: int | None) -> int:
    offered = queues.seats_of(rules)
    count = offered.start if seats is None else seats
    if count not in offered:
        raise ServiceError(
            "bad_seats",
            _("This game is for %(fewest)d to %(most)d players.") % {"fewest": offered.start, "most": offered.stop - 1},
        )
    return count


def _party(by: Player, seats: int, *, rated: bool) -> Party:
    """The party that `by` leads. Locked, so that nobody joins or leaves it meanwhile."""
    found = Party.objects.select_for_update(of=("self",)).filter(members__player=by).first()
    if found is None:
        raise ServiceError("no_party", _("You are in no party; make one first."))
    if found.leader_id != by.pk:
        raise ServiceError("not_leader", _("Only who leads the party looks for a match."))
    if found.members.count() > seats:
        raise ServiceError("party_too_large", _("Your party is larger than the table; choose more seats."))
    if rated:
        raise ServiceError("cannot_be_rated", _("A party plays without rating: friends at one table know each other."))
    return found


def _refuse_resting(members: Sequence[Player]) -> None:
    for member in members:
        rest_s = -(-selectors.rest_ms(member.pk) // 1000)
        if rest_s:
            why = _("%(name)s let a ready check pass; look again in %(seconds)d seconds.")
            raise ServiceError("resting", why % {"name": member.name, "seconds": rest_s}, retry_s=rest_s)


def _withdraw_own(by: Player) -> None:
    own = Seeker.objects.filter(player=by).values_list("seek_id", "seek__leader_id").first()
    if own is None:
        return
    seek, leader = own
    if leader != by.pk:
        raise ServiceError("already_seeking", _("Your party looks for a match already; withdraw that first."))
    if not _deleted(seek) and Seeker.objects.filter(player=by).exists():
        raise ServiceError("ready_check", _("A match was found for you; say first whether you are ready."))


def _stored(
    queue: Queue, by: Player, members: Sequence[Player], party: Party | None, practice_after_s: int | None
) -> Seek:
    pks = [member.pk for member in members]
    ratings = ratings_of(pks, game=queue.game, pool=queue.pool)
    try:
        # A savepoint of its own: on PostgreSQL a refused row would end the whole transaction.
        with transaction.atomic():
            seek = Seek.objects.create(queue=queue, leader=by, party=party, practice_after_s=practice_after_s)
            Seeker.objects.bulk_create(
                Seeker(
                    seek=seek,
                    player=member,
                    rating=ratings[member.pk].rating,
                    deviation=ratings[member.pk].deviation,
                    avoid=sorted(kept_apart(member.pk)),
                    recent=_met(member),
                )
                for member in members
            )
    except IntegrityError:
        raise ServiceError("already_seeking", _("One of you looks for a match already; withdraw that first.")) from None
    return seek


def _met(player: Player) -> list[int]:
    """Whom `player` met in their last matches."""
    last = Seat.objects.filter(player=player).order_by("-match").values_list("match_id", flat=True)[:MET]
    there = Seat.objects.filter(match__in=list(last), player__isnull=False).exclude(player=player)
    return sorted(set(there.values_list("player_id", flat=True)))


@transaction.atomic
def _deleted(seek_pk: int, *, unseen: bool = False) -> bool:
    """Whether the seek was still waiting, and is gone now. The lock looks again at what was true before it waited."""
    if not Seek.objects.select_for_update(skip_locked=unseen).filter(pk=seek_pk, pairing=None).exists():
        return False
    seekers = Seeker.objects.filter(seek=seek_pk)
    if unseen and not seekers.filter(seen_at__lte=Now() - UNSEEN).exists():
        return False  # they have come back
    tell(seekers.values_list("player__public_id", flat=True))
    Seek.objects.filter(pk=seek_pk).delete()
    return True


def _seen(player_pks: list[int]) -> None:
    waiting = Seeker.objects.filter(player__in=player_pks)
    # Mostly nobody looks for a match, and then nothing is locked.
    if not waiting.exists():
        return
    with transaction.atomic():
        # Skipped: another process has seen them at this very moment, or they are just leaving.
        free = waiting.select_for_update(skip_locked=True).values_list("pk", flat=True)
        Seeker.objects.filter(pk__in=list(free)).update(seen_at=Now())
