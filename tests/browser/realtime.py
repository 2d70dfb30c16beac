"""What people do in games with ticks, and what a page can be asked about the time that it shows."""

from __future__ import annotations

import itertools
from typing import Any

from playwright.sync_api import Page

# 100 ms there and back, and 5 % of frames 80 ms later: a mobile network on a fair day.
LAG = "?delay=100,5,80"

# Every frame for a while: the moment shown, and how long it took to draw.
WATCH = """(ms) => new Promise((done) => {
  const board = document.querySelector("[data-board]"), seen = [], end = Date.now() + ms;
  const look = () => {
    const now = Date.now(), { tick, newest, own } = board.ticks.moment(now);
    seen.push({ now, tick, newest, own });
    if (now < end) requestAnimationFrame(look); else done(seen);
  };
  look();
})"""

# A key, and what the page makes of it by the next frame: an input that is expected to count at some tick.
PRESS = """(code) => new Promise((done) => {
  const board = document.querySelector("[data-board]");
  document.body.dispatchEvent(new KeyboardEvent("keydown", { code, key: code, bubbles: true }));
  requestAnimationFrame(() => {
    const { inputs, own } = board.ticks.moment(Date.now());
    const { move, due, tick } = inputs.at(-1);
    done({ move, tick, ahead: due - own });
  });
})"""


def watched(page: Page, ms: int) -> list[dict[str, Any]]:
    """All moments that the page drew within `ms`."""
    return list(page.evaluate(WATCH, ms))


def press(page: Page, code: str) -> dict[str, Any]:
    return dict(page.evaluate(PRESS, code))


def frame_ms(page: Page) -> float:
    """What drawing a frame costs, on average."""
    return float(page.evaluate("document.querySelector('[data-board]').frame_ms"))


def pace(moments: list[dict[str, Any]], hz: int) -> list[float]:
    """How fast time passed from each frame to the next; 1 is as fast as it is."""
    pairs = itertools.pairwise(moments)
    return [(b["tick"] - a["tick"]) * 1000 / hz / (b["now"] - a["now"]) for a, b in pairs if b["now"] > a["now"]]
