"""The arena in browsers: steered by hand, entered and left while it runs, watched, and carried on without a seam."""

from __future__ import annotations

import itertools
import json
import math
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, WebSocket, WebSocketRoute, expect

from tests.browser import play, realtime
from tests.browser.conftest import DESKTOP, PHONE, Person
from tests.browser.realtime import LAG
from tests.browser.test_pages import LARGEST_SHIFT, SHIFTS

pytestmark = pytest.mark.slow

Arrive = Callable[..., Person]

GAME = "arena"
HZ = 20
MOST_FRAME_MS = 8.0
MOST_INPUTS_A_SECOND = 20
UNITS_A_SECOND = 240
# Sooner than the way there and back, on a machine that draws a frame in 16 to 30 ms.
SEEN_MS = 90

OWN = """() => {
  const board = document.querySelector("[data-board]"), { view } = board.ticks.moment(Date.now());
  for (const [square, cells] of Object.entries(view.cells))
    if (cells[board.seat]) {
      const [x, y] = cells[board.seat];
      return [(square % view.across) * 256 + x, Math.floor(square / view.across) * 256 + y];
    }
  return null;
}"""


def begin(ann: Page, bo: Page, *, delay: str = "") -> str:
    address = play.invite(ann, GAME)
    play.sit(bo, address)
    for page in (ann, bo):
        page.goto(address + delay)
        running(page)
    return address


def running(page: Page) -> None:
    expect(page.locator("[data-board] .left")).to_have_text(re.compile(r"^4:5\d$"))


def place(page: Page) -> list[float]:
    found = page.evaluate(OWN)
    assert found is not None, "the own cell is not on the field"
    return list(found)


def heard(page: Page) -> list[Any]:
    """All inputs that the page sends from now on."""
    sent: list[Any] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: sent.append(json.loads(str(frame))))

    page.on("websocket", listen)
    return sent


def test_a_cell_goes_where_the_mouse_points_and_rests_where_it_is(person: Arrive) -> None:
    ann, bo = person().page, person().page
    begin(ann, bo, delay=LAG)
    field = ann.locator("[data-board] canvas").bounding_box()
    assert field is not None
    before = place(ann)
    right = before[0] < 512
    ann.mouse.move(field["x"] + (field["width"] - 8 if right else 8), field["y"] + field["height"] / 2)
    ann.wait_for_timeout(1200)
    after = place(ann)
    assert (after[0] - before[0] > 60) if right else (before[0] - after[0] > 60)
    assert realtime.frame_ms(ann) < MOST_FRAME_MS


def test_keys_steer_and_space_is_faster_and_no_more_than_twenty_inputs_a_second(person: Arrive) -> None:
    ann, bo = person().page, person().page
    address = begin(ann, bo)
    sent = heard(ann)
    ann.goto(address)
    running(ann)
    for key in ("ArrowLeft", "ArrowUp", "ArrowRight", "ArrowDown") * 12:
        ann.keyboard.press(key, delay=8)
    ann.keyboard.down("Space")
    ann.wait_for_timeout(1000)
    moves = [message["m"] for message in sent if message["type"] == "move"]
    assert 2 <= len(moves) <= 3 * MOST_INPUTS_A_SECOND
    assert moves[-1] == {"to": 16, "boost": True}
    numbers = [message["c"] for message in sent if message["type"] == "move"]
    assert numbers == list(range(numbers[0], numbers[0] + len(moves)))


def test_time_passes_evenly_over_a_bad_line(person: Arrive) -> None:
    ann, bo = person().page, person().page
    begin(ann, bo, delay=LAG)
    ann.wait_for_timeout(1500)
    rates = sorted(realtime.pace(realtime.watched(ann, 1500), HZ))
    assert rates[len(rates) // 20] > 0.6
    assert rates[-1 - len(rates) // 20] < 1.4


def test_the_own_cell_obeys_at_once_and_never_jumps(person: Arrive) -> None:
    ann, bo = person().page, person().page
    ann.add_init_script(f"({realtime.MOTION})()")
    begin(ann, bo, delay=LAG)
    ann.wait_for_timeout(1500)
    began, start = len(realtime.motion(ann)), place(ann)
    # Away from the nearer edge, so that there is room.
    away, aside = ("ArrowRight" if start[0] < 512 else "ArrowLeft"), ("ArrowDown" if start[1] < 512 else "ArrowUp")
    pressed_ms = realtime.tap(ann, away)
    for key in (aside, away, aside):
        ann.wait_for_timeout(400)
        realtime.tap(ann, key)
    ann.wait_for_timeout(300)
    frames = followed(realtime.motion(ann)[began:], start)
    moved = next(ms for ms, (x, y) in frames if abs(x - start[0]) + abs(y - start[1]) > 1)
    assert moved - pressed_ms < SEEN_MS
    pairs = itertools.pairwise(frames)
    beyond = [math.dist(now, was) - 1.3 * UNITS_A_SECOND * (ms - was_ms) / 1000 for (was_ms, was), (ms, now) in pairs]
    assert max(beyond) < 8


def followed(frames: list[dict[str, Any]], start: list[float]) -> list[tuple[float, list[float]]]:
    """Where the own cell was drawn at each frame: the place nearest to the one before."""
    places, at = [], start
    for frame in frames:
        at = min(frame["at"][2:], key=lambda place, at=at: math.dist(place, at))
        places.append((frame["ms"], at))
    return places


def test_someone_sits_down_while_it_runs_and_leaves_again(person: Arrive) -> None:
    ann, bo, eve = (person().page for _ in range(3))
    address = begin(ann, bo)
    eve.goto(address)
    expect(eve.get_by_text("You are watching.").first).to_be_visible()
    expect(eve.locator("[data-board] .leaders")).to_have_count(1)
    eve.get_by_role("button", name="Join and play").click()
    expect(eve.locator(".near .you")).to_have_text("you")
    running(eve)
    assert place(eve)
    eve.get_by_role("button", name=re.compile("Resign|Leave")).click()
    eve.locator("dialog[open] button.main").click()
    expect(eve.locator("[data-why]")).to_have_text("You have left this match; the others play on.")
    assert eve.evaluate(OWN) is None
    assert place(ann)


def test_the_next_match_of_the_chain_begins_on_the_same_canvas(person: Arrive) -> None:
    """The end is told as the server tells it; here it comes before its time, since nobody waits five minutes."""
    ann, bo = person().page, person().page
    after = begin(ann, bo)
    before = begin(ann, bo)
    following = after.split("/")[-2]
    ended: list[bool] = []

    def between(route: WebSocketRoute) -> None:
        server = route.connect_to_server()

        def tell(message: str | bytes) -> None:
            told = json.loads(message)
            if not ended or following in route.url:
                route.send(message)
            elif isinstance(told, list):
                result = {"scores": [7, 3], "reason": "time"}
                route.send(json.dumps({"type": "over", "v": told[0], "result": result, "seed": "", "next": following}))

        server.on_message(tell)

    ann.route_web_socket(re.compile("/ws/match/"), between)
    ann.goto(before)
    running(ann)
    ann.evaluate("document.querySelector('[data-board] canvas').dataset.same = 'yes'")
    ended.append(True)
    ann.wait_for_url(after)
    running(ann)
    assert ann.locator("[data-board] canvas").get_attribute("data-same") == "yes"
    assert place(ann)


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["screen", "phone"])
def test_nothing_shifts_and_nothing_sticks_out(person: Arrive, viewport: dict[str, int]) -> None:
    ann, bo = person(viewport=viewport).page, person().page
    ann.add_init_script(f"({SHIFTS})()")
    begin(ann, bo)
    ann.wait_for_timeout(1500)
    assert ann.evaluate("window.shifts") < LARGEST_SHIFT
    assert ann.evaluate("document.documentElement.scrollWidth <= innerWidth")
