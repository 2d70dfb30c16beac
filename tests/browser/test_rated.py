"""Two people play a rated match and see, at its end and afterwards, what it did to their ratings."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser import play
from tests.browser.conftest import PHONE, Person

pytestmark = pytest.mark.slow

Arrive = Callable[..., Person]


def test_a_rated_match_tells_both_what_it_gave_and_took(person: Arrive) -> None:
    ann, bo = person(), person(viewport=PHONE, has_touch=True, color_scheme="dark")
    page = ann.page
    page.goto("/new/tic-tac-toe/")
    rated = page.get_by_label("Rated")
    expect(rated).to_be_hidden()  # without a clock nobody can be made to move
    page.get_by_label("3+2", exact=True).check()
    rated.check()
    page.get_by_label(re.compile("A friend")).check()
    page.get_by_label("First to move", exact=True).check()
    page.get_by_role("button", name="Start").click()
    expect(page.locator(".control")).to_have_text("3+2 · rated")
    expect(page.locator(".near .rating")).to_have_text(re.compile(r"1500\?"))
    play.sit(bo.page, page.url)
    for mover, cell in ((ann, 0), (bo, 3), (ann, 1), (bo, 4)):
        play.play(mover.page, cell)
    play.my_turn(page)
    play.cell(page, 2).click()
    expect(play.result(page)).to_have_text("You won")
    expect(page.locator("[data-rated]")).to_have_text("Your rating: 1662? (+162)")
    expect(bo.page.locator("[data-rated]")).to_have_text("Your rating: 1338? (−162)")
    expect(bo.page.locator(".far .rating")).to_have_text(re.compile(r"1662\? \+162"))

    # It is there again when the page is opened anew, and on the record.
    bo.page.reload()
    expect(bo.page.locator("[data-rated]")).to_have_text("Your rating: 1338? (−162)")
    page.goto(page.url + "record/#6")
    page.get_by_role("button", name="End").click()
    expect(page.locator(".near .rating")).to_have_text(re.compile(r"1662\? \+162"))
