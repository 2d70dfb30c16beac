"""Two people find each other from the first page; who says no, or closes the tab, leaves nothing behind."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests import servers
from tests.browser.conftest import PHONE, Person
from tests.games.fleet import until

pytestmark = pytest.mark.slow

MATCH = re.compile(r"/match/\w{12}/$")


def look(page: Page, game: str = "connect-four") -> None:
    page.goto("/")
    page.locator("[data-seek] [name=game]").select_option(game)
    page.locator("[data-seek] [name=practice_after]").select_option("")
    page.get_by_role("button", name="Find an opponent").click()
    expect(page.locator("[data-waiting]")).to_be_visible()


def name_oneself(page: Page, name: str) -> str:
    """A guest of this name; their public id."""
    page.goto("/me/")
    page.locator("main input[name=name]").fill(name)
    page.locator("main button", has_text="Save the name").click()
    return str(page.locator("[data-calls]").get_attribute("data-you"))


@pytest.fixture
def two(person: Callable[..., Person]) -> tuple[Page, Page]:
    return person().page, person(viewport=PHONE, color_scheme="dark").page


def test_two_strangers_are_brought_together_by_one_press_each(two: tuple[Page, Page]) -> None:
    ada, ben = two
    look(ada)
    expect(ada.locator("[data-what]")).to_have_text("Connect Four · Blitz 3+2")
    expect(ada.locator("[data-estimate]")).to_contain_text("Too few have looked here lately")
    look(ben)
    for page in two:
        expect(page.get_by_role("dialog", name="A match is found")).to_be_visible()
        assert page.title().startswith("● Ready?"), "a hidden tab shows it"
    expect(ada.get_by_role("button", name="Ready")).to_be_focused()
    ada.keyboard.press("Enter")
    expect(ada.locator("[data-check-ready]")).to_have_text("1 of 2 are ready")
    ben.get_by_role("button", name="Ready").click()
    for page in two:
        page.wait_for_url(MATCH)
        expect(page.locator(".near .you")).to_have_text("you")
    assert ada.url == ben.url


def test_who_declines_is_out_and_the_other_waits_on_until_they_cancel(two: tuple[Page, Page]) -> None:
    ada, ben = two
    look(ada, "battleship")
    look(ben, "battleship")
    ben.get_by_role("button", name="Not now").click()
    expect(ben.locator("[data-seek]")).to_be_visible()
    expect(ada.get_by_role("dialog")).to_have_count(0)
    expect(ada.locator("[data-waiting]")).to_be_visible()
    ada.get_by_role("button", name="Cancel").click()
    expect(ada.locator("[data-seek]")).to_be_visible()


def test_a_tab_that_is_closed_leaves_no_ghost(two: tuple[Page, Page], server: servers.MadangServer) -> None:
    ada, ben = two
    look(ada, "tic-tac-toe")
    ada.close()
    look(ben, "tic-tac-toe")
    # A process looks ten times a second: whoever was seen within eight seconds would have been found by now.
    ben.wait_for_timeout(8500)
    expect(ben.locator("[data-waiting]")).to_be_visible()
    bens = ben.locator("[data-calls]").get_attribute("data-you")
    ghosts = f"from games.models import Seek; print(Seek.objects.exclude(leader__public_id='{bens}').count())"
    until(lambda: server.command("shell", "--no-imports", "-c", ghosts).strip() == "0", "the closed tab's seek is gone")


def test_a_challenge_reaches_the_other_on_any_page_and_takes_both_to_the_match(two: tuple[Page, Page]) -> None:
    ada, ben = two
    name_oneself(ada, "Ada")
    bens = name_oneself(ben, "Ben")
    ada.goto(f"/player/{bens}/")
    ada.get_by_role("link", name="Challenge").click()
    ada.get_by_label("Your seat").select_option("Second")
    ada.get_by_role("button", name="Challenge").click()
    expect(ada.locator("[data-calls]")).to_contain_text("You have challenged Ben")
    ben.goto("/")
    expect(ben.locator("[data-calls]")).to_contain_text("Ada challenges you")
    expect(ben.locator("[data-calls]")).to_contain_text("Connect Four · 5+0")
    ben.get_by_role("button", name="Accept").click()
    for page in two:
        page.wait_for_url(MATCH)
    expect(ben.locator(".near .seat.turn")).to_be_visible()


def test_a_party_is_joined_by_its_link_and_its_leader_takes_everyone_along(two: tuple[Page, Page]) -> None:
    ada, ben = two
    name_oneself(ada, "Ada")
    ada.goto("/")
    ada.get_by_text("With somebody you know").click()
    ada.get_by_role("button", name="Party of friends").click()
    ben.goto(ada.get_by_label("Send this link to friends").input_value())
    ben.get_by_role("button", name="Join the party").click()
    expect(ben.locator("[data-members] li")).to_have_count(2)
    expect(ada.locator("[data-members] li")).to_have_count(2)
    ada.get_by_role("button", name="Start for everyone").click()
    for page in two:
        page.wait_for_url(MATCH)
    assert ada.url == ben.url
