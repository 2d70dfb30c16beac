"""Writes friendships, blocks and mutes. Called by views and the API; each call is one transaction.

Whoever may change a pair locks both players' rows first, always in the same order: so limits hold exactly, two who ask
each other at once become friends instead of two wishes, and nobody slips past a block that is being made.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from players.errors import ServiceError
from players.models import Block, Friendship, Mute, Player
from players.throttle import Throttle

# A page of friends is read at a glance, and their presence is asked all at once.
MOST_FRIENDS = 200
# Wishes without an answer: more than a person can mean, few enough that strangers cannot be asked by the hundred.
MOST_ASKED = 100
# People who were in one's way in years of play; each is a row that pairing must look at.
MOST_BLOCKED = 500

# Of one player: a class that sits down together asks twenty at once; nobody asks strangers by the minute.
_asks = Throttle(burst=20, per_minute=1)


@transaction.atomic
def friend_ask(*, player: Player, other: Player) -> Friendship:
    """`player` would like to be a friend of `other`; who was asked already by `other` accepts with it.

    Raises ServiceError: yourself, blocked, too_many_friends, too_many_asked, rate_limited.
    """
    _both(player, other)
    pair = _pair(player, other).first()
    if pair is not None:
        return pair if pair.since or pair.asker_id == player.pk else _befriend(pair)
    _refuse_blocked(player, other)
    if Friendship.objects.filter(asker=player, since__isnull=True).count() >= MOST_ASKED:
        why = _("%(count)d people have not answered you yet; take some of these wishes back first.")
        raise ServiceError("too_many_asked", why % {"count": MOST_ASKED})
    _room_for_friends(player)
    if wait_s := _asks.wait_s(str(player.pk)):
        why = _("You are asking too many people at once; try again in %(seconds)d seconds.") % {"seconds": wait_s}
        raise ServiceError("rate_limited", why, retry_s=wait_s)
    return Friendship.objects.create(asker=player, asked=other)


@transaction.atomic
def friend_accept(*, player: Player, other: Player) -> Friendship:
    """`other` has asked, and `player` says yes. Raises ServiceError: not_asked, too_many_friends."""
    _both(player, other)
    pair = _pair(player, other).first()
    if pair is None or (pair.since is None and pair.asker_id == player.pk):
        raise ServiceError("not_asked", _("They have not asked you, or have taken it back."))
    return pair if pair.since else _befriend(pair)


@transaction.atomic
def friend_remove(*, player: Player, other: Player) -> None:
    """No friends any more; or the wish of either is declined or taken back. Nobody is told. A second call does
    nothing."""
    _both(player, other)
    _pair(player, other).delete()


@transaction.atomic
def block(*, player: Player, other: Player) -> None:
    """`player` wants nothing to do with `other`: a friendship ends, wishes are gone. Raises ServiceError: yourself,
    too_many_blocked."""
    _both(player, other)
    if Block.objects.filter(player=player).exclude(blocked=other).count() >= MOST_BLOCKED:
        why = _("You have blocked %(count)d people; unblock some of them first.") % {"count": MOST_BLOCKED}
        raise ServiceError("too_many_blocked", why)
    Block.objects.get_or_create(player=player, blocked=other)
    _pair(player, other).delete()


@transaction.atomic
def unblock(*, player: Player, other: Player) -> None:
    """`player` forgives. A second call does nothing."""
    Block.objects.filter(player=player, blocked=other).delete()


@transaction.atomic
def mute(*, player: Player, other: Player) -> None:
    """`player` is not shown what `other` writes any more. Raises ServiceError: yourself, too_many_muted."""
    _both(player, other)
    if Mute.objects.filter(player=player).exclude(muted=other).count() >= MOST_BLOCKED:
        why = _("You have muted %(count)d people; unmute some of them first.") % {"count": MOST_BLOCKED}
        raise ServiceError("too_many_muted", why)
    Mute.objects.get_or_create(player=player, muted=other)


@transaction.atomic
def unmute(*, player: Player, other: Player) -> None:
    """`player` reads `other` again. A second call does nothing."""
    Mute.objects.filter(player=player, muted=other).delete()


def _both(player: Player, other: Player) -> None:
    """Lock both rows. Raises ServiceError("yourself") where they are one."""
    if player.pk == other.pk:
        raise ServiceError("yourself", _("That is you; choose somebody else."))
    pks = Player.objects.select_for_update(no_key=True).filter(pk__in=(player.pk, other.pk)).order_by("pk")
    list(pks.values_list("pk", flat=True))


def _pair(player: Player, other: Player) -> QuerySet[Friendship]:
    return Friendship.objects.filter(Q(asker=player, asked=other) | Q(asker=other, asked=player))


def _refuse_blocked(player: Player, other: Player) -> None:
    if Block.objects.filter(player=player, blocked=other).exists():
        raise ServiceError("blocked", _("You have blocked them; unblock them first."))
    if Block.objects.filter(player=other, blocked=player).exists():
        # Not a word of the block: who is blocked is not told.
        raise ServiceError("blocked", _("They do not take requests from you."))


def _befriend(pair: Friendship) -> Friendship:
    """The wish becomes a friendship. Both rows are locked."""
    for one in (pair.asked, pair.asker):
        _room_for_friends(one)
    Friendship.objects.filter(pk=pair.pk).update(since=Now())
    pair.refresh_from_db()
    return pair


def _room_for_friends(player: Player) -> None:
    friends = Friendship.objects.filter(Q(asker=player) | Q(asked=player), since__isnull=False)
    if friends.count() >= MOST_FRIENDS:
        why = _("%(name)s already has %(count)d friends, and there is no room for more.")
        raise ServiceError("too_many_friends", why % {"name": player.name, "count": MOST_FRIENDS})
