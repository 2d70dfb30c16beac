"""People who keep order, for tests: one of each group, signed in."""

from __future__ import annotations

from django.contrib.auth.models import Group
from django.test import Client

from moderation import groups
from players.models import Player
from tests.games.callers import client_of

GROUPS = (groups.OBSERVER, groups.MODERATOR, groups.ADMINISTRATOR)


def warden(group: str | None = groups.MODERATOR) -> Player:
    """Somebody of `group`; None: of none, though let in to the admin."""
    made = Player.objects.create(username=f"the-{group}", name=f"The {group}", is_staff=True)
    if group is not None:
        made.groups.add(Group.objects.get(name=group))
    return made


def desk(group: str | None = groups.MODERATOR) -> Client:
    return client_of(warden(group))


def superdesk() -> Client:
    return client_of(Player.objects.create(username="root", name="Root", is_staff=True, is_superuser=True))
