"""Battleship and Rock paper scissors in the browser, and what one player's page never holds: the other's secrets."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import play
from tests.browser.conftest import PHONE, Person

pytestmark = pytest.mark.slow

Arrive = Callable[..., Person]
Ship = dict[str, Any]
SIZE = 8
# All that hangs on the page: what its scripts were given, what it draws, what it keeps.
MEMORY = """() => {
  const { view, moves, pending, made } = document.querySelector("[data-board]");
  const kept = [...Object.entries(localStorage), ...Object.entries(sessionStorage)];
  return JSON.stringify([view, moves, pending, made, kept, document.documentElement.outerHTML]);
}"""
# Every fleet laid at random is then the same: a row and three columns in the upper corners, and A2 with B2.
NO_CHANCE = "Math.random = () => 0;"


class Wire:
    """Every frame between a page and the server, from its first socket on."""

    def __init__(self, page: Page) -> None:
        self.heard: list[str] = []
        self.said: list[str] = []
        page.on("websocket", self._opened)

    def _opened(self, socket: Any) -> None:
        socket.on("framereceived", lambda frame: self._hear(str(frame)))
        socket.on("framesent", lambda frame: self.said.append(str(frame)))

    def _hear(self, frame: str) -> None:
        if '"pong"' not in frame:  # which comes by the clock, whatever happens
            self.heard.append(frame)

    def fleet(self) -> list[Ship]:
        """The one fleet that this page sent."""
        moves = [message["m"] for message in map(json.loads, self.said) if message["type"] == "move"]
        (fleet,) = [move for move in moves if isinstance(move, dict)]
        return list(fleet["ships"])


def ships_in(text: str) -> list[Ship]:
    """Every ship that is written anywhere in a text, however often it is quoted."""
    found = re.findall(r'\\*"at\\*":\s*(\d+),\s*\\*"down\\*":\s*(true|false)', text)
    return [{"at": int(at), "down": down == "true"} for at, down in found]


def sunk_for(page: Page) -> list[Ship]:
    """The ships that everyone knows by now."""
    seas = page.evaluate("Object.values(document.querySelector('[data-board]').view.seas)")
    return [ship for sea in seas for ship in sea["sunk"].values()]


def ready(page: Page) -> None:
    page.get_by_role("button", name="Ready").click()


def starting(one: Page, other: Page) -> tuple[Page, Page]:
    """Who shoots first, and who answers."""
    for page in (one, other):
        expect(page.locator("[data-board].placing")).to_have_count(0)
        expect(page.locator(".seat.turn")).to_have_count(1)
    return (one, other) if one.locator(".near .seat.turn").count() else (other, one)


def shoot(page: Page, cell: int) -> None:
    play.my_turn(page)
    page.locator(".front [role=gridcell]").nth(cell).click()
    expect(page.locator(".near .seat.turn")).to_have_count(0)


def resign(page: Page) -> None:
    page.get_by_role("button", name="Resign").click()
    page.locator("dialog").get_by_role("button", name="Resign").click()


def laid(page: Page) -> list[Ship]:
    """Where the ships on the large sea lie, read from what is drawn."""
    drawn = page.locator(".front .ship").evaluate_all("ships => ships.map(ship => ship.getAttribute('transform'))")
    places = [(transform, *map(int, re.findall(r"\d+", transform)[:2])) for transform in drawn]
    return [{"at": y // 100 * SIZE + x // 100, "down": "rotate" in transform} for transform, x, y in places]


def test_a_page_never_holds_the_others_fleet_before_the_end(person: Arrive) -> None:
    ann, bo, watcher = person().page, person().page, person().page
    wires = {page: Wire(page) for page in (ann, bo, watcher)}
    play.sit(bo, address := play.invite(ann, "battleship"))
    watcher.goto(address)
    ready(ann)
    expect(ann.get_by_text("Your fleet is placed.")).to_be_visible()
    ann.reload()
    # What one has chosen is shown again, by its own ships and no others, and can still not be moved.
    expect(ann.get_by_text("Your fleet is placed.")).to_be_visible()
    assert laid(ann) == wires[ann].fleet()
    first_at = wires[ann].fleet()[0]["at"]
    expect(ann.locator(".front [role=gridcell]").nth(first_at)).to_have_attribute("aria-label", re.compile(": ship"))
    expect(ann.get_by_role("button", name="Shuffle")).to_be_disabled()
    ready(bo)
    first, second = starting(ann, bo)
    for index in range(6):
        shoot(first, index * (SIZE + 1))
        shoot(second, index * (SIZE + 1) + 1)
        if index == 2:
            ann.reload()
            expect(ann.locator(".near .you")).to_have_text("you")
    fleets = {page: wires[page].fleet() for page in (ann, bo)}
    for page, others in ((ann, [bo]), (bo, [ann]), (watcher, [ann, bo])):
        known = sunk_for(page) + fleets.get(page, [])
        held = ships_in(page.evaluate(MEMORY)) + ships_in("\n".join(wires[page].heard))
        # One's own are found, so the search finds what is there.
        assert all(ship in held for ship in known)
        hidden = [ship for other in others for ship in fleets[other] if ship not in known]
        assert hidden
        assert [ship for ship in hidden if ship in held] == []
    expect(ann.locator(".front .ship")).to_have_count(len([ship for ship in sunk_for(ann) if ship in fleets[bo]]))
    resign(bo)
    expect(play.result(ann)).to_have_text("You won")
    for page in (ann, watcher):
        shown = ships_in("\n".join(wires[page].heard))
        assert all(ship in shown for ship in fleets[bo])
    expect(ann.locator(".front .ship")).to_have_count(5)


def test_a_fleet_is_laid_by_mouse_and_keys_and_placed_as_it_lies(person: Arrive) -> None:
    ann, bo = person().page, person().page
    ann.add_init_script(NO_CHANCE)
    wire = Wire(ann)
    play.sit(bo, play.invite(ann, "battleship"))
    expect(ann.locator(".front .draft")).to_have_count(5)
    *others, pair = laid(ann)
    assert pair == {"at": SIZE, "down": False}
    drag(ann, pair["at"], 33)
    assert laid(ann) == [*others, {"at": 33, "down": False}]
    ann.keyboard.press("r")
    for _ in range(4):
        ann.keyboard.press("ArrowRight")
    assert laid(ann) == [*others, {"at": 37, "down": True}]
    ann.keyboard.press("ArrowUp")
    expect(ann.locator(".front .clash")).to_have_count(2)
    expect(ann.get_by_role("button", name="Ready")).to_be_disabled()
    ann.keyboard.press("ArrowDown")
    ann.keyboard.press("Escape")
    ready(ann)
    expect(ann.get_by_text("Your fleet is placed.")).to_be_visible()
    assert wire.fleet() == [*others, {"at": 37, "down": True}]
    # Nothing can be moved any more, and it is not this page's turn.
    drag(ann, 37, 60)
    assert laid(ann) == wire.fleet()
    expect(ann.locator(".near .seat.turn")).to_have_count(0)


def drag(page: Page, start: int, end: int) -> None:
    box = page.locator(".front .sea").bounding_box()
    assert box is not None
    cell = box["width"] / SIZE
    for at, act in ((start, page.mouse.down), (end, page.mouse.up)):
        page.mouse.move(box["x"] + (at % SIZE + 0.5) * cell, box["y"] + (at // SIZE + 0.5) * cell, steps=4)
        act()


def test_a_finger_aims_first_where_cells_are_small(person: Arrive) -> None:
    ann, bo = person(viewport=PHONE, has_touch=True).page, person(viewport=PHONE, has_touch=True).page
    play.sit(bo, play.invite(ann, "battleship"))
    for page in (ann, bo):
        page.get_by_role("button", name="Ready").tap()
    first, second = starting(ann, bo)
    cell = first.locator(".front [role=gridcell]").nth(20)
    box = cell.bounding_box()
    assert box is not None
    assert box["width"] < 44, "this test is about small cells"
    cell.tap()
    expect(first.get_by_role("button", name="Shoot at E3")).to_be_enabled()
    play.my_turn(first)
    first.get_by_role("button", name="Shoot at E3").tap()
    play.my_turn(second)
    expect(second.locator(".back .marks > *")).to_have_count(1)
    # A second tap on the cell shoots as well.
    target = second.locator(".front [role=gridcell]").nth(9)
    target.tap()
    target.tap()
    play.my_turn(first)


def test_shots_by_keys_are_read_out_and_nothing_shifts(person: Arrive) -> None:
    ann, bo = person().page, person().page
    play.sit(bo, play.invite(ann, "battleship"))
    ready(ann)
    ready(bo)
    first, second = starting(ann, bo)
    before = first.locator("[data-board]").bounding_box()
    first.locator(".front [role=gridcell]").nth(0).focus()
    for key in ("ArrowRight", "ArrowDown", "Enter"):
        first.keyboard.press(key)
    expect(second.locator("[data-board] [aria-live]")).to_contain_text(re.compile("B2, (miss|hit)"))
    expect(first.locator(".front [role=gridcell]").nth(9)).to_have_attribute("aria-label", re.compile("B2: (miss|hit)"))
    assert first.locator("[data-board]").bounding_box() == before
    assert play.moves(second) == ["B2"]


def test_a_throw_stays_hidden_until_both_have_thrown(person: Arrive) -> None:
    ann, bo, watcher = person().page, person(viewport=PHONE).page, person().page
    wires = [Wire(bo), Wire(watcher)]
    play.sit(bo, address := play.invite(ann, "rock-paper-scissors"))
    watcher.goto(address)
    expect(watcher.get_by_text("You are watching.")).to_be_visible()
    # That someone watches is told within a second of it, to everyone.
    while not any('"presence"' in frame for frame in wires[1].heard):
        watcher.wait_for_timeout(50)
    bo.wait_for_timeout(200)
    counts = [len(wire.heard) for wire in wires]
    throw(ann, "Paper")
    expect(ann.locator(".throws [aria-pressed=true]")).to_have_text(re.compile("Paper"))
    expect(ann.locator(".near .seat.turn")).to_have_count(0)
    # Stored by now, and nobody else was sent anything.
    assert [len(wire.heard) for wire in wires] == counts
    expect(bo.locator(".duel .throw")).to_have_count(0)
    ann.reload()
    expect(ann.locator(".throws [aria-pressed=true]")).to_have_text(re.compile("Paper"))
    expect(ann.locator(".duel .chosen .paper")).to_have_count(1)
    expect(ann.locator(".near .seat.turn")).to_have_count(0)
    throw(bo, "Rock")
    for page in (ann, bo, watcher):
        expect(page.locator(".duel .throw")).to_have_count(2)
        expect(page.locator(".duel .won .paper")).to_have_count(1)
    expect(bo.locator("[data-board] [aria-live]")).to_contain_text("Paper")
    throw(ann, "Paper")
    throw(bo, "Rock")
    expect(play.result(ann)).to_have_text("You won")
    expect(play.result(bo)).to_have_text("You lost")
    assert play.moves(ann) == ["Paper", "Rock"] * 2 or play.moves(ann) == ["Rock", "Paper"] * 2


def throw(page: Page, name: str) -> None:
    play.my_turn(page)
    page.get_by_role("button", name=re.compile(f"^{name}")).click()
