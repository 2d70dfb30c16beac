"""The generic board: every kind of game can be played with it, also where moves are not listed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Person
from tests.browser.test_boards import chosen, put

pytestmark = pytest.mark.slow

Arrive = Callable[..., Person]


def put_generic(page: Page, known: dict[str, Any], **properties: Any) -> None:
    put(page, "generic", view={})
    # As the match page makes it: with what a seat may do at the start.
    again = """([known, properties]) => {
      const board = Object.assign(document.createElement("board-generic"), properties);
      board.className = "board";
      board.dataset.board = "";
      board.dataset.choices = known;
      board.addEventListener("move", (event) => (window.chosen = [...(window.chosen ?? []), event.detail]));
      document.querySelector("main").replaceChildren(board);
    }"""
    page.evaluate(again, [json.dumps(known), {"view": {"at": [1, 2], "deep": {"a": None}}, **properties}])


def test_moves_that_are_told_are_buttons_and_nothing_is_typed(person: Arrive) -> None:
    page = person().page
    put_generic(page, {"listed": None, "such": None}, moves=["up", {"to": 3}], seat=0, asked=True)
    expect(page.locator(".choices button")).to_have_text(["up", '{"to":3}'])
    expect(page.locator("[data-board] form")).to_be_hidden()
    page.locator(".choices button").nth(1).click()
    assert chosen(page) == [{"to": 3}]


def test_moves_that_cannot_be_listed_are_typed_as_json(person: Arrive) -> None:
    page = person().page
    put_generic(page, {"listed": None, "such": {"at": 5}}, moves=None, seat=0, asked=True)
    line = page.get_by_label("A move, as JSON")
    expect(line).to_have_value('{"at":5}')
    line.press("Enter")
    line.fill("pass")
    line.press("Enter")
    assert chosen(page) == [{"at": 5}, "pass"]


def test_out_of_turn_and_for_spectators_there_is_nothing_to_type(person: Arrive) -> None:
    page = person().page
    for properties in ({"seat": 0, "asked": False}, {"seat": None, "asked": False}):
        put_generic(page, {"listed": None, "such": 1}, moves=None, **properties)
        expect(page.locator("[data-board] form")).to_be_hidden()


def test_while_ticks_run_the_moves_of_the_start_are_buttons_that_stay(person: Arrive) -> None:
    page = person().page
    put_generic(page, {"listed": ["up", "down"], "such": "up"}, moves=None, seat=1, ticks={"running": True})
    expect(page.locator(".choices button")).to_have_text(["up", "down"])
    page.evaluate("window.first = document.querySelector('.choices button')")
    page.evaluate("document.querySelector('[data-board]').view = {at: [3, 4]}")
    expect(page.locator(".plain")).to_contain_text("3")
    assert page.evaluate("window.first.isConnected")
    page.locator(".choices button").first.click()
    page.locator(".choices button").first.click()
    assert chosen(page) == ["up", "up"]


def test_when_the_ticks_stand_still_there_is_nothing_to_choose(person: Arrive) -> None:
    page = person().page
    put_generic(page, {"listed": ["up"], "such": "up"}, moves=None, seat=1, ticks={"running": False})
    expect(page.locator(".choices button")).to_have_count(0)
