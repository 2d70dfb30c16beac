"""Who asked for less motion gets none but the game's own: nothing flies, fades, slides or plays by itself."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import play, realtime
from tests.browser.conftest import Person
from tests.browser.test_light_cycles import GAME, ROUND_MS, begin, riding

pytestmark = pytest.mark.slow

Arrive = Callable[..., Person]

# Pictures of a board, one for each of so many frames, from the moment that `call` is said over it.
PICTURES = """([selector, frames, call]) => new Promise((done) => {
  const canvas = document.querySelector(selector), seen = [];
  const look = () => {
    const said = document.querySelector("[data-board] .call")?.textContent ?? "";
    if (seen.length > 0 || said.includes(call)) seen.push(canvas.toDataURL());
    if (seen.length < frames) requestAnimationFrame(look); else done(seen);
  };
  look();
})"""
CALM, LIVELY = "reduce", "no-preference"


def pictures(page: Page, selector: str, frames: int, call: str = "") -> int:
    """How many different pictures a canvas shows within a few frames."""
    return len(set(page.evaluate(PICTURES, [selector, frames, call])))


@pytest.mark.parametrize(("motion", "moves"), [(CALM, False), (LIVELY, True)])
def test_what_flies_off_in_a_crash(person: Arrive, motion: str, moves: bool) -> None:
    ann, bo = person().page, person().page
    eye = person(reduced_motion=motion).page
    address = begin(ann, bo, delay="")
    eye.goto(address)
    riding(eye)
    for page in (ann, bo):
        realtime.tap(page, "ArrowRight")
    assert (pictures(eye, "[data-board] canvas", 8, call="the round.") > 1) == moves


@pytest.mark.parametrize(("motion", "moves"), [(CALM, False), (LIVELY, True)])
def test_the_miniature_of_a_game_with_ticks(person: Arrive, motion: str, moves: bool) -> None:
    player, page = person().page, person(reduced_motion=motion).page
    player.goto(f"/new/{GAME}/")
    player.get_by_label(re.compile("practice", re.IGNORECASE)).check()
    player.locator("[name=option_rounds]").select_option("1")
    player.get_by_role("button", name="Start").click()
    expect(play.result(player)).to_have_text(re.compile("You (won|lost)|Draw"), timeout=3 * ROUND_MS)
    page.goto("/")
    canvas = f"article[data-game={GAME}] canvas"
    expect(page.locator(canvas)).to_be_visible()
    page.wait_for_timeout(500)
    # A slow machine may begin late, and show one picture for many frames; what moves does so within some seconds.
    last = time.monotonic() + 10
    while not (moved := pictures(page, canvas, 30) > 1) and moves and time.monotonic() < last:
        page.wait_for_timeout(200)
    assert moved == moves


def test_no_animation_of_a_style_sheet_runs(person: Arrive) -> None:
    ann, bo = person(reduced_motion=CALM).page, person().page
    play.begin(ann, bo)
    ann.evaluate("""() => {
      window.animated = 0;
      for (const name of ["animationstart", "transitionstart"]) addEventListener(name, () => window.animated++, true);
    }""")
    for page, column in ((ann, 0), (bo, 1), (ann, 0)):
        play.play(page, column)
    assert ann.evaluate("window.animated") == 0
