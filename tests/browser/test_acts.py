"""What can be done around a match, in the hand: within reach on a small phone, refused in words, never done twice."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from games.host.checks import PAUSES_EACH
from tests.browser import play
from tests.browser.conftest import Person
from tests.browser.test_around import press
from tests.browser.test_pages import LARGEST_SHIFT, SHIFTS

pytestmark = pytest.mark.slow

Arrive = Callable[..., Person]

# What remains of a small phone's screen under a browser's own bars.
SMALL = {"width": 390, "height": 664}
IN_SIGHT = """button => {
  const { top, bottom } = button.getBoundingClientRect();
  return top >= 0 && bottom <= innerHeight;
}"""


def in_sight(page: Page, name: str) -> bool:
    button = page.get_by_role("button", name=name, exact=True)
    expect(button).to_be_visible()
    return bool(button.evaluate(IN_SIGHT))


def said(page: Page) -> list[dict[str, Any]]:
    """All messages that the page sends from its next socket on."""
    sent: list[dict[str, Any]] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(json.loads(str(frame)))))
    return sent


def test_who_arrives_by_a_link_sees_where_to_sit_down_without_scrolling(person: Arrive) -> None:
    ann, bo = person(viewport=SMALL, has_touch=True).page, person(viewport=SMALL, has_touch=True).page
    address = play.invite(ann, "connect-four")
    assert in_sight(ann, "Copy the link")
    bo.goto(address)
    assert in_sight(bo, "Sit down and play")


def test_the_link_is_copied_and_the_button_says_so(person: Arrive) -> None:
    ann = person()
    ann.context.grant_permissions(["clipboard-read", "clipboard-write"])
    address = play.invite(ann.page, "connect-four")
    press(ann.page, "Copy the link")
    expect(ann.page.get_by_role("button", name="Copied")).to_be_visible()
    assert ann.page.evaluate("navigator.clipboard.readText()") == address
    expect(ann.page.get_by_role("button", name="Copy the link")).to_be_visible()


def test_an_offer_is_answered_without_scrolling_and_moves_nothing(person: Arrive) -> None:
    ann, bo = person().page, person(viewport=SMALL, has_touch=True).page
    for page in (ann, bo):
        page.add_init_script(f"({SHIFTS})()")
    play.begin(ann, bo)
    for page, column in ((ann, 0), (bo, 1), (ann, 2)):
        play.play(page, column)
    for page in (ann, bo):
        page.evaluate("window.shifts = 0")
    press(ann, "Offer a draw")
    assert in_sight(bo, "Accept the draw")
    assert in_sight(bo, "Play on")
    press(bo, "Play on")
    expect(bo.get_by_role("button", name="Play on")).to_be_hidden()
    expect(ann.locator("[data-why]")).to_be_empty()
    for page in (ann, bo):
        assert page.evaluate("window.shifts") < LARGEST_SHIFT


def test_a_second_tap_on_an_offer_does_nothing_and_another_button_does_not_take_its_place(person: Arrive) -> None:
    ann, bo = person(), person().page
    sent = said(ann.page)
    play.begin(ann.page, bo)
    for page, column in ((ann.page, 0), (bo, 1), (ann.page, 2)):
        play.play(page, column)
    button = ann.page.get_by_role("button", name="Offer a draw")
    before = button.bounding_box()
    button.dblclick()
    expect(ann.page.locator("[data-why]")).to_have_text("You offered a draw.")
    assert button.bounding_box() == before
    button.click(force=True)
    bo.get_by_role("button", name="Accept the draw").click()
    expect(play.result(ann.page)).to_have_text("Draw")
    assert [one["what"] for one in sent if one["type"] == "offer"] == ["draw"]


def test_what_cannot_be_offered_now_is_refused_in_words(person: Arrive) -> None:
    ann, bo = person().page, person().page
    play.begin(ann, bo)
    for page, column in ((ann, 0), (bo, 1)):
        play.play(page, column)
    press(ann, "Offer a draw")
    press(bo, "Play on")
    expect(ann.locator("[data-why]")).to_be_empty()
    press(ann, "Offer a draw")
    expect(ann.locator("[data-line]")).to_contain_text("you cannot make it now")


def test_a_pause_too_many_is_refused_in_words(person: Arrive) -> None:
    ann, bo = person(viewport=SMALL, has_touch=True).page, person().page
    play.sit(bo, play.invite(ann, "light-cycles"))
    for _ in range(PAUSES_EACH):
        press(ann, "Pause")
        assert in_sight(ann, "Let it go on")
        press(ann, "Let it go on")
        expect(ann.get_by_role("button", name="Let it go on")).to_be_hidden()
    press(ann, "Pause")
    expect(ann.locator("[data-line]")).to_contain_text("you have paused it often enough")


def test_what_was_asked_before_the_end_asks_no_more_after_it(person: Arrive) -> None:
    ann, bo = person().page, person(viewport=SMALL, has_touch=True).page
    play.begin(ann, bo, "tic-tac-toe")
    for page, cell in ((ann, 0), (bo, 3)):
        play.play(page, cell)
    press(ann, "Resign")
    expect(ann.locator("dialog[open]")).to_be_visible()
    press(bo, "Resign")
    bo.locator("dialog[open]").get_by_role("button", name="Resign").click()
    expect(ann.locator("dialog[open]")).to_have_count(0)
    expect(play.result(ann)).to_have_text("You won")
    assert in_sight(bo, "Rematch")
    press(bo, "Rematch")
    press(ann, "Accept the rematch")
    for page in (ann, bo):
        page.wait_for_url(re.compile("/match/"))
        expect(page.locator(".near .you")).to_have_text("you")


def test_a_second_tab_takes_the_seat_and_the_first_says_so(person: Arrive) -> None:
    ann = person()
    address = play.invite(ann.page, "connect-four")
    other = ann.tab()
    other.goto(address)
    expect(other.locator(".near .you")).to_have_text("you")
    expect(ann.page.locator("[data-line]")).to_have_text("You play this match in another tab or on another device.")
    press(ann.page, "Play in this tab")
    expect(ann.page.locator("[data-line]")).to_have_text("")
    expect(other.get_by_role("button", name="Play in this tab")).to_be_visible()
