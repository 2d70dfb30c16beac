"""A table with people round it, for tests of the host: connections that remember what they were told."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from games.host.clock import Control
from games.protocol import messages
from games.protocol.codec import decoder_for
from games.protocol.codes import Close
from games.protocol.messages import Hello
from games.rules.base import Rules
from games.testing.client import Client
from games.testing.house import House

SEED = bytes(range(32))


def spelled_out(frame: Any) -> dict[str, Any]:
    """A frame as an object: ticks come as `[v, d]` or `[v, d, by]`."""
    if isinstance(frame, dict):
        return frame
    v, d, *by = frame
    return {"type": "update", "v": v, "d": d, **({"by": by[0]} if by else {})}


class Guest:
    """A connection that keeps what it is told, and what a client would make of it."""

    def __init__(self, player: str | None) -> None:
        self.player = player
        self.name = player or ""
        self.seat: int | None = None
        self.heard: list[Any] = []
        self.frames: list[bytes] = []
        self.closed: Close | None = None
        self.moved: set[int] = set()

    def put(self, frame: bytes, kind: Literal["state", "event"]) -> None:
        assert self.closed is None, "a frame after the close"
        self.frames.append(frame)
        self.heard.append(msgspec.json.decode(frame))

    def close(self, code: Close) -> None:
        self.closed = code

    def silenced(self) -> bool:
        return False

    def token(self, match: str, seat: int | None) -> str | None:
        return None if self.player is None else f"token-{self.player}"

    def told(self, kind: str) -> list[dict[str, Any]]:
        return [one for one in map(spelled_out, self.heard) if one["type"] == kind]

    def picture(self) -> dict[str, Any]:
        """What a client that applied everything shows: view, moves, version, result."""
        client = Client()
        client.waiting = dict.fromkeys(self.moved, messages.Move(0, None))
        for told in self.heard:
            client.take(told)
        return {"view": client.view, "moves": client.moves, "v": client.v, "result": client.result}


class Table(House):
    """A match of `rules` with everyone seated and a spectator. Ticks come by `tick` alone."""

    def __init__(
        self,
        rules: Rules[Any, Any],
        *,
        sitting: int | None = None,
        seats: int | None = None,
        seed: bytes = SEED,
        control: Control | None = None,
    ) -> None:
        super().__init__(rules, seats=seats, seed=seed, clock=control, now_ms=1_000_000)
        self.guests: dict[int | None, Guest] = {None: Guest(None)}
        for seat in range(self.seats if sitting is None else sitting):
            self.guests[seat] = Guest(f"player-{seat}")
            self.sit(seat)
        for guest in self.guests.values():
            self.arrive(guest)

    def arrive(self, guest: Guest, hello: Hello | None = None) -> Guest:
        self.perform(self.match.attach(guest, hello or Hello(), self.now_ms, self.now_ms))
        return guest

    def send(self, seat: int | None, message: Any) -> list[dict[str, Any]]:
        """What the sender is told in answer, at once."""
        guest = self.guests[seat]
        before = len(guest.heard)
        if isinstance(message, str):
            message = decoder_for(self.rules.move).decode(message)
        if isinstance(message, messages.Move):
            guest.moved.add(message.c)
        self.perform(self.match.submit(guest, message, self.now_ms))
        return guest.heard[before:]

    def move(self, seat: int, move: Any, *, lag: int | None = None) -> list[dict[str, Any]]:
        """The next move of `seat`, numbered as it must be; `lag`: the round trip that it claims."""
        fold = self.match.fold
        return self.send(seat, messages.Move(fold.cs[seat] + 1, move, None if self.rules.hz else fold.v, lag))

    def tick(self, count: int = 1) -> None:
        """So many steps on the clock."""
        for _ in range(count):
            self.wait(1000 // self.match.fold.hz)
            self.perform(self.match.tick(self.now_ms, self.now_ms))

    def next_c(self, seat: int) -> int:
        return self.match.fold.cs[seat] + 1

    def wait(self, ms: int) -> None:
        """Time passes; what comes due is done, but no ticks."""
        until_ms = self.now_ms + ms
        while (due := self.match.due_ms()) is not None and due <= until_ms:
            self.now_ms = max(self.now_ms, due)
            self.perform(self.match.due(self.now_ms))
        self.now_ms = until_ms

    def moved_house(self, gap_ms: int) -> None:
        """Another process takes the match over after nobody had it for so long; everyone comes back."""
        self.now_ms += gap_ms
        self.match = self.load(epoch=self.match.header.facts.epoch + 1, gap_ms=gap_ms)
        self._pending.clear()
        for seat, guest in self.guests.items():
            self.guests[seat] = self.arrive(Guest(guest.player))
