"""What people do with the pages, in the tests' words."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

COLUMNS = 7


def invite(page: Page, game: str, *, seat: str = "First to move", against: str = "A friend") -> str:
    """Start a match and give its address."""
    page.goto(f"/new/{game}/")
    page.get_by_label(re.compile(against)).check()
    choice = page.get_by_label(seat, exact=True)
    if choice.count():  # where all begin alike nobody is asked for a seat
        choice.check()
    page.get_by_role("button", name="Start").click()
    expect(page.locator(".near .you")).to_have_text("you")
    return page.url


def sit(page: Page, address: str) -> None:
    """Arrive by a link and sit down with one click."""
    page.goto(address)
    page.get_by_role("button", name="Sit down and play").click()
    expect(page.locator(".near .you")).to_have_text("you")


def begin(one: Page, other: Page, game: str = "connect-four") -> str:
    """A match between two; `one` moves first."""
    address = invite(one, game)
    sit(other, address)
    my_turn(one)
    return address


def my_turn(page: Page) -> None:
    expect(page.locator(".near .seat.turn")).to_be_visible()


def cell(page: Page, index: int) -> Locator:
    return page.locator("[data-board] [role=gridcell]").nth(index)


def play(page: Page, index: int) -> None:
    """Make a move as soon as it is this page's turn, and see it settle."""
    my_turn(page)
    cell(page, index).click()
    expect(page.locator(".near .seat.turn")).to_have_count(0)


def board(page: Page) -> list[str]:
    """The board as a screen reader hears it, cell by cell, without names."""
    labels = page.locator("[data-board] [role=gridcell]").evaluate_all("cells => cells.map(c => c.ariaLabel)")
    return [str(label) for label in labels]


def moves(page: Page) -> list[str]:
    """The moves that are listed, without the time that a record tells beside each."""
    told = page.locator("[data-moves] li").evaluate_all(
        "all => all.map(item => item.querySelector('button, span').firstChild.textContent)"
    )
    return [str(text).strip() for text in told]


def result(page: Page) -> Locator:
    return page.locator("[data-say]")
