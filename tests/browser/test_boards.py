"""The boards alone: what they show of a view and what they send, without any match behind them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import play
from tests.browser.conftest import Person

pytestmark = pytest.mark.slow

Arrive = Callable[..., Person]

PUT = """async ([name, properties]) => {
  await import(`/static/boards/${name}.js`);
  document.querySelector("[data-board]")?.remove();
  const board = Object.assign(document.createElement(`board-${name}`), properties);
  board.dataset.board = "";
  board.className = "board";
  board.addEventListener("move", (event) => (window.chosen = [...(window.chosen ?? []), event.detail]));
  document.querySelector("main").replaceChildren(board);
}"""


def put(page: Page, name: str, **properties: Any) -> None:
    page.goto("/me/")
    page.evaluate(PUT, [name, properties])


def chosen(page: Page) -> list[Any]:
    return list(page.evaluate("window.chosen ?? []"))


FOUR = {"columns": ["0", "", "", "010101", "", "", ""], "last": 3}


def test_a_full_column_and_a_board_out_of_turn_take_no_move(person: Arrive) -> None:
    page = person().page
    put(page, "connect-four", view=FOUR, moves=[0, 1, 2, 4, 5, 6], seat=1)
    play.cell(page, 3).click()
    play.cell(page, 2).click()
    page.evaluate("document.querySelector('[data-board]').moves = null")
    play.cell(page, 1).click()
    assert chosen(page) == [2]


def test_a_column_that_may_be_played_shows_where_the_disc_would_lie(person: Arrive) -> None:
    page = person().page
    put(page, "connect-four", view=FOUR, moves=[0, 1, 2, 4, 5, 6], seat=1)
    play.cell(page, 0).hover()
    expect(page.locator(".ghost .piece")).to_have_count(1)
    play.cell(page, 3).hover()
    expect(page.locator(".ghost .piece")).to_have_count(0)


def test_a_pending_move_is_shown_and_taken_back_when_it_is_refused(person: Arrive) -> None:
    page = person().page
    put(page, "connect-four", view=FOUR, moves=[0, 1], seat=1, pending=1)
    expect(page.locator(".pending")).to_have_count(1)
    play.cell(page, 0).click()
    assert chosen(page) == []
    page.evaluate("document.querySelector('[data-board]').pending = undefined")
    expect(page.locator(".pending")).to_have_count(0)


def test_seats_differ_in_shape_and_not_only_in_colour(person: Arrive) -> None:
    page = person().page
    for name, view in (("connect-four", FOUR), ("tic-tac-toe", {"board": ".........", "last": None})):
        put(page, name, view=view)
        shapes = page.evaluate(
            "[0, 1].map((seat) => document.querySelector('[data-board]').mark(seat).lastChild.outerHTML)"
        )
        assert shapes[0] != shapes[1]


def test_nothing_moves_for_those_who_want_no_motion(person: Arrive) -> None:
    page = person(reduced_motion="reduce").page
    put(page, "connect-four", view={"columns": [""] * 7, "last": None})
    page.evaluate("document.querySelector('[data-board]').view = { columns: ['0', '', '', '', '', '', ''], last: 0 }")
    expect(page.locator(".falls")).to_have_css("animation-name", "none")


def test_any_game_can_be_played_on_the_generic_board(person: Arrive) -> None:
    page = person().page
    view = {"hands": {"0": ["a", "b"], "1": ["<i>"]}, "round": 3, "trump": None}
    put(page, "generic", view=view, moves=[{"bid": 1}, {"bid": 2}, "pass"], seat=0, last="pass")
    expect(page.locator(".plain")).to_contain_text("<i>")
    expect(page.get_by_text("Last move: pass")).to_have_count(1)
    page.get_by_role("button", name="pass").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    page.evaluate("document.querySelector('[data-board]').pending = { bid: 2 }")
    expect(page.get_by_role("button", name="pass")).to_be_disabled()
    assert chosen(page) == [{"bid": 2}]
