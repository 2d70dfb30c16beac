"""The admin's page of a match: its board after any entry."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client

from games.models import Entry, Match
from tests.games.callers import client_of, page, staff
from tests.games.played import FIRST_WINS, guest, joined, opened, played

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return client_of(staff())


class Boards(HTMLParser):
    """What the page's board is told, and every script and style that stands in the page itself."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.views: list[str] = []
        self.inline: list[str] = []
        self._inside = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag.startswith("board-"):
            self.views.append(given["data-view"] or "")
        self._inside = tag if tag in ("script", "style") and given.get("type") != "application/json" else ""
        self.inline += [name for name in given if name.startswith("on") or name == "style"]

    def handle_data(self, data: str) -> None:
        if self._inside and data.strip():
            self.inline.append(data)


def moment(client: Client, match: Match, query: str = "") -> str:
    response = client.get(page(Match, "change", match.pk) + query)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize(
    ("query", "column"),
    [("?n=0", ""), ("?n=2", ""), ("?n=3", "0"), ("?n=5", "00"), ("", "0000"), ("?n=999", "0000"), ("?n=x", "0000")],
)
def test_the_board_is_shown_after_any_entry(client: Client, query: str, column: str) -> None:
    html = moment(client, played(), query)
    (view,) = Boards(html).views
    assert f'"columns": ["{column}",' in view
    assert "boards/connect-four.js" in html


@pytest.mark.parametrize("query", ["?n=-1", "?n=²", "?n=99999999999999999999", "?n=", "?n=%00", "?n=1&n=2"])
def test_nonsense_shows_the_board_too(client: Client, query: str) -> None:
    assert Boards(moment(client, played(), query)).views


def test_one_can_step_from_entry_to_entry(client: Client) -> None:
    match = played()
    last = 2 + len(FIRST_WINS) + 1
    first, middle, end = (moment(client, match, f"?n={n}") for n in (0, 4, last))
    assert 'href="?n=1" rel="next"' in first
    assert 'rel="prev"' not in first
    assert 'href="?n=3" rel="prev"' in middle
    assert 'href="?n=5" rel="next"' in middle
    assert f"After entry 4 of {last}" in middle
    assert 'rel="next"' not in end


def test_the_page_holds_no_code_of_its_own(client: Client) -> None:
    response = client.get(page(Match, "change", played().pk))
    assert Boards(response.content.decode()).inline == []
    assert "'unsafe-inline'" not in response["Content-Security-Policy"]


def test_what_players_wrote_stays_text(client: Client) -> None:
    match = opened(guest("<script>x</script>"))
    html = moment(client, match)
    assert "<script>x" not in html


def test_the_seed_is_shown_only_at_the_end(client: Client) -> None:
    match = joined(opened())
    assert match.seed not in moment(client, match)
    assert match.seed in moment(client, played(match))


@pytest.mark.parametrize(
    ("change", "told"),
    [({"edition": 9}, "edition 9"), ({"options": {"size": 3}}, "size"), ({"result": {"scores": "x"}}, "scores")],
)
def test_a_record_that_cannot_be_folded_says_why(client: Client, change: dict[str, Any], told: str) -> None:
    match = played()
    Match.objects.filter(pk=match.pk).update(**change)
    html = moment(client, match)
    assert "cannot be folded" in html
    assert told in html
    assert Boards(html).views == []


def test_a_match_that_is_not_there_is_no_fault(client: Client) -> None:
    assert client.get(page(Match, "change", 10**9)).status_code == 302


def test_an_entry_links_to_its_board(client: Client) -> None:
    match = played()
    html = client.get(page(Entry, "changelist")).content.decode()
    assert f'{page(Match, "change", match.pk)}?n=4"' in html


def test_players_and_strangers_stay_outside() -> None:
    for visitor in (Client(SERVER_NAME="localhost"), client_of(guest())):
        assert visitor.get(page(Match, "changelist")).status_code == 302
