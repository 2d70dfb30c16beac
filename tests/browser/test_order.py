"""Keeping order, in real browsers: a ban closes the open page and says why, and a ruling is seen by both."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests import servers
from tests.browser import play
from tests.browser.conftest import Person

pytestmark = pytest.mark.slow

Arrive = Callable[..., Person]
PASSWORD = "a long pass phrase"
MAKE = f"""
from django.contrib.auth.models import Group
from players.models import Player
made = Player.objects.create_user("mod", password={PASSWORD!r}, name="Mod", is_staff=True)
made.groups.add(Group.objects.get(name="moderator"))
"""


@pytest.fixture
def moderator(server: servers.MadangServer, person: Arrive) -> Page:
    server.command("shell", "-c", MAKE)
    page = person().page
    page.goto("/admin/")
    page.get_by_label("Username").fill("mod")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()
    return page


def do(page: Page, title: str, **said: str) -> None:
    """Open what can be done, fill it in, and press its button."""
    page.locator("summary", has_text=re.compile(f"^{title}$")).click()
    form = page.locator("details[open]").filter(has_text=title).locator("form")
    for label, value in said.items():
        field = form.locator(f"[name={label}]")
        (field.select_option if field.evaluate("one => one.tagName") == "SELECT" else field.fill)(value)
    form.get_by_role("button", name=title).click()
    expect(page.get_by_text("Done:")).to_be_visible()


def test_a_moderator_decides_a_match_and_bans_a_player_whose_page_closes_at_once(
    moderator: Page, person: Arrive
) -> None:
    banned = person(viewport={"width": 390, "height": 844})
    ann, bo = person().page, banned.page
    address = play.begin(ann, bo)
    match = urlsplit(address).path.split("/")[2]

    moderator.goto(f"/admin/games/match/?q={match}")
    moderator.get_by_role("link", name=match).click()
    do(moderator, "Say something", words="We are looking at this match.")
    for page in (ann, bo):
        expect(page.locator("[data-chat]")).to_contain_text("We are looking at this match.")
    do(moderator, "Decide the result", words="An engine played.", side_0="2", side_1="0")
    for page in (ann, bo):
        expect(page.get_by_text("By decision of the house. An engine played.").first).to_be_visible()

    moderator.goto(f"/admin/players/player/?q={id_of(bo)}")
    moderator.locator("#result_list a").first.click()
    do(moderator, "Ban", reason="cheating", hours="72", words="An engine played for you.")
    expect(bo.get_by_role("heading", name="You are banned")).to_be_visible(timeout=3000)
    expect(bo.get_by_text("An engine played for you.")).to_be_visible()
    expect(ann.get_by_role("heading", name="You are banned")).to_have_count(0)
    assert all("403" in said for said in banned.complaints)  # the browser itself reports the page's status
    banned.complaints.clear()


def id_of(page: Page) -> str:
    """The public id of whoever looks at this page."""
    told = page.evaluate("fetch('/api/me').then((answer) => answer.json())")
    return str(told["id"])
