"""Records in a browser: played at any speed, stopped and gone on by keys, and seen through the eyes of a seat."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import play
from tests.browser.conftest import PHONE, Person
from tests.browser.test_battleship import ready, resign, shoot, starting
from tests.browser.test_clock import begin, faces
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
    expect(ann.get_by_text("Before the first move.")).to_be_visible()
    ann.get_by_label("Speed").select_option("16")
    ann.locator(PLAY).click()
    expect(ann.locator(PLAY)).to_have_text("Pause")
    expect(play.result(ann)).to_contain_text("won")
    expect(ann.locator(PLAY)).to_have_text("Play")
    ann.wait_for_url(f"**/record/#{ENTRIES}")
    ann.get_by_label("Speed").select_option("0.25")
    ann.locator(PLAY).click()
    expect(ann.get_by_text("Before the first move.")).to_be_visible()


def test_the_space_bar_stops_a_record_and_an_arrow_takes_it_a_step_further(person: Arrive) -> None:
    ann, bo = person().page, person().page
    address = finished(ann, bo)
    ann.goto(f"{address}record/#0")
    expect(ann.get_by_text("Before the first move.")).to_be_visible()
    ann.keyboard.press(" ")
    ann.wait_for_function("() => Number(document.querySelector('[data-bar]').value) >= 1")
    ann.keyboard.press(" ")
    expect(ann.locator(PLAY)).to_have_text("Play")
    stopped = at(ann)
    ann.wait_for_timeout(800)
    assert at(ann) == stopped
    ann.keyboard.press("ArrowRight")
    assert at(ann) == stopped + 1


def test_the_clocks_of_both_stand_as_they_stood_and_each_move_tells_its_time(person: Arrive) -> None:
    ann, bo, eye = person(), person(), person(viewport=PHONE, has_touch=True).page
    address = begin(ann, bo, {"kind": "fischer", "base_ms": 60_000, "extra_ms": 5_000})
    ann.page.wait_for_timeout(1300)
    for one, column in ((ann.page, 3), (bo.page, 3), (ann.page, 2)):
        play.play(one, column)
    seen = faces(bo.page)
    resign(ann.page)
    eye.goto(f"{address}record/#2")
    expect(eye.locator(".near .clock")).to_have_text("1:00")
    spent = [float(text.removesuffix(" s")) for text in eye.locator("[data-moves] .spent").all_inner_texts()]
    assert len(spent) == 3
    assert 1.2 < spent[0] < 30
    eye.keyboard.press("End")
    shown = [eye.locator(f".{side} .clock").inner_text() for side in ("far", "near")]
    assert [text[:3] for text in shown] == [text[:3] for text in seen]
    expect(eye.locator(".clock.running")).to_have_count(0)
    eye.goto(f"{address}record/#3")
    expect(eye.locator(".far .clock")).to_have_class("clock running")
    expect(eye.locator(".control")).to_have_text("1+5")


def test_a_clock_of_a_record_runs_while_it_plays(person: Arrive) -> None:
    ann, bo = person(), person()
    address = begin(ann, bo, {"kind": "fischer", "base_ms": 60_000})
    ann.page.wait_for_timeout(2500)
    play.play(ann.page, 3)
    play.play(bo.page, 3)
    resign(ann.page)
    ann.page.goto(f"{address}record/#2")
    expect(ann.page.locator(".near .clock.running")).to_have_text("1:00")
    ann.page.locator(PLAY).click()
    for face in ("0:59", "0:58"):
        expect(ann.page.locator(".near .clock")).to_have_text(face)
        expect(ann.page.locator("[data-why]")).to_contain_text("Before the first move.")


def test_the_bar_is_moved_by_keys_and_says_where_it_is(person: Arrive) -> None:
    ann, bo = person().page, person().page
    address = finished(ann, bo)
    ann.goto(f"{address}record/#0")
    bar = ann.locator("[data-bar]")
    expect(bar).to_have_attribute("aria-valuetext", "Before the first move.")
    bar.focus()
    for _ in range(3):
        bar.press("ArrowRight")
    name = str(ann.locator(".near .name").text_content())
    expect(bar).to_have_attribute("aria-valuetext", f"Move 1 of 5. {name}: top left")
    bar.press("End")
    expect(play.result(ann)).to_contain_text("won")
    bar.press("PageDown")
    assert 0 < at(ann) < ENTRIES
    bar.press("Home")
    expect(bar).to_have_attribute("aria-valuetext", "Before the first move.")


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
