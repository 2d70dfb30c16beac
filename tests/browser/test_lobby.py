"""The first page lives, and television follows: what others do is seen without a reload, and nothing jumps."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PHONE, Person
from tests.browser.test_pages import LARGEST_SHIFT, SHIFTS
from tests.games.wire import Guest, Place
from tests.servers import MadangServer

pytestmark = pytest.mark.slow

Arrive = Callable[..., Person]
# The page stays with a result for six seconds.
FOLLOWED_MS = 20_000
NOTE = """() => document.addEventListener("madang:you", ({ detail }) => {
  document.body.dataset.challenges = detail.incoming.length;
})"""


def line(page: Page, which: str, match: str) -> Locator:
    return page.locator(f'[data-list="{which}"] [data-id="{match}"]')


def begun(ada: Guest, bob: Guest) -> str:
    match: str = ada.post("matches", {"game": "tic-tac-toe", "seat": 0})["id"]
    bob.post(f"matches/{match}/join", {"seat": 1})
    return match


def call_off(match: str, by: Guest) -> None:
    place = Place(by.server, match, by.post("tickets", {})["ticket"])
    place.say({"type": "abort", "c": 1})
    place.hear("over")
    place.close()


def test_a_seat_opens_is_taken_and_the_match_ends_before_the_eyes_of_who_looks(
    person: Arrive, server: MadangServer
) -> None:
    page, phone = person().page, person(viewport=PHONE, has_touch=True).page
    for one in (page, phone):
        one.goto("/")
        one.evaluate(SHIFTS)
    ada, bob = Guest(server), Guest(server)
    match = ada.post("matches", {"game": "tic-tac-toe", "seat": 0})["id"]
    for one in (page, phone):
        expect(line(one, "open", match)).to_contain_text("Tic-tac-toe")
        expect(line(one, "open", match)).to_contain_text("Sit down")
    # While somebody is about to click, the line stays, and says what has become of it.
    line(page, "open", match).hover()
    bob.post(f"matches/{match}/join", {"seat": 1})
    for one in (page, phone):
        expect(line(one, "live", match)).to_contain_text("Watch")
    expect(line(page, "open", match)).to_contain_text("taken")
    expect(line(phone, "open", match)).to_have_count(0)
    page.mouse.move(1, 1)
    expect(line(page, "open", match)).to_have_count(0)
    call_off(match, ada)
    for one in (page, phone):
        expect(line(one, "live", match)).to_have_count(0)
        assert one.evaluate("window.shifts") < LARGEST_SHIFT


def test_who_looks_for_nothing_hears_of_a_challenge_at_once(person: Arrive, server: MadangServer) -> None:
    page = person().page
    page.goto("/")
    page.locator('[data-game="tic-tac-toe"] button.main').click()  # a stranger becomes a guest
    page.wait_for_url("**/match/**")
    page.goto("/")
    page.evaluate(NOTE)
    you = page.locator("[data-lobby]").get_attribute("data-you")
    Guest(server).post("challenges", {"player": you, "game": "tic-tac-toe"})
    expect(page.locator("body")).to_have_attribute("data-challenges", "1")


def test_television_follows_to_the_next_match(person: Arrive, server: MadangServer) -> None:
    ada, bob, eve, dan = (Guest(server) for _ in range(4))
    first = begun(ada, bob)
    page, wall = person().page, person().page
    page.goto("/tv/tic-tac-toe/")
    expect(page.locator(f'[data-match="{first}"]')).to_be_visible()
    wall.goto("/tv/")
    channel = wall.locator('[data-channel="tic-tac-toe"]')
    names = channel.locator("[data-who]")
    expect(names).not_to_be_empty()
    shown = names.text_content()
    second = begun(eve, dan)
    wall.wait_for_timeout(1500)
    assert names.text_content() == shown  # however good another one is, this one is seen to its end
    call_off(first, ada)
    expect(page.locator("[data-follow]")).to_have_text("The next match follows.")
    expect(channel).to_contain_text("Called off")
    expect(page.locator(f'[data-match="{second}"]')).to_be_visible(timeout=FOLLOWED_MS)
    expect(names).not_to_have_text(str(shown), timeout=FOLLOWED_MS)
    call_off(second, eve)
