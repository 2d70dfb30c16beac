"""A scripted match: `Table(Pig()).play("roll", "hold")`. Everyone sits, a spectator watches, nothing is late or lost.

For authors' tests. After every act each viewer's picture, put together from frames, must be what a newcomer would be
shown, so a patch or a view that is wrong fails wherever it happens.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from games.host.clock import Control
from games.protocol import codec, messages
from games.protocol.codes import WHY, Close, Code
from games.protocol.messages import Hello
from games.rules.base import Result, Rules
from games.rules.rng import Rng
from games.testing.client import Client
from games.testing.house import House

# A stream of the match's seed that neither steps (from 0 on) nor bots (a few below 0) use.
_AT_RANDOM = -1_000_000


class Place(Client):
    """A viewer at the table, with the connection that the host sees."""

    def __init__(self, player: str | None) -> None:
        super().__init__()
        self.player = player
        self.name = player or ""
        self.frames: list[bytes] = []

    def put(self, frame: bytes, kind: Literal["state", "event"]) -> None:
        self.frames.append(frame)
        self.hear(frame)

    def close(self, code: Close) -> None:
        raise AssertionError(f"the host closed the connection of {self.name or 'the spectator'}: {code.name}")

    def silenced(self) -> bool:
        return False

    def token(self, match: str, seat: int | None) -> str | None:
        return None


class Table:
    """A match of `rules` with everyone seated, seat 0 first, and a spectator (`None`).

    `seats`: how many, by default the fewest; `options`: by name; `seed`: a number or 32 bytes, chance follows from it;
    `bots`: seats of practice opponents; `sitting`: how many sit down at once, for games that are entered as they run.
    """

    def __init__(
        self,
        rules: Rules[Any, Any],
        *,
        seats: int | None = None,
        options: dict[str, Any] | None = None,
        seed: int | bytes = 0,
        bots: tuple[int, ...] = (),
        sitting: int | None = None,
        clock: Control | None = None,
    ) -> None:
        self.house = House(rules, seats=seats, options=options, seed=seed, clock=clock)
        self.rules = rules
        self.places: dict[int | None, Place] = {None: Place(None)}
        self._rng = Rng(self.house.seed, _AT_RANDOM)
        self._put = False
        self._arrive(None)
        for seat in range(self.house.seats if sitting is None else sitting):
            self.sit(seat, bot=seat in bots)

    # ── looking ─────────────────────────────────────────────────────────────────────────────────────────

    @property
    def state(self) -> Any:
        """The state, as the rules made it."""
        return self.house.match.shown.state

    @property
    def turns(self) -> tuple[int, ...]:
        """The seats that are asked and have not answered."""
        fold = self.house.match.fold
        return tuple(seat for seat in sorted(fold.turns) if seat not in fold.pool)

    @property
    def result(self) -> Result | None:
        """How the match ended: by the rules, or by the host (resigned, flagged, gone, agreed, called off)."""
        return self.house.match.shown.outcome

    @property
    def steps(self) -> int:
        """How many steps there were."""
        return self.house.match.shown.step

    def moves(self, seat: int) -> Any:
        """The legal moves of a seat, as a list where they can be listed; else as the rules give them."""
        moves: Any = self.house.match.fold.turns.get(seat, ())
        return list(moves) if hasattr(moves, "__iter__") else moves

    def view(self, seat: int | None = None) -> Any:
        """What this seat sees, as plain JSON put together from the frames it was sent; None: a spectator."""
        return self.places[seat].view

    # ── acting ──────────────────────────────────────────────────────────────────────────────────────────

    def play(self, *moves: Any) -> Table:
        """Moves in order, each by the first seat that is asked and has not answered. Each must be accepted."""
        for move in moves:
            if self.house.match.fold.hz:
                raise AssertionError(f"{self.rules.name} runs on ticks: use tick({{seat: move}})")
            if not self.turns:
                raise AssertionError(f"nobody may play {move!r}: {self._how_it_stands()}")
            self.move(self.turns[0], move)
        return self

    def move(self, seat: int, move: Any) -> None:
        """A move of this seat, which must be accepted."""
        code = self._submit(seat, move)
        if code is not None:
            raise AssertionError(f"seat {seat} may not play {move!r} ({code}: {_why(code)}) {self._how_it_stands()}")

    def assert_refused(self, seat: int, move: Any, code: str = "illegal") -> None:
        """The host refuses this move with `code`, and nothing changes."""
        before = self.house.match.shown.n
        refusals = len(self.places[seat].refusals)
        found = self._submit(seat, move)
        if found is None and self.house.match.fold.hz:
            self.tick()
            found = self._refused_since(seat, refusals)
        if found != code:
            raise AssertionError(f"seat {seat} playing {move!r}: expected {code}, but it was {found or 'accepted'}")
        assert self.house.match.fold.hz or self.house.match.shown.n == before

    def assert_result(self, *scores: int, reason: str | None = None) -> None:
        """The match has ended with these scores, side by side."""
        result = self.result
        if result is None:
            raise AssertionError(f"the match goes on: {self._how_it_stands()}")
        if result.scores != scores or reason not in (None, result.reason):
            wanted = f"{scores}{'' if reason is None else f' by {reason}'}"
            raise AssertionError(f"expected {wanted}, but it ended {result.scores} by {result.reason}")

    def resign(self, seat: int) -> None:
        """The seat gives the match up."""
        self._say(seat, messages.Resign(self._next_c(seat)))

    def offer(self, seat: int, what: Literal["draw", "takeback", "rematch"]) -> None:
        """The seat offers something to the others; where one of them has offered it, this accepts."""
        self._say(seat, messages.Offer(self._next_c(seat), what))

    def answer(self, seat: int, what: Literal["draw", "takeback", "rematch"], yes: bool) -> None:
        """The seat answers an offer."""
        self._say(seat, messages.Answer(self._next_c(seat), what, yes))

    def sit(self, seat: int, *, bot: bool = False) -> None:
        """Someone sits down; in a game with `enter` while the match runs too."""
        if not self.house.sit(seat, bot=bot):
            raise AssertionError(f"seat {seat} is not let in: {self.house.answers[-1]['why']}")
        if not bot:
            self.places[seat] = Place(f"player-{seat}")
            self._arrive(seat)
        self._check()

    def leave(self, seat: int) -> None:
        """The player closes the page; the seat is held for the game's grace."""
        place = self.places.pop(seat)
        self.house.perform(self.house.match.detach(place, self.house.now_ms))
        self._check()

    def come_back(self, seat: int) -> None:
        """The player opens the page again."""
        self.places[seat] = Place(f"player-{seat}")
        self._arrive(seat)
        self._check()

    def put(self, state: Any) -> Table:
        """Go on from this state instead, for tests of an endgame. The log tells nothing of it."""
        match = self.house.match
        self._put = True
        fold = match.fold.copy()
        fold.state, fold.pool, fold._turns = state, {}, None
        match.tail.fold = match.tail.shown = fold
        self.house.perform(match.audience.welcome_all(match.shown, self.house.now_ms, self.house.now_ms))
        return self

    # ── time ────────────────────────────────────────────────────────────────────────────────────────────

    def tick(self, moves: Mapping[int, Any] | None = None, count: int = 1) -> Table:
        """`count` ticks, the first with these inputs; each must be legal there."""
        sent = {seat: len(self.places[seat].refusals) for seat in moves or {}}
        codes = {seat: self._submit(seat, move) for seat, move in (moves or {}).items()}
        last = self.house.match.fold.ticks + count
        while self.result is None and self.house.match.fold.ticks < last:
            self.house.pass_ms(self._soon())
        for seat, before in sent.items():
            code = codes[seat] or self._refused_since(seat, before)
            if code is not None:
                raise AssertionError(f"seat {seat} may not play {moves and moves[seat]!r} ({code}: {_why(code)})")
        self._check()
        return self

    def wait(self, seconds: int) -> Table:
        """Time passes: ticks, bots, flags, and seats that are gone by the game's grace."""
        return self.wait_ms(seconds * 1000)

    def wait_ms(self, ms: int) -> Table:
        """The same in milliseconds."""
        self.house.pass_ms(self.house.now_ms + ms)
        self._check()
        return self

    def play_at_random(self, steps: int = 100_000) -> Table:
        """Legal moves drawn from the seed, until the match ends or for so many steps."""
        last = self.steps + steps
        while self.result is None and self.steps < last:
            if self.house.match.fold.hz:
                asked = [seat for seat in self.turns if seat in self.places and self._rng.below(2)]
                self.tick({seat: self._drawn(seat) for seat in asked})
            elif people := [seat for seat in self.turns if seat in self.places]:
                self.move(people[0], self._drawn(people[0]))
            else:
                self.house.pass_ms(self._soon())
        return self

    # ── inside ──────────────────────────────────────────────────────────────────────────────────────────

    def _drawn(self, seat: int) -> Any:
        return self.house.match.fold.turns[seat].sample(self._rng)

    def _soon(self) -> int:
        at = self.house.next_ms()
        if at is None:
            raise AssertionError(f"nothing will ever happen: {self._how_it_stands()}")
        return at

    def _arrive(self, seat: int | None) -> None:
        self.house.perform(self.house.match.attach(self.places[seat], Hello(), self.house.now_ms, self.house.now_ms))

    def _next_c(self, seat: int) -> int:
        place = self.places[seat]
        place.c = max(place.c, self.house.match.fold.cs[seat]) + 1
        return place.c

    def _submit(self, seat: int, move: Any) -> str | None:
        """Send a move as a client does, as text; the code of its refusal."""
        c, fold = self._next_c(seat), self.house.match.fold
        text = codec.encode(messages.Move(c, move, None if fold.hz else fold.v)).decode()
        try:
            message = codec.decoder_for(self.rules.move).decode(text)
        except codec.Refused as refused:
            self.places[seat].c -= 1
            return str(refused.code)
        return self._say(seat, message)

    def _say(self, seat: int, message: Any) -> str | None:
        place = self.places[seat]
        before = len(place.refusals)
        place.waiting[message.c] = message
        self.house.perform(self.house.match.submit(place, message, self.house.now_ms))
        self._check()
        code = self._refused_since(seat, before)
        if code is not None:
            place.c = message.c - 1
        return code

    def _refused_since(self, seat: int, before: int) -> str | None:
        """The code of a refusal that came after the first `before` of this seat."""
        refusals = self.places[seat].refusals
        return refusals[-1][1] if len(refusals) > before else None

    def _check(self) -> None:
        """Everyone's picture is what a newcomer is shown, and a finished log folds to what was seen."""
        shown = self.house.match.shown
        for seat, place in self.places.items():
            fresh, v = self.house.fresh_view(seat), self.house.shown_to(seat).v
            if place.v != v or place.view != fresh:
                who = "the spectator" if seat is None else f"seat {seat}"
                raise AssertionError(f"{who} pieced together {place.view} at {place.v}; it is {fresh} at {v}")
        if (
            shown.over
            and not self._put
            and msgspec.json.encode(self.house.refolded().state) != msgspec.json.encode(shown.state)
        ):
            raise AssertionError("the log folds to another end than was played: some rule looks beyond its arguments")

    def _how_it_stands(self) -> str:
        if self.result is not None:
            return f"The match ended {self.result.scores} by {self.result.reason}."
        asked = {seat: self.moves(seat) for seat in self.turns}
        return f"Legal now: {asked}." if asked else "Nobody is asked."


def _why(code: str) -> str:
    return WHY[Code(code)]
