"""Guests who never played are cleared away after a month; whoever a record names, and whoever has an account, stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from games import guests
from players.models import Player
from players.services import guest_create, key_create
from tests.games.played import guest, played

pytestmark = pytest.mark.django_db


def test_only_old_guests_without_a_match_or_a_program_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guests, "STRETCH", 2)
    match, idle, fresh, program = played(), guest(), guest(), guest()
    key_create(player=program)
    account = Player.objects.create_user("ada", name="Ada")
    Player.objects.exclude(pk=fresh.pk).update(date_joined=timezone.now() - guests.KEPT - timedelta(hours=1))
    stays = {seat.player for seat in match.sitting.all()} | {fresh, program, account}
    after = 0
    for _ in range(4):
        after = guests.clear_stretch(after)
    assert set(Player.objects.all()) == stays
    assert idle not in stays


def test_the_way_through_the_table_begins_anew_at_its_end() -> None:
    guest_create(language="en")
    assert guests.clear_stretch(0) == 0
