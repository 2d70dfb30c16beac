"""What pages saw and did, in order: the one format of the histories that the checker and the figures read."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple

What = Literal["open", "sent", "heard", "closed"]


class Event(NamedTuple):
    """`page`: the number of a page. `told`: a message; of `open` the server's number, of `closed` the code."""

    at_s: float
    page: int
    what: What
    told: Any


class History:
    """Of one field; times by the monotonic clock of the machine."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def add(self, page: int, what: What, told: Any) -> None:
        self.events.append(Event(time.monotonic(), page, what, told))

    def of(self, page: int) -> list[Event]:
        return [event for event in self.events if event.page == page]

    def by_page(self) -> dict[int, list[Event]]:
        pages: dict[int, list[Event]] = {}
        for event in self.events:
            pages.setdefault(event.page, []).append(event)
        return pages

    def breaches(self) -> list[str]:
        """Where a page was led back: to a lower epoch, or within an epoch to a lower version."""
        return [f"page {page}: {wrong}" for page, events in self.by_page().items() for wrong in _led_back(events)]

    def closes(self, since_s: float = 0.0) -> list[int]:
        return [event.told for event in self.events if event.what == "closed" and event.at_s >= since_s]

    def pauses_s(self, since_s: float, codes: frozenset[int]) -> list[float]:
        """For every connection closed with one of `codes` since then: how long until that page could play again."""
        return [gap for events in self.by_page().values() for gap in _pauses_s(events, since_s, codes)]

    def first_heard_s(self, pages: Iterable[int], since_s: float, kinds: frozenset[str]) -> float | None:
        """After how many seconds one of these pages heard the first message of `kinds`, or that its match is over."""
        wanted = frozenset(pages)
        for event in self.events:
            if event.at_s > since_s and event.page in wanted and (_kind(event) in kinds or _is_over(event)):
                return event.at_s - since_s
        return None


def _kind(event: Event) -> str | None:
    return event.told["type"] if event.what == "heard" else None


def _is_over(event: Event) -> bool:
    """Who was away when it ended hears of it by a welcome."""
    return _kind(event) == "welcome" and event.told.get("status") == "over"


def _led_back(events: list[Event]) -> Iterator[str]:
    shown = (-1, 0)
    for event in events:
        kind = _kind(event)
        if kind == "welcome":
            now = event.told["e"], event.told["v"]
        elif kind in ("update", "over"):
            now = shown[0], event.told["v"]
        else:
            continue
        if now < shown:
            yield f"shown epoch and version {now} after {shown}"
        shown = now


# A page may play on when it has been welcomed, or when its resumption has ended (the new token is its last frame).
_BACK = frozenset({"welcome", "token"})


def _pauses_s(events: list[Event], since_s: float, codes: frozenset[int]) -> Iterator[float]:
    closed_s: float | None = None
    for event in events:
        if event.what == "closed" and event.told in codes and event.at_s >= since_s and closed_s is None:
            closed_s = event.at_s
        elif _kind(event) in _BACK and closed_s is not None:
            yield event.at_s - closed_s
            closed_s = None


def percentile(values: Iterable[float], share: float) -> float:
    """The smallest value that at least `share` of all do not exceed; 0 without any."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
