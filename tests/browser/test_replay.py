"""Records of games with ticks, in a browser: what is sought is what was seen, by bar, keys and address."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import play
from tests.browser.conftest import Person
from tests.browser.test_light_cycles import GAME, ROUND_MS, begin, riding

pytestmark = pytest.mark.slow

Arrive = Callable[..., Person]

# The millisecond of the record at which the walls are those that a page shows, and have been for a second.
FOUND = """async ([id, wanted]) => {
  let at = 0, view = null;
  for (let more = true; more;) {
    const told = await (await fetch(`/api/matches/${id}/frames?at=${at}`)).json();
    for (const { ms, view: whole, d } of told.frames) {
      const words = whole ?? { ...view, ...d, w: d.w ?? [...view.w, ...(d["w+"] ?? [])] };
      view = words;
      at = ms + 1;
      if (view.n === wanted.n && view.w.length === wanted.w.length && view.t >= 30) return ms;
    }
    more = told.more;
  }
  return null;
}"""
SHOWN = "document.querySelector('[data-board]').ticks.moment(Date.now()).after"
PICTURE = "document.querySelector('[data-board] canvas').toDataURL()"


def decided(page: Page) -> None:
    expect(page.locator("[data-board] .call")).to_contain_text("the round.", timeout=ROUND_MS)


def test_a_record_sought_to_a_moment_shows_the_picture_that_was_seen(person: Arrive) -> None:
    ann, bo, eye = (person().page for _ in range(3))
    address = begin(ann, bo, delay="")
    eye.goto(address)
    riding(eye)
    ann.keyboard.press("ArrowRight")
    bo.keyboard.press("ArrowRight")
    decided(eye)
    # Two seconds in which nothing moves: what flew off in the crash has come to rest.
    eye.wait_for_timeout(1200)
    seen, picture = eye.evaluate(SHOWN), eye.evaluate(PICTURE)
    eye.wait_for_timeout(800)
    moment = eye.evaluate(FOUND, [address.split("/")[-2], seen])
    assert moment is not None
    eye.goto(f"{address}record/#t={moment / 1000:.1f}")
    expect(eye.locator("[data-why]")).to_contain_text(re.compile(r"^\d:\d\d\.\d of "))
    expect(eye.locator("[data-board] .call")).to_contain_text("the round.")
    assert eye.evaluate(SHOWN)["w"] == seen["w"]
    eye.wait_for_timeout(600)  # what flew off in the crash has come to rest here too
    assert eye.evaluate(PICTURE) == picture


def test_a_record_plays_at_other_speeds_and_is_sought_by_keys(person: Arrive) -> None:
    page = person().page
    page.goto(f"/new/{GAME}/")
    page.get_by_label(re.compile("practice", re.IGNORECASE)).check()
    page.get_by_role("button", name="Start").click()
    riding(page)
    decided(page)
    page.wait_for_timeout(700)  # what is played is in the record half a second later
    page.goto(f"{page.url}record/#t=3.0")
    expect(page.locator("[data-why]")).to_contain_text("0:03.0 of ")
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-why]")).to_contain_text("0:04.0 of ")
    expect(page).to_have_url(re.compile(r"#t=4\.0$"))
    page.keyboard.press("Home")
    expect(page.locator("[data-why]")).to_contain_text("0:00.0 of ")
    page.locator("[data-speed]").select_option("8")
    page.get_by_role("button", name="Play").click()
    expect(page.locator("[data-why]")).to_contain_text(re.compile("0:0[3-9]"), timeout=3000)
    assert play.result(page)
