"""Words that would be programs stay words: on every page where somebody else reads them, admin's desk included.

The pages' consoles are watched (`conftest.person`): a policy that had to step in is a complaint, too.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Person
from tests.servers import MadangServer

pytestmark = pytest.mark.slow

Arrive = Callable[..., Person]

PAGES = (
    *("/", "/tv/", "/friends/", "/reports/", "/tournaments/", "/tournaments/{tournament}/", "/match/{match}/"),
    *("/match/{match}/record/", "/player/{ada}/", "/player/{eve}/", "/me/", "/account/", "/account/data/"),
)
DESK = (
    *("/admin/", "/admin/games/match/", "/admin/games/match/{pk}/change/", "/admin/games/chatline/"),
    *("/admin/players/player/", "/admin/players/player/{ada_pk}/change/", "/admin/players/ban/"),
    *("/admin/moderation/report/", "/admin/moderation/report/{report}/change/", "/admin/moderation/note/"),
    *("/admin/moderation/macro/", "/admin/moderation/announcement/", "/admin/moderation/act/", "/admin/games/seat/"),
    "/admin/tournaments/tournament/",
)
# What hostile words would leave behind, had they been read as anything else.
TRACES = """() => {
  const made = [...document.querySelectorAll("[onerror], [onload], img[src='x'], a[href^='javascript:']")];
  return [...made.map(one => one.outerHTML), ...(window.harmed ? ["a script ran"] : [])];
}"""


@pytest.fixture(scope="module")
def words(server: MadangServer) -> Any:
    script = Path(__file__).with_name("hostile.py")
    return json.loads(server.command("shell", "--no-imports", "-c", script.read_text()).splitlines()[-1])


def reader(arrive: Arrive, server: MadangServer, words: Any, name: str, **options: Any) -> Person:
    one = arrive(**options)
    one.context.add_cookies([{"name": words["cookie"], "value": words["sessions"][name], "url": server.url}])
    one.context.add_init_script("window.a = () => { window.harmed = true; }")
    return one


def look(one: Person, pages: tuple[str, ...], words: Any) -> dict[str, list[str]]:
    """What was made of hostile words, by page."""
    traces = {}
    for page in pages:
        answer = one.page.goto(page.format(**words))
        assert answer is not None
        assert answer.ok, f"{page}: {answer.status}"
        traces[page] = one.page.evaluate(TRACES)
    return {page: found for page, found in traces.items() if found}


@pytest.mark.parametrize("language", ["en", "ko"])
def test_players_read_hostile_words_as_words(person: Arrive, server: MadangServer, words: Any, language: str) -> None:
    ada = reader(person, server, words, "ada", locale=language)
    assert look(ada, PAGES, words) == {}
    ada.page.goto(f"/match/{words['match']}/")
    expect(ada.page.locator("[data-chat]")).to_contain_text("<script>a()</script>")  # it comes by the WebSocket


def test_those_who_keep_order_read_hostile_words_as_words(person: Arrive, server: MadangServer, words: Any) -> None:
    admin = reader(person, server, words, "admin")
    assert look(admin, DESK, words) == {}
    admin.page.goto(f"/admin/moderation/report/{words['report']}/change/")
    assert "<script>a()</script>" in admin.page.locator("body").inner_text()


def test_a_banned_person_reads_the_words_of_the_ban_as_words(person: Arrive, server: MadangServer, words: Any) -> None:
    eve = reader(person, server, words, "eve")
    answer = eve.page.goto("/")
    assert answer is not None
    assert answer.status == 403
    assert eve.page.evaluate(TRACES) == []
    assert "<script>a()</script>" in eve.page.locator("main").inner_text()
    # The page itself is refused with 403, which the console tells.
    eve.complaints[:] = [one for one in eve.complaints if "403" not in one]
