"""Light cycles in browsers, over a line no better than people have: steered, watched, and decided alike for all."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import play, realtime
from tests.browser.conftest import DESKTOP, PHONE, Person
from tests.browser.realtime import LAG
from tests.browser.test_pages import LARGEST_SHIFT, SHIFTS

pytestmark = pytest.mark.slow

Arrive = Callable[..., Person]

GAME = "light-cycles"
HZ = 30
CELLS_A_SECOND = 15
# The radius of the mark around the own head that says where it will turn.
TURN_MARK = 2.3 * 0.98
# Half a frame at 60 a second, on a machine that does other things besides; people's machines draw it in a fraction.
MOST_FRAME_MS = 8.0
# A round that nobody steers lasts five seconds, the countdown among them.
ROUND_MS = 20_000


def begin(ann: Page, bo: Page, *, delay: str = LAG) -> str:
    """Five rounds between two: whatever a busy machine makes people miss, there is another round."""
    ann.goto(f"/new/{GAME}/")
    ann.get_by_label(re.compile("A friend")).check()
    ann.locator("[name=option_rounds]").select_option("5")
    ann.get_by_role("button", name="Start").click()
    expect(ann.locator(".near .you")).to_have_text("you")
    address = ann.url
    play.sit(bo, address)
    for page in (ann, bo):
        page.goto(address + delay)
    return address


def spoken(page: Page) -> str:
    return str(page.locator("[data-board] [aria-live]").text_content())


def points(page: Page) -> dict[str, str]:
    """What stands beside each rider, by seat."""
    strips = page.locator(".seat").evaluate_all(
        "all => all.map(one => [one.dataset.seat, one.querySelector('.now').textContent])"
    )
    return dict(strips)


def riding(page: Page) -> None:
    expect(page.locator("[data-board] .count")).not_to_be_empty()
    expect(page.locator("[data-board] .count")).to_be_empty(timeout=ROUND_MS)


def test_two_play_a_round_over_a_bad_line_while_a_third_watches(person: Arrive) -> None:
    ann, bo, eye = (person().page for _ in range(3))
    address = begin(ann, bo)
    eye.goto(address + LAG)
    expect(eye.get_by_text("You are watching.").first).to_be_visible()
    riding(bo)
    seat = int(str(bo.locator(".near .seat").get_attribute("data-seat")))
    # Both ride along the edge, one down and one up; who turns to the middle lives longer.
    turned = realtime.press(bo, "ArrowLeft" if seat == 0 else "ArrowRight")
    assert turned["tick"] is None, "shown before the server has answered"
    moments = realtime.watched(bo, 1200)
    assert all(a["tick"] <= b["tick"] for a, b in itertools.pairwise(moments))
    assert all(one["own"] - one["tick"] < 12 for one in moments)
    pages = (ann, bo, eye)
    for page in pages:
        expect(page.locator("[data-board] .call")).to_contain_text("takes the round", timeout=ROUND_MS)
    assert spoken(ann) == spoken(bo) == spoken(eye)
    winner = str(bo.locator(".near .name").text_content())
    assert spoken(ann) == f"{winner} takes the round."
    assert points(ann) == points(bo) == points(eye)
    assert points(ann)[str(seat)] == "1"
    # After it comes the next: the same riders, their points kept.
    for page in pages:
        expect(page.locator("[data-board] .call")).to_contain_text(re.compile("Round [2-5] of 5"), timeout=ROUND_MS)
    assert points(ann)[str(seat)] == "1"


def test_time_passes_evenly_where_frames_do_not(person: Arrive) -> None:
    ann, bo = person().page, person().page
    begin(ann, bo)
    riding(ann)
    moments = realtime.watched(ann, 1500)
    rates = sorted(realtime.pace(moments, HZ))
    # Never standing, never running; the ends of the list are frames that this machine drew late.
    assert rates[len(rates) // 20] > 0.6
    assert rates[-1 - len(rates) // 20] < 1.4
    behind = [one["newest"] - one["tick"] for one in moments]
    assert max(behind) < 6
    assert realtime.frame_ms(ann) < MOST_FRAME_MS


def test_riders_move_without_a_jump_and_a_turn_shows_at_the_next_frame(person: Arrive) -> None:
    ann, bo = person().page, person().page
    ann.add_init_script(f"({realtime.MOTION})()")
    begin(ann, bo)
    riding(ann)
    seat = int(str(ann.locator(".near .seat").get_attribute("data-seat")))
    drawn_before = len(realtime.motion(ann))
    inward, back = ("ArrowLeft", "ArrowRight") if seat == 0 else ("ArrowRight", "ArrowLeft")
    taps = []
    for key in (inward, "ArrowUp", back, "ArrowDown"):
        ann.wait_for_timeout(330)
        taps.append(realtime.tap(ann, key))
    ann.wait_for_timeout(330)
    frames = realtime.motion(ann)[drawn_before:]
    # Pace is as fast as it is, or a quarter more while what came late is made up.
    other = [went - 1.3 * CELLS_A_SECOND * ms / 1000 for ms, went in realtime.steps(frames, 2 - seat)]
    own = [went - 1.3 * CELLS_A_SECOND * ms / 1000 for ms, went in realtime.steps(frames, 1 + seat)]
    assert max(other) < 0.5
    assert max(own) < 1.5
    assert sorted(own)[len(own) * 9 // 10] < 0.6
    marks = [marked(frames, pressed_ms) for pressed_ms in taps]
    # A turn that is ridden within the very next frame needs no mark; any other is marked in it, and not later.
    assert any(at_once for at_once, *_ in marks)
    assert all(at_once or not any(later) for at_once, *later in marks)


def marked(frames: list[dict[str, Any]], pressed_ms: float) -> list[bool]:
    """Whether the turn's mark is drawn in each of the first frames after a key."""
    after = [frame for frame in frames if frame["ms"] > pressed_ms][:8]
    return [any(abs(radius - TURN_MARK) < 0.01 for radius in frame["circles"]) for frame in after]


def test_an_input_counts_where_it_was_shown(person: Arrive) -> None:
    ann, bo = person().page, person().page
    begin(ann, bo)
    riding(ann)
    keys = ["ArrowLeft", "ArrowUp", "ArrowRight", "ArrowUp", "ArrowLeft", "ArrowUp"]
    for key in keys:
        realtime.press(ann, key)
        ann.wait_for_timeout(120)
    ann.wait_for_timeout(400)
    off = ann.evaluate("document.querySelector('[data-board]').ticks.inputs.map(one => one.tick - one.due)")
    assert len(off) == len(keys)
    assert sorted(abs(one) for one in off)[len(off) // 2] < 3


def test_a_swipe_steers_and_letters_in_the_chat_do_not(person: Arrive) -> None:
    ann, bo = person(viewport=PHONE, has_touch=True).page, person().page
    begin(ann, bo, delay="")
    riding(ann)
    ann.locator("#say").focus()
    ann.keyboard.type("wasd")
    field = ann.locator("[data-board] canvas").bounding_box()
    assert field is not None
    x, y = field["x"] + field["width"] / 2, field["y"] + field["height"] / 2
    ann.mouse.move(x, y)
    ann.mouse.down()
    ann.mouse.move(x - 40, y, steps=3)
    ann.mouse.move(x - 40, y - 40, steps=3)
    ann.mouse.up()
    moves = ann.evaluate("document.querySelector('[data-board]').ticks.inputs.map(one => one.move)")
    assert moves == ["left", "up"]
    expect(ann.locator("#say")).to_have_value("wasd")


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["screen", "phone"])
def test_nothing_shifts_and_nothing_sticks_out(person: Arrive, viewport: dict[str, int]) -> None:
    ann, bo = person(viewport=viewport).page, person().page
    ann.add_init_script(f"({SHIFTS})()")
    begin(ann, bo)
    expect(ann.locator("[data-board] .call")).to_contain_text("the round.", timeout=ROUND_MS)
    assert ann.evaluate("window.shifts") < LARGEST_SHIFT
    assert ann.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_nothing_is_drawn_that_nobody_sees(person: Arrive) -> None:
    ann, bo = person(viewport={"width": 390, "height": 500}).page, person().page
    begin(ann, bo, delay="")
    riding(ann)
    ann.evaluate("""() => {
      const { prototype } = CanvasRenderingContext2D, clear = prototype.clearRect;
      prototype.clearRect = function (...area) { window.drawn = (window.drawn ?? 0) + 1; clear.apply(this, area); };
    }""")
    ann.wait_for_timeout(300)
    assert ann.evaluate("window.drawn") > 3
    ann.evaluate("document.body.style.paddingTop = '3000px'; scrollTo(0, 0)")
    ann.wait_for_timeout(300)
    before = ann.evaluate("window.drawn")
    ann.wait_for_timeout(300)
    assert ann.evaluate("window.drawn") == before
