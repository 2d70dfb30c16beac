"""A tournament as people see it: created on a page, joined, played and won, with everything moving by itself."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests import servers
from tests.browser import play
from tests.browser.conftest import PHONE, Person

pytestmark = pytest.mark.slow

Arrive = Callable[..., Person]

SIGNED_IN = """
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from players.models import Player
olga = Player.objects.create_superuser("olga", password=None, name="Olga")
session = import_module(settings.SESSION_ENGINE).SessionStore()
session[SESSION_KEY] = str(olga.pk)
session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
session[HASH_SESSION_KEY] = olga.get_session_auth_hash()
session.create()
print("session", session.session_key)
"""
LINE = (0, 1, 2, 3)
# A shared machine may take its time; people would not wait so long.
PATIENCE_S = 30


def admin(server: servers.MadangServer, person: Person) -> Page:
    """The page of somebody who may create tournaments, signed in."""
    said = server.command("shell", "-c", SIGNED_IN)
    key = said.split("session ")[1].split()[0]
    person.context.add_cookies([{"name": "sessionid", "value": key, "url": server.url}])
    return person.page


def create(page: Page) -> str:
    """An arena of connect-four with a short clock, by the form; its address."""
    page.goto("/tournaments/")
    page.get_by_role("link", name="New tournament").click()
    form = page.get_by_role("main")
    form.get_by_label("Name").fill("Evening arena")
    form.get_by_label("Minutes", exact=True).fill("5")
    form.get_by_label("Your own").check()
    form.get_by_label("Minutes for each player").fill("1")
    form.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", name="Evening arena")).to_be_visible()
    return page.url


def standing(page: Page) -> list[str]:
    """Names and points, the best first."""
    rows = page.locator("[data-places] tr")
    return [f"{row.locator('bdi').inner_text()} {row.locator('.points').inner_text()}" for row in rows.all()]


def led_away(pages: list[Page]) -> list[Page]:
    """The two whom their pages have led to their match; nobody has touched anything."""
    deadline = time.monotonic() + PATIENCE_S
    while len(gone := [page for page in pages if "/match/" in page.url]) < 2:
        assert time.monotonic() < deadline, "nobody was led to a match"
        pages[0].wait_for_timeout(200)
    return gone


def win(pages: list[Page]) -> tuple[Page, Page]:
    """Two who are at a match play it: who moves first fills the bottom row. Winner and loser."""
    for page in pages:
        expect(page.locator(".seat.turn")).to_be_visible()
    first, second = sorted(pages, key=lambda page: page.locator(".near .seat.turn").count(), reverse=True)
    for column in LINE:
        play.play(first, column)
        if column != LINE[-1]:
            play.play(second, column)
    for page, told in ((first, "You won"), (second, "You lost")):
        expect(play.result(page)).to_have_text(told)
    return first, second


def test_an_arena_from_the_form_to_the_winner(person: Arrive, server: servers.MadangServer) -> None:
    olga = admin(server, person())
    address = create(olga)
    people = [person().page, person(viewport=PHONE, has_touch=True).page, person().page]
    for page in people:
        page.goto(address)
        page.get_by_role("button", name="Join", exact=True).click()
        expect(page.locator("[data-say]")).to_contain_text("You are in")
    expect(olga.locator("[data-places] tr")).to_have_count(3)
    olga.get_by_role("button", name="Start now").click()
    expect(olga.locator("[data-left]")).to_contain_text("left")

    expect(olga.locator("[data-boards] li")).to_have_count(1)
    winner, loser = win(led_away(people))
    expect(olga.locator("[data-places] tr .points").first).to_have_text("2")
    assert [line.rsplit(" ", 1)[1] for line in standing(olga)] == ["2", "0", "0"]

    winner.get_by_role("link", name="Back to the tournament").click()
    expect(winner.locator("[data-say]")).to_contain_text("You: place 1 with 2 points.")
    # The third has waited; the winner is back first and meets them.
    winner.wait_for_url("**/match/**", timeout=PATIENCE_S * 1000)
    loser.get_by_role("link", name="Back to the tournament").click()
    expect(loser.locator("[data-say]")).to_contain_text("paired as soon as")

    olga.get_by_role("button", name="Call it off").click()
    olga.get_by_role("dialog").get_by_role("button", name="Call it off").click()
    expect(loser.locator("[data-say]")).to_have_text("It was called off.")
