"""Clocks as people see them: counted down truthfully, fallen on the server, told in words."""

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


def begin(one: Person, other: Person, clock: dict[str, Any]) -> str:
    """A match with a clock that the form does not offer, asked for as a program would; `one` moves first."""
    page = one.page
    page.goto("/me/")
    token = next(cookie["value"] for cookie in one.context.cookies() if cookie["name"] == "csrftoken")
    headers = {"X-CSRFToken": token, "Referer": page.url}
    page.request.post("/me/", form={"name": "Ann"}, headers=headers)
    token = next(cookie["value"] for cookie in one.context.cookies() if cookie["name"] == "csrftoken")
    wish = {"game": "connect-four", "seat": 0, "listed": False, "clock": clock}
    made = page.request.post("/api/matches", data=wish, headers={**headers, "X-CSRFToken": token})
    assert made.ok, made.text()
    address = f"/match/{made.json()['id']}/"
    page.goto(address)
    play.sit(other.page, address)
    expect(page.locator(".near .clock.running")).to_be_visible()
    return address


def faces(page: Page) -> list[str]:
    """What the own clock and the other's show."""
    return [page.locator(f".{side} .clock").inner_text() for side in ("near", "far")]


SAMPLES = """async () => {
  const seen = [];
  for (let count = 0; count < 25; count++) {
    await new Promise(requestAnimationFrame);
    seen.push([performance.now(), Number(document.querySelector(".near .clock").textContent) * 1000]);
    await new Promise((done) => setTimeout(done, 40));
  }
  return seen;
}"""


def test_a_flag_falls_on_the_server_while_both_only_watch(person: Arrive) -> None:
    ann, bo = person(), person(viewport=PHONE, has_touch=True)
    begin(ann, bo, {"kind": "fischer", "base_ms": 3000})
    seen = ann.page.evaluate(SAMPLES)
    shown = [left_ms for _, left_ms in seen]
    assert shown == sorted(shown, reverse=True), "a clock runs down and never up"
    assert len(set(shown)) >= 8, "in tenths of a second"
    (began, first), (ended, last) = seen[0], seen[-1]
    assert abs((ended - began) - (first - last)) < 200, "as fast as time does"
    expect(play.result(ann.page)).to_have_text("You lost")
    expect(play.result(bo.page)).to_have_text("You won")
    for one in (ann, bo):
        expect(one.page.locator("[data-why]")).to_have_text("On time: a clock ran out.")
        expect(one.page.locator(".clock.running")).to_have_count(0)
    assert [faces(ann.page), faces(bo.page)] == [["0.0", "3.0"], ["3.0", "0.0"]]


def test_the_form_gives_a_clock_that_adds_time_for_each_move(person: Arrive) -> None:
    ann, bo = person(), person(viewport=PHONE, has_touch=True)
    ann.page.goto("/new/connect-four/")
    ann.page.get_by_label("A friend").check()
    ann.page.get_by_label("First to move").check()
    expect(ann.page.get_by_label("Minutes for each player")).to_be_hidden()
    ann.page.get_by_label("3+2", exact=True).check()
    ann.page.get_by_role("button", name="Start").click()
    expect(ann.page.get_by_text("3+2")).to_be_visible()
    assert faces(ann.page) == ["3:00", "3:00"]
    play.sit(bo.page, ann.page.url)
    sent: list[dict[str, Any]] = []
    bo.page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(json.loads(frame))))
    bo.page.reload()
    play.play(ann.page, 3)
    play.play(bo.page, 3)
    play.my_turn(ann.page)
    for one in (ann, bo):
        assert all(face.startswith(("2:5", "3:0")) for face in faces(one.page))
    (move,) = (one for one in sent if one["type"] == "move")
    assert 0 <= move["lag"] < 5000, "the round trip goes with the move"


def test_on_a_phone_the_own_clock_lies_under_the_thumb_and_warns_by_colour_and_shape(person: Arrive) -> None:
    ann, bo = person(viewport=PHONE, has_touch=True), person()
    begin(ann, bo, {"kind": "fischer", "base_ms": 11_500})
    clock, board = ann.page.locator(".near .clock"), ann.page.locator("[data-board]")
    place, above = clock.bounding_box(), board.bounding_box()
    assert place is not None
    assert above is not None
    assert place["y"] >= above["y"] + above["height"]
    assert place["y"] + place["height"] <= PHONE["height"]
    assert ann.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    calm = clock.evaluate("one => [getComputedStyle(one).backgroundColor, getComputedStyle(one).borderRadius]")
    expect(clock).to_have_class(re.compile("low"))
    low = clock.evaluate("one => [getComputedStyle(one).backgroundColor, getComputedStyle(one).borderRadius]")
    assert all(one != other for one, other in zip(calm, low, strict=True))
    expect(ann.page.locator("[data-clock-told]")).to_have_text("10 seconds left")
    expect(bo.page.locator(".far .clock")).not_to_have_class(re.compile("low"))
    expect(bo.page.locator("[data-clock-told]")).to_have_text("")


def test_the_last_minute_is_told_once(person: Arrive) -> None:
    ann, bo = person(), person()
    begin(ann, bo, {"kind": "fischer", "base_ms": 61_200})
    told = ann.page.locator("[data-clock-told]")
    assert told.inner_text() == ""
    expect(told).to_have_text("One minute left")
    expect(told).to_have_attribute("role", "status")
    expect(ann.page.get_by_role("timer", name="Clock of Ann")).to_be_visible()


def test_correspondence_is_told_in_days(person: Arrive) -> None:
    ann, bo = person(locale="ko"), person()
    begin(ann, bo, {"kind": "correspondence", "base_ms": 3 * 86_400_000})
    assert faces(ann.page) == ["2일 23시간", "3일 0시간"]
    assert faces(bo.page) == ["3 d 0 h", "2 d 23 h"]
    expect(bo.page.get_by_text("3 days a move")).to_be_visible()
