"""Records in a browser: played at any speed, stopped and gone on by keys, and seen through the eyes of a seat."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import play
from tests.browser.conftest import PHONE, Person
from tests.browser.test_battleship import ready, resign, shoot, starting
from tests.browser.test_pages import finished

pytestmark = pytest.mark.slow

Arrive = Callable[..., Person]

PLAY = "[data-step=play]"
# Two entries seat the players, five are moves, one is the end.
ENTRIES = 8
KNOWN_SHIPS = "Object.values(document.querySelector('[data-board]').view.seas).map(sea => sea.ships.length)"


def at(page: Page) -> int:
    return int(page.locator("[data-bar]").input_value())


def test_a_record_plays_to_its_end_and_from_there_anew(person: Arrive) -> None:
    ann, bo = person().page, person().page
    address = finished(ann, bo)
    ann.goto(f"{address}record/#0")
    expect(ann.get_by_text(f"Entry 0 of {ENTRIES}")).to_be_visible()
    ann.get_by_label("Speed").select_option("16")
    ann.locator(PLAY).click()
    expect(ann.locator(PLAY)).to_have_text("Pause")
    expect(play.result(ann)).to_contain_text("won")
    expect(ann.locator(PLAY)).to_have_text("Play")
    ann.wait_for_url(f"**/record/#{ENTRIES}")
    ann.get_by_label("Speed").select_option("0.25")
    ann.locator(PLAY).click()
    expect(ann.get_by_text(f"Entry 0 of {ENTRIES}")).to_be_visible()


def test_the_space_bar_stops_a_record_and_an_arrow_takes_it_a_step_further(person: Arrive) -> None:
    ann, bo = person().page, person().page
    address = finished(ann, bo)
    ann.goto(f"{address}record/#0")
    expect(ann.get_by_text(f"Entry 0 of {ENTRIES}")).to_be_visible()
    ann.keyboard.press(" ")
    ann.wait_for_function("() => Number(document.querySelector('[data-bar]').value) >= 1")
    ann.keyboard.press(" ")
    expect(ann.locator(PLAY)).to_have_text("Play")
    stopped = at(ann)
    ann.wait_for_timeout(800)
    assert at(ann) == stopped
    ann.keyboard.press("ArrowRight")
    assert at(ann) == stopped + 1


def test_after_the_end_a_secret_match_can_be_seen_as_each_of_its_players_did(person: Arrive) -> None:
    ann, bo, eye = person().page, person().page, person(viewport=PHONE, has_touch=True).page
    play.sit(bo, address := play.invite(ann, "battleship"))
    ready(ann)
    ready(bo)
    first, second = starting(ann, bo)
    shoot(first, 0)
    resign(second)
    eye.goto(f"{address}record/")
    expect(play.result(eye)).to_contain_text("won")
    assert eye.evaluate(KNOWN_SHIPS) == [5, 5]
    eye.get_by_role("button", name="Back").click()
    eye.get_by_role("button", name="Back").click()
    assert eye.evaluate(KNOWN_SHIPS) == [0, 0]
    for seat, ships in (("0", [5, 0]), ("1", [0, 5]), ("", [0, 0])):
        eye.get_by_label("Seen by").select_option(seat)
        eye.wait_for_function(f"ships => String({KNOWN_SHIPS}) === String(ships)", arg=ships)
    assert eye.evaluate("document.documentElement.scrollWidth <= innerWidth")
