"""The first page and television as Django renders them, before any script: what stands there, and what never does."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from games import commands
from games.lobby.listed import LINES
from games.models import Match
from games.views.matches import LOBBY_MODULES
from tests.games.played import guest, joined, opened, played

pytestmark = pytest.mark.django_db

STATIC = Path(__file__).parents[2] / "static"
CLOCK = {"kind": "fischer", "base_ms": 180_000, "extra_ms": 2000}


@pytest.fixture(autouse=True)
def _no_owner() -> None:
    commands.serve(None)


def page(path: str, player: Any = None) -> str:
    client = Client()
    if player is not None:
        client.force_login(player)
    answer = client.get(path)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_the_first_page_lists_who_waits_and_who_plays_without_a_script() -> None:
    waiting, live = opened(guest("Ada"), clock=CLOCK), joined(opened(guest("Bob")), guest("Eve"))
    html = page("/")
    assert re.search(
        rf'data-id="{waiting.public_id}".*?<bdi>Ada</bdi>.*?Connect Four · 3\+2.*?Sit down', html, re.DOTALL
    )
    assert re.search(rf'data-id="{live.public_id}".*?<bdi>Bob – Eve</bdi>.*?Connect Four.*?Watch', html, re.DOTALL)


def test_ones_own_matches_are_not_among_the_others() -> None:
    ada = guest("Ada")
    own = opened(ada)
    assert f'data-id="{own.public_id}"' in page("/")
    assert f'data-id="{own.public_id}"' not in page("/", ada)
    assert f"/match/{own.public_id}/" in page("/", ada)


def test_lists_are_as_long_as_their_room_and_say_how_many_there_are() -> None:
    for _ in range(LINES + 2):
        opened()
    html = page("/")
    assert html.count("data-id=") == LINES
    assert f"data-count>{LINES + 2}<" in html


def test_the_page_tells_its_script_what_games_are_called() -> None:
    games = json.loads(re.search(r'data-games="(\{.*?\})" data-lines', page("/"))[1])  # type: ignore[index]
    assert games["connect-four"] == {"title": "Connect Four", "entered": False}
    assert games["arena"]["entered"]


def test_a_name_is_text_and_never_markup() -> None:
    opened(guest('<img src=x onerror="1">'))
    assert "<img src=x" not in Client().get("/").content.decode()


def test_all_that_the_lobbys_script_imports_is_asked_for_at_once() -> None:
    imported: set[str] = set()

    def follow(path: Path) -> None:
        for found in re.findall(r'^(?:import|export) .*?from "(.+?)"', path.read_text(), re.MULTILINE | re.DOTALL):
            module = (path.parent / found).resolve()
            if module not in imported and module.suffix == ".js":
                imported.add(str(module.relative_to(STATIC)))
                follow(module)

    follow(STATIC / "pages/lists.js")
    assert imported == set(LOBBY_MODULES)


# ── television ──────────────────────────────────────────────────────────────────────────────────────────


def test_television_shows_the_live_match_of_each_game_and_says_where_there_is_none() -> None:
    live = joined(opened())
    html = page("/tv/")
    assert f'data-channel="connect-four" data-match="{live.public_id}"' in html
    assert 'data-channel="arena" data-match=""' in html


def test_the_channel_of_a_game_is_the_page_of_its_match_for_spectators() -> None:
    live = joined(opened())
    html = page("/tv/connect-four/", guest())
    assert f'data-match="{live.public_id}"' in html
    assert 'data-follow="connect-four"' in html
    assert "data-sit" not in html
    assert "/tv/connect-four" not in re.search(r'value="([^"]*)" data-link', html)[1]  # type: ignore[index]


def test_an_arena_with_free_seats_is_only_watched_on_television() -> None:
    Client().post("/play/", {"game": "arena", "opponent": "practice"})
    Match.objects.update(listed=True)
    assert "data-sit" not in page("/tv/arena/")


def test_a_channel_without_a_match_waits_for_the_next() -> None:
    played()
    joined(opened(listed=False))
    html = page("/tv/connect-four/")
    assert "data-follow" not in html
    assert "This page begins with the next one." in html


def test_who_plays_watches_from_their_own_seat() -> None:
    ada = guest("Ada")
    live = joined(opened(ada))
    client = Client()
    client.force_login(ada)
    assert client.get("/tv/connect-four/").headers["Location"] == f"/match/{live.public_id}/"


def test_a_game_that_does_not_exist_has_no_channel() -> None:
    assert Client().get("/tv/chess/").status_code == 404
