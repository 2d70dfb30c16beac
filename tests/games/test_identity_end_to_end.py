"""Who may open a socket on a real server, as whom, and until when."""

from __future__ import annotations

import http.cookiejar
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from games.protocol.codes import Close
from tests import servers
from tests.games.wire import PATIENCE_S, Guest, Place, Table, close_code_after_hello, socket_to

PASSWORD = "correct horse battery staple"


@pytest.fixture(scope="module")
def server() -> Iterator[servers.MadangServer]:
    with servers.madang({"DJANGO_SUPERUSER_PASSWORD": PASSWORD}) as running:
        running.command("createsuperuser", "--noinput", "--username=ada", "--name=Ada")
        yield running


@pytest.fixture(scope="module")
def players(server: servers.MadangServer) -> list[Guest]:
    return [Guest(server), Guest(server)]


@pytest.fixture
def table(players: list[Guest]) -> Iterator[Table]:
    match = Table(players, "tic-tac-toe")
    yield match
    match.close()


class Browser:
    """Cookies, and forms sent with them."""

    def __init__(self, server: servers.MadangServer) -> None:
        self.server = server
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    @property
    def cookies(self) -> str:
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.jar)

    def submit(self, path: str, **fields: str) -> None:
        self.opener.open(self.server.url + "/admin/login/", timeout=PATIENCE_S).close()
        token = next(cookie.value for cookie in self.jar if cookie.name == "csrftoken")
        body = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": str(token)}).encode()
        self.opener.open(self.server.url + path, body, timeout=PATIENCE_S).close()


@pytest.fixture
def browser(server: servers.MadangServer) -> Browser:
    made = Browser(server)
    made.submit("/admin/login/", username="ada", password=PASSWORD, next="/admin/")
    return made


def refusal(server: servers.MadangServer, path: str, **options: Any) -> tuple[int, str]:
    with pytest.raises(InvalidStatus) as refused, socket_to(server, path, **options):
        pass
    return refused.value.response.status_code, bytes(refused.value.response.body or b"").decode()


@pytest.mark.parametrize("origin", ["null", "https://evil.example", "http://127.0.0.1", "http://127.0.0.1:1"])
def test_a_foreign_page_is_refused_at_the_handshake(server: servers.MadangServer, table: Table, origin: str) -> None:
    status, why = refusal(server, f"/ws/match/{table.match}", origin=origin)
    assert (status, "origin" in why) == (403, True)


def test_another_subprotocol_is_refused_and_the_answer_names_ours(server: servers.MadangServer, table: Table) -> None:
    status, why = refusal(server, f"/ws/match/{table.match}", subprotocols=["graphql-ws"])
    assert (status, "madang.v1" in why) == (400, True)


@pytest.mark.parametrize("path", ["/ws/match/", "/ws/nothing", "/"])
def test_an_address_that_is_none_is_not_found(server: servers.MadangServer, path: str) -> None:
    assert refusal(server, path)[0] == 404


@pytest.mark.parametrize("match", ["8kVZ2mQpXw3a", "%00", "..%5c", "x" * 500])
def test_a_match_that_is_none_is_closed_as_such(server: servers.MadangServer, match: str) -> None:
    assert close_code_after_hello(server, match) == Close.NO_SUCH_MATCH


def test_a_page_of_ours_is_signed_in_by_cookie_and_a_program_with_that_cookie_is_not(
    server: servers.MadangServer, table: Table, browser: Browser
) -> None:
    cookies = {"Cookie": browser.cookies}
    with_page = Place(server, table.match, None, origin=server.url, additional_headers=cookies)
    with_program = Place(server, table.match, None, additional_headers=cookies)
    assert with_page.welcome["token"]
    assert with_program.welcome["token"] is None
    with_page.close()
    with_program.close()


def test_signing_out_closes_the_live_socket_within_a_second_and_its_resume_token_is_worthless(
    server: servers.MadangServer, table: Table, browser: Browser
) -> None:
    page = Place(server, table.match, None, origin=server.url, additional_headers={"Cookie": browser.cookies})
    browser.submit("/admin/logout/")
    signed_out = time.monotonic()
    assert page.close_code() == Close.SIGNED_OUT
    assert time.monotonic() - signed_out < 1
    assert close_code_after_hello(server, table.match, page.welcome["token"]) == Close.SIGNED_OUT
    page.close()


def test_a_ticket_works_once(server: servers.MadangServer, table: Table, players: list[Guest]) -> None:
    ticket = players[0].post("tickets", {})["ticket"]
    again = Place(server, table.match, ticket)
    assert again.welcome["seat"] == 0
    assert close_code_after_hello(server, table.match, ticket) == Close.TOKEN
    again.close()
    assert ticket not in server.output()


def test_a_resume_token_brings_a_player_back_to_this_match_and_to_no_other(
    server: servers.MadangServer, table: Table, players: list[Guest]
) -> None:
    token = table.seats[1].welcome["token"]
    table.reconnect(1)
    assert table.seats[1].welcome["seat"] == 1
    other = Table(players, "tic-tac-toe")
    assert close_code_after_hello(server, other.match, token) == Close.TOKEN
    other.close()
    assert token not in server.output()
