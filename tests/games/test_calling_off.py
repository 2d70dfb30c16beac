"""An admin calls a live match off, in a browser's words, on a real server: those who play it are told."""

from __future__ import annotations

import asyncio
import json
import re
import urllib.parse
import urllib.request
from collections.abc import Callable
from http.cookiejar import CookieJar
from typing import Any

import pytest
import websockets

from tests.servers import MadangServer
from tests.soak.seats import Api

pytestmark = pytest.mark.slow


class Browser:
    """Forms, cookies and Django's token in them."""

    def __init__(self, server: MadangServer) -> None:
        self.url = server.url
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> str:
        with self._opener.open(self.url + path, timeout=30) as answer:
            return str(answer.read().decode())

    def post(self, path: str, **fields: str) -> str:
        (token, *_) = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get(path))
        body = urllib.parse.urlencode({"csrfmiddlewaretoken": token, **fields}).encode()
        request = urllib.request.Request(self.url + path, body, {"Origin": self.url, "Referer": self.url + path})
        with self._opener.open(request, timeout=30) as answer:
            return str(answer.read().decode())


async def test_players_are_told_that_an_admin_has_called_their_match_off(
    madang_server: Callable[..., MadangServer],
) -> None:
    server = await asyncio.to_thread(madang_server)
    server.environ |= {"DJANGO_SUPERUSER_PASSWORD": "a long pass phrase"}
    await asyncio.to_thread(server.command, "createsuperuser", "--noinput", "--username=warden", "--name=Warden")
    api, browser = Api(server.url), Browser(server)
    key = (await api.post("/api/players", {"name": "Ann"}))["key"]
    match = await api.post("/api/matches", {"game": "connect-four", "opponent": "practice"}, key)
    async with websockets.connect(f"ws://127.0.0.1:{server.port}{match['socket']}") as seat:
        await seat.send(json.dumps({"type": "hello"}))
        await seat.recv()
        await asyncio.to_thread(
            browser.post, "/admin/login/?next=/admin/", username="warden", password="a long pass phrase"
        )
        (pk, *_) = re.findall(r"/admin/games/match/(\d+)/change/", browser.get("/admin/games/match/"))
        wish = {"action": "call_off", "_selected_action": pk, "reason": "The hall closes."}
        told = await asyncio.to_thread(browser.post, "/admin/games/match/", **wish)
        assert f"Match {match['id']}: Called off." in told
        over: Any = {}
        while over.get("type") != "over":
            over = json.loads(await asyncio.wait_for(seat.recv(), 5))
        assert over["result"]["reason"] == "aborted"
        assert over["result"]["words"] == "The hall closes."
    assert (await api.get(f"/api/matches/{match['id']}"))["status"] == "aborted"
    api.close()
