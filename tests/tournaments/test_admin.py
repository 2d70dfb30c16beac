"""The admin of tournaments: looks, and three things that services do."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from players.models import Player
from tests.games.played import guest
from tests.tournaments.kit import fold_of, run, with_players
from tournaments.models import Tournament

pytestmark = pytest.mark.django_db


def admin(*permissions: str) -> Client:
    player = guest("Adele")
    player.is_staff = True
    player.save()
    player.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    made = Client()
    made.force_login(Player.objects.get(pk=player.pk))
    return made


def act(client: Client, tournament: Tournament, action: str, **more: str) -> str:
    body = {"action": action, "_selected_action": [str(tournament.pk)]} | more
    return client.post("/admin/tournaments/tournament/", body, follow=True).content.decode()


def test_an_admin_takes_a_player_out_starts_and_calls_off() -> None:
    tournament, (ann, _bo, _cy) = with_players(3)
    keeper = admin("view_tournament", "change_tournament")
    assert "Write the public id" in act(keeper, tournament, "take_out", player="nobody!")
    assert "Player 0 is out." in act(keeper, tournament, "take_out", player=ann.public_id)
    assert len(fold_of(tournament).active) == 2
    assert "Started." in act(keeper, tournament, "start_now")
    assert "under way already" in act(keeper, tournament, "start_now")
    assert "Called off." in act(keeper, tournament, "call_off")
    assert fold_of(tournament).status == "cancelled"


def test_who_may_only_look_does_only_that() -> None:
    tournament, _players = with_players(2)
    run(tournament)
    looker = admin("view_tournament", "view_entry", "view_pairing")
    act(looker, tournament, "call_off")
    assert fold_of(tournament).status == "running"
    for page in ("tournament", "entry", "pairing", f"tournament/{tournament.pk}/change"):
        assert looker.get(f"/admin/tournaments/{page}/").status_code == 200
    assert looker.get("/admin/tournaments/tournament/add/").status_code == 403
