"""What a client knows of a match: put together from frames alone, as a browser does it.

`Table` and the simulation give it frames; it decides nothing and sends nothing. It raises `Gap` where a frame does not
follow from what it holds, so that no test goes on with a picture that no person could have.
"""

from __future__ import annotations

from typing import Any

import msgspec

from games.protocol import patch
from games.protocol.messages import Move

_decoder = msgspec.json.Decoder()


class Gap(Exception):
    """A frame does not continue what is held: something was missed."""


class Client:
    """One viewer's picture. `seat` is None for a spectator; `v` is -1 before the first welcome.

    `moves`: `{seat: [move, …]}`, or a count in place of a long list; None at ticks. `waiting`: the inputs that have no
    answer yet, by their number; `refusals`: (number, code) of those that were refused.
    """

    def __init__(self) -> None:
        self.seat: int | None = None
        self.e = 0
        self.v = -1
        self.c = 0
        self.view: Any = None
        self.moves: dict[int, Any] | None = None
        self.status = "waiting"
        self.result: dict[str, Any] | None = None
        self.offers: dict[str, list[int]] = {}
        self.clock: Any = None
        self.welcomes = 0
        self.waiting: dict[int, Any] = {}
        self.stored: list[int] = []
        self.refusals: list[tuple[int, str]] = []

    def hear(self, frame: bytes) -> Any:
        """Take one frame in; returns it decoded. Raises `Gap`."""
        return self.take(_decoder.decode(frame))

    def take(self, told: Any) -> Any:
        """The same for a frame that is decoded already."""
        if isinstance(told, list):
            self._tick(*told)
            return told
        match told["type"]:
            case "welcome":
                self._welcome(told)
            case "update":
                self._update(told)
            case "over":
                self._next(told["v"])
                self.status, self.result = "over", told["result"]
                self.moves = None if self.moves is None else {}
            case "ack":
                # Not for what has had its answer: the turn that is open may be another.
                closes = isinstance(self.waiting.get(told["c"]), Move)
                self._settle(told["c"])
                if closes and self.moves is not None and self.seat is not None:
                    self.moves.pop(self.seat, None)
            case "reject":
                self._refuse(told)
        return told

    def asked(self) -> bool:
        """Whether it is this viewer's turn, as far as it knows."""
        return self.moves is not None and self.seat in self.moves and not self.waiting

    def _welcome(self, told: Any) -> None:
        self.welcomes += 1
        self.seat, self.e, self.v, self.view = told["seat"], told["e"], told["v"], told["view"]
        self.moves, self.clock, self.result = _by_seat(told["moves"]), told["clock"], told["result"]
        self.status, self.offers = told["status"], told["offers"]
        for c in [c for c in self.waiting if c <= told["c"]]:
            self._settle(c)
        self.c = max([told["c"], *self.waiting])

    def _update(self, told: Any) -> None:
        self._next(told["v"])
        self._answered(told.get("by", ()))
        if "view" in told:
            self.view = told["view"]
        if "d" in told:
            self._patch(told["d"])
        if "moves" in told:
            self.moves = _by_seat(told["moves"])
        self.clock = told.get("clock", self.clock)
        if told.get("host", {}).get("started"):
            self.status = "live"

    def _tick(self, v: int, change: Any, by: Any = ()) -> None:
        self._next(v)
        self._answered(by)
        self._patch(change)

    def _next(self, v: int) -> None:
        if v != self.v + 1:
            raise Gap(f"version {v} does not follow {self.v}")
        self.v = v

    def _patch(self, change: Any) -> None:
        try:
            self.view = patch.apply(self.view, change)
        except patch.Misfit as misfit:
            raise Gap(str(misfit)) from misfit

    def _answered(self, by: Any) -> None:
        for seat, c, *_ in by:
            if seat == self.seat:
                # At ticks the newest counts and stands for those before it; without ticks there are none before it.
                for one in [one for one in self.waiting if one <= c]:
                    self._settle(one)

    def _settle(self, c: int) -> None:
        if self.waiting.pop(c, None) is not None:
            self.stored.append(c)

    def _refuse(self, told: Any) -> None:
        if self.waiting.pop(told["c"], None) is not None:
            self.refusals.append((told["c"], told["code"]))


def _by_seat(moves: Any) -> dict[int, Any] | None:
    return None if moves is None else {int(seat): one for seat, one in moves.items()}
