"""A ban at one process closes what the player has open at another, within a second, and says that it is one."""

from __future__ import annotations

import json
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator

import pytest

from games.protocol.codes import Close
from tests import servers
from tests.games.fleet import Fleet, Match, fleet
from tests.lobby.wire import Visitor
from tests.servers import MadangServer

pytestmark = pytest.mark.slow

KEEPER = """
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from players.models import Player
keeper = Player.objects.create_superuser("keeper", email="", password=None, name="Keeper")
session = import_module(settings.SESSION_ENGINE).SessionStore()
session[SESSION_KEY] = str(keeper.pk)
session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
session[HASH_SESSION_KEY] = keeper.get_session_auth_hash()
session.save()
print(settings.SESSION_COOKIE_NAME + "=" + session.session_key)
"""


@pytest.fixture
def made(postgres_url: str, redis_url: str) -> Iterator[Fleet]:
    with servers.database(postgres_url) as url, fleet(url, 2, {"REDIS_URL": redis_url}) as started:
        yield started


def post(server: MadangServer, path: str, cookie: str, **fields: str) -> int:
    csrf = "c" * 32
    wish = urllib.request.Request(
        server.url + path,
        urllib.parse.urlencode({"csrfmiddlewaretoken": csrf, **fields}).encode(),
        {"Cookie": f"{cookie}; csrftoken={csrf}", "Origin": server.url},
    )
    with urllib.request.urlopen(wish, timeout=10) as answer:
        return int(answer.status)


def test_a_ban_closes_everything_at_another_process_within_a_second(made: Fleet) -> None:
    here, there = made.servers
    match = Match(here, "connect-four")
    seats = [match.come(seat, there) for seat in (0, 1)]
    match.players[0].server = there
    visitor = Visitor(there, match.players[0])
    cookie = here.command("shell", "--no-imports", "-c", KEEPER).strip()
    ((pk,),) = made.sql("SELECT id FROM players_player WHERE public_id = %s", match.players[0].player)
    began_s = time.monotonic()
    assert post(here, f"/admin/players/player/{pk}/deed/ban/", cookie, reason="spam", term="168") == 200
    answered_s = time.monotonic()
    assert [one.close_code() for one in (seats[0], visitor)] == [Close.BANNED, Close.BANNED]
    assert time.monotonic() - answered_s < 1, (answered_s - began_s, time.monotonic() - answered_s)
    seats[1].say(json.dumps({"type": "ping", "at": 1}))
    assert seats[1].hear("pong")["at"] == 1, "the other plays on"
