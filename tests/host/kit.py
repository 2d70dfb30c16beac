"""A table with people round it, for tests of the host: connections that remember, a store that can be held back."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from games.host.clock import Control
from games.host.effects import Append, Effect, Grant, Put, Shut
from games.host.entries import FOLD, Entry, MatchId, Sit, genesis, seed_hash
from games.host.fold import Fold
from games.host.greeting import Facts
from games.host.match import LiveMatch
from games.host.tail import Header
from games.protocol import messages, patch
from games.protocol.codec import decoder_for
from games.protocol.codes import Close
from games.protocol.messages import Hello
from games.rules.base import Rules

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

    def token(self, match: str, seat: int | None) -> str | None:
        return None if self.player is None else f"token-{self.player}"

    def told(self, kind: str) -> list[dict[str, Any]]:
        return [one for one in map(spelled_out, self.heard) if one["type"] == kind]

    def picture(self) -> dict[str, Any]:
        """What a client that applied everything shows: view, moves, version, result."""
        shown: dict[str, Any] = {}
        unanswered = set(self.moved)
        for one in map(spelled_out, self.heard):
            if one["type"] == "ack" and one["c"] in unanswered:
                unanswered.remove(one["c"])
                shown["moves"].pop(str(self.seat), None)
            elif one["type"] == "welcome":
                shown = {key: one[key] for key in ("view", "moves", "v", "result")}
                unanswered = {c for c in unanswered if c > one["c"]}
            elif one["type"] in ("update", "over"):
                assert one["v"] == shown["v"] + 1, "a gap"
                shown["v"] = one["v"]
                unanswered -= {by[1] for by in one.get("by", ()) if by[0] == self.seat}
                shown["view"] = one.get("view", shown["view"])
                if "d" in one:
                    shown["view"] = patch.apply(shown["view"], one["d"])
                shown["moves"] = one.get("moves", shown["moves"])
                shown["result"] = one.get("result", shown["result"])
        return shown


class Table:
    """A match of `rules` with everyone seated and a spectator. While `held`, nothing is stored until `store`."""

    def __init__(
        self,
        rules: Rules[Any, Any],
        *,
        sitting: int | None = None,
        seats: int | None = None,
        seed: bytes = SEED,
        control: Control | None = None,
    ) -> None:
        self.rules, self.seats, self.seed, self.control = rules, seats or min(rules.seats), seed, control
        self.now_ms = 1_000_000
        self.log: list[Entry] = []
        self.changes: list[Any] = []
        self.grants: list[dict[str, Any]] = []
        self.held = False
        self.match = self.load()
        self.guests: dict[int | None, Guest] = {None: Guest(None)}
        for seat in range(self.seats if sitting is None else sitting):
            self.guests[seat] = Guest(f"player-{seat}")
            sit = Sit(f"Player {seat}", f"player-{seat}")
            self.perform(self.match.sit(seat + 1, sit, seat + 10, seat, self.now_ms))
        for guest in self.guests.values():
            self.arrive(guest)

    def fold(self) -> Fold:
        """The stored log, folded anew."""
        return self.fold_to(len(self.log))

    def fold_to(self, n: int) -> Fold:
        """The stored log up to entry `n`, folded anew."""
        hashed = seed_hash(self.seed)
        name, edition = self.rules.name, self.rules.edition
        facts = {"game": name, "edition": edition, "fold": FOLD, "options": {}, "seats": self.seats}
        clock = None if self.control is None else msgspec.to_builtins(self.control)
        fold = Fold.begin(
            self.rules,
            options=self.rules.options(),
            seats=self.seats,
            seed=self.seed,
            genesis=genesis(**facts, hashed_seed=hashed, clock=clock),
            control=self.control,
        )
        for entry in self.log[:n]:
            fold.apply(entry)
        return fold

    def load(self, epoch: int = 1, gap_ms: int = 0) -> LiveMatch:
        facts = Facts("this-match", epoch, {}, seed_hash(self.seed))
        players = {f"player-{seat}": seat + 10 for seat in range(9)}
        header = Header(MatchId(7), facts, listed=True, players=players, gap_ms=gap_ms)
        return LiveMatch(header, self.fold(), now_ms=self.now_ms, new_match=lambda: ("next-match", bytes(32)))

    def arrive(self, guest: Guest, hello: Hello | None = None) -> Guest:
        self.perform(self.match.attach(guest, hello or Hello(), self.now_ms, 0))
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
            self.perform(self.match.tick(self.now_ms, 0))

    def next_c(self, seat: int) -> int:
        return self.match.fold.cs[seat] + 1

    def wait(self, ms: int) -> None:
        """Time passes; what comes due is done."""
        until_ms = self.now_ms + ms
        while (due := self.match.due_ms()) is not None and due <= until_ms:
            self.now_ms = max(self.now_ms, due)
            self.perform(self.match.due(self.now_ms))
        self.now_ms = until_ms

    def moved_house(self, gap_ms: int) -> None:
        """Another process takes the match over after nobody had it for so long; everyone comes back."""
        self.now_ms += gap_ms
        self.match = self.load(epoch=self.match.header.facts.epoch + 1, gap_ms=gap_ms)
        self._pending().clear()
        for seat, guest in self.guests.items():
            self.guests[seat] = self.arrive(Guest(guest.player))

    def perform(self, effects: list[Effect]) -> None:
        for effect in effects:
            match effect:
                case Put():
                    for guest in effect.connections:
                        guest.put(effect.frame, effect.kind)
                case Shut():
                    effect.connection.close(effect.code)
                case Grant():
                    self.grants.append(effect.answer)
                case Append():
                    self._pending().append(effect)
        if not self.held:
            self.store()

    def _pending(self) -> list[Append]:
        self.__dict__.setdefault("pending", [])
        pending: list[Append] = self.__dict__["pending"]
        return pending

    def store(self, count: int | None = None) -> None:
        """The journal stores the next `count` entries, all by default."""
        pending = self._pending()
        stored = pending[: len(pending) if count is None else count]
        del pending[: len(stored)]
        for one in stored:
            self.log.append(one.entry)
            self.changes.extend(one.changes)
        if stored:
            self.perform(self.match.stored(stored[-1].entry.n, self.now_ms, 0))

    def fail(self, stored: int = 0) -> None:
        """The flush fails for good after `stored` entries reached the database; the match goes on from there."""
        for one in self._pending()[:stored]:
            self.log.append(one.entry)
            self.changes.extend(one.changes)
        self._pending().clear()
        self.perform(self.match.rewind(self.fold(), self.now_ms, 0))
