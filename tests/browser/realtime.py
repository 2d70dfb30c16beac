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


# Every frame that the board draws: when, and where it puts what it draws, in the units of its field. The first places
# are the board's own (the edge, the camera); then come riders by seat, or cells from the smallest to the largest.
MOTION = """() => {
  const { prototype } = CanvasRenderingContext2D;
  const [begin, place, circle] = [prototype.setTransform, prototype.translate, prototype.arc];
  window.motion = [];
  let frame = { at: [], circles: [] };
  prototype.setTransform = function (...matrix) {
    if (this.canvas.isConnected) window.motion.push(frame = { ms: performance.now(), at: [], circles: [] });
    return begin.apply(this, matrix);
  };
  prototype.translate = function (x, y) {
    if (this.canvas.isConnected) frame.at.push([x, y]);
    return place.call(this, x, y);
  };
  prototype.arc = function (x, y, radius, ...angles) {
    if (this.canvas.isConnected) frame.circles.push(radius);
    return circle.call(this, x, y, radius, ...angles);
  };
}"""
TAP = """(code) => {
  document.body.dispatchEvent(new KeyboardEvent("keydown", { code, key: code, bubbles: true }));
  return performance.now();
}"""


def motion(page: Page) -> list[dict[str, Any]]:
    """All frames drawn since the page was opened with MOTION."""
    return list(page.evaluate("window.motion"))


def tap(page: Page, code: str) -> float:
    """Press a key; the page's time at which it was."""
    return float(page.evaluate(TAP, code))


def steps(frames: list[dict[str, Any]], which: int) -> list[tuple[float, float]]:
    """From each frame to the next: milliseconds, and how far thing `which` went, up, down and sideways together."""
    found = [(frame["ms"], frame["at"][which]) for frame in frames if len(frame["at"]) > which]
    pairs = itertools.pairwise(found)
    return [(b - a, abs(x - was[0]) + abs(y - was[1])) for (a, was), (b, (x, y)) in pairs]
