"""The page of a player: what everyone sees of them, and what only they see."""

from __future__ import annotations

import pytest
from django.test import Client

from games.models import Match
from players.models import Player
from players.services import guest_create
from tests.games.played import guest, opened, played

pytestmark = pytest.mark.django_db


def page_of(player: Player, client: Client | None = None) -> str:
    answer = (client or Client()).get(f"/player/{player.public_id}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_player_has_a_page_with_name_picture_and_last_matches() -> None:
    match = played()
    player = match.sitting.first().player  # type: ignore[union-attr]
    assert player is not None
    page = page_of(player)
    assert player.name in page
    assert 'class="avatar"' in page
    assert match.public_id in page


def test_who_has_not_played_is_told_what_to_do_and_others_are_told_so() -> None:
    player, client = guest_create(language="en"), Client()
    client.force_login(player)
    assert "You have not played yet" in page_of(player, client)
    assert "No match of theirs" in page_of(player)


def test_matches_by_invitation_are_seen_by_who_sat_there_alone() -> None:
    player, client = guest(), Client()
    match = opened(by=player, listed=False)
    client.force_login(player)
    assert match.public_id not in page_of(player)
    assert match.public_id in page_of(player, client)
    Match.objects.filter(pk=match.pk).update(rated=True)
    assert match.public_id in page_of(player)


@pytest.mark.parametrize("public_id", ["x", "abcdefghijkm", "0" * 12])
def test_nobodys_page_is_not_there(public_id: str) -> None:
    assert Client().get(f"/player/{public_id}/").status_code == 404


def test_a_picture_is_kept_by_caches_for_ever_and_needs_no_database() -> None:
    answer = Client().get(f"/avatar/{guest_create(language='en').public_id}.svg")
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert "immutable" in answer.headers["Cache-Control"]
    assert not answer.cookies
    for wrong in ("x", "0" * 12):
        assert Client().get(f"/avatar/{wrong}.svg").status_code == 404
