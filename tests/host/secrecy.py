"""Non-interference over whole frames: whatever a viewer must not know, everything it is sent is the same.

A match is played at random. Now and then it is set out three times over: as it is; with all that is hidden from one
viewer dealt anew (`Rules.unknown`), and other moves made by those who answer at the same time; and with nobody else
having answered. Then that viewer does at all three tables what a curious client would, and every byte that it is sent,
in its order and at its moment, must be the same.

Clocks are not asked here; their tests are `test_clock_match.py`'s.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from copy import copy
from typing import Any

import msgspec

from games.host.fold import Fold
from games.host.match import LiveMatch
from games.protocol import codec, messages
from games.protocol.messages import Hello
from games.rules.base import Moves, Rules
from games.rules.rng import Rng
from tests.host.kit import Guest, Table

Viewer = int | None

# At most so many steps lie between two looks at a match: a long match is looked at some twenty times.
GAP = 12
# The same on the clock, where a look costs six tables.
TICKS = 6
# Marks in what a viewer was sent: from here on it is an answer to the next thing that was done.
NEXT = b"-- next --"


class Leak(AssertionError):
    """A viewer was sent something that depends on what it must not know."""


class Seen(Table):
    """A match set out once more, as it would be with another state; remembers all that one viewer is sent, in order."""

    def __init__(self, real: Table, state: Any, viewer: Viewer) -> None:
        self.__dict__.update(copy(real.__dict__))
        self.log, self.changes, self.answers = list(real.log), [], []
        self._pending, self.states = deque(), {}
        fold = real.match.fold.copy()
        fold.state, fold._turns = state, None
        self.match = LiveMatch(real.match.header, fold, now_ms=real.now_ms, new_match=lambda: ("next", bytes(32)))
        self.viewer, self.sent = viewer, list[bytes]()
        self.guests = {seat: self.arrive(Guest(guest.player)) for seat, guest in real.guests.items() if seat != viewer}
        self.greeted_at = self.match.shown.v
        self.come_back()

    @property
    def state(self) -> Any:
        return self.match.fold.state

    def note(self) -> None:
        """All that the viewer was sent since the last note belongs to what was done since."""
        self.sent.append(NEXT)
        self.sent.extend(self.guests[self.viewer].frames)
        self.guests[self.viewer].frames.clear()

    def come_back(self, hello: Hello | None = None) -> None:
        """The viewer on a new connection."""
        player = None if self.viewer is None else f"player-{self.viewer}"
        self.guests[self.viewer] = self.arrive(Guest(player), hello)
        self.note()

    def say(self, message: Any) -> None:
        """The viewer sends something."""
        self.send(self.viewer, message)
        self.note()

    def others_say(self, seat: int, message: Any) -> None:
        self.send(seat, message)
        self.note()

    def next_c_of(self, seat: Viewer) -> int:
        return 1 if seat is None else self.next_c(seat)

    def try_move(self, move: Any, *, on: int = 0, gap: int = 0) -> None:
        """The viewer makes a move, perhaps one that it may not make."""
        fold = self.match.fold
        self.say(messages.Move(self.next_c_of(self.viewer) + gap, move, fold.v + on))

    def asked(self, seat: Viewer) -> Moves[Any] | None:
        return None if seat is None else self.match.fold.turns.get(seat)


def judge(rules: Rules[Any, Any], seed: bytes) -> int:
    """Plays a match of `rules` and looks at it again and again through every viewer's eyes; raises Leak.

    Returns how often what was hidden was really another.
    """
    real, rng, different = Table(rules, seed=seed), Rng(seed, -3), 0
    while real.match.fold.turns:
        for viewer in real.guests:
            other = rules.unknown(real.match.fold.state, viewer, rng)
            different += codec.encode(other) != codec.encode(real.match.fold.state)
            _look(real, other, viewer, rng)
        for _ in range(1 + rng.below(GAP)):
            _go_on(real, rng)
    return different


def judge_ticks(rules: Rules[Any, Any], seed: bytes) -> int:
    """The same for a game on the clock: between ticks nothing may show, and at a tick no more than the view does."""
    real, rng, different = Table(rules, seed=seed), Rng(seed, -3), 0
    while real.match.fold.turns:
        for viewer in real.guests:
            other = rules.unknown(real.match.fold.state, viewer, rng)
            different += codec.encode(other) != codec.encode(real.match.fold.state)
            _look_at_ticks(real, other, viewer, rng)
        for _ in range(1 + rng.below(TICKS)):
            if rng.below(2):
                _go_on(real, rng)
            real.tick()
    return different


def _look_at_ticks(real: Table, other: Any, viewer: Viewer, rng: Rng) -> None:
    here, there = Seen(real, real.match.fold.state, viewer), Seen(real, other, viewer)
    tables = (here, there, Seen(real, real.match.fold.state, viewer))
    tried = [rng.choice(list(_tried(real, here, there, rng))) for _ in range(2)]
    for table in tables:
        table.say(messages.AskMoves())
        table.say(messages.Resign(7))
        for gap, move in enumerate(tried):
            table.try_move(move, gap=gap)
    same(tables, "before a tick")
    _steer_unseen(here, there, viewer, rng)
    for table in tables:
        table.note()
        table.come_back()
    same(tables, "when others have steered and the tick has not come")
    for table in tables:
        table.tick()
        table.note()
    for table in tables[1:]:
        if _known(here.match.fold, viewer) == _known(table.match.fold, viewer):
            same((here, table), "at a tick that shows nothing new")


def _steer_unseen(here: Seen, there: Seen, viewer: Viewer, rng: Rng) -> None:
    """Others steer, otherwise at the second table; at a third they do not."""
    for seat, moves in here.match.fold.turns.items():
        if seat == viewer:
            continue
        here.move(seat, move := moves.sample(rng))
        if (elsewhere := there.asked(seat)) is not None:
            there.move(seat, _another(elsewhere, move, rng))


def _go_on(table: Table, rng: Rng) -> None:
    """Somebody who is asked makes a move."""
    fold = table.match.fold
    asked = [seat for seat in fold.turns if seat not in fold.pool]
    if asked:
        seat = rng.choice(asked)
        table.move(seat, fold.turns[seat].sample(rng))


def _look(real: Table, other: Any, viewer: Viewer, rng: Rng) -> None:
    here, there = Seen(real, real.match.fold.state, viewer), Seen(real, other, viewer)
    silent = Seen(real, real.match.fold.state, viewer)
    tables = (here, there, silent)
    tried = list(_tried(real, here, there, rng))
    _ask(tables, viewer, tried)
    same(tables, "before anybody has answered")
    _talk_unheard(tables, viewer)
    same(tables, "when others have said what is not for it")
    _answer_unseen(here, there, viewer, rng)
    for table in tables:
        table.note()
        table.come_back()
    _ask(tables, viewer, tried)
    same(tables, "when others have answered and the step has not come")
    if _step(here, there, viewer, rng) and _alike(here, there, viewer):
        for table in (here, there):
            table.come_back(Hello(e=1, v=table.greeted_at))
        same((here, there), "after a step that shows nothing new")


def _tried(real: Table, here: Seen, there: Seen, rng: Rng) -> Iterator[Any]:
    """Moves that a curious client might try: of the past, of other seats, legal in one of the two states."""
    moves = [entry for entry in real.log if entry.kind == "move"]
    for entry in (moves[rng.below(len(moves))] for _ in range(min(len(moves), 3))):
        yield msgspec.json.decode(entry.body, type=real.rules.move)
    for table in (here, there):
        for asked in table.match.fold.turns.values():
            yield asked.sample(rng)


def _ask(tables: tuple[Seen, ...], viewer: Viewer, tried: list[Any]) -> None:
    """All that a viewer may ask or get wrong without making a legal move."""
    for table in tables:
        table.say(messages.AskMoves())
        table.say(messages.Chat("?"))
        table.say(messages.Offer(table.next_c_of(viewer), "draw"))
        table.say(messages.Offer(table.next_c_of(viewer), "rematch"))
        table.say(messages.Answer(table.next_c_of(viewer), "draw", False))
    here, there = (table.asked(viewer) for table in tables[:2])
    for move in tried:
        legal_in_both = here is not None and there is not None and move in here and move in there
        for table in tables:
            if not legal_in_both:
                table.try_move(move)
            table.try_move(move, gap=3)
            table.try_move(move, on=-1 - table.match.fold.v + table.match.fold.turn_v)


def _talk_unheard(tables: tuple[Seen, ...], viewer: Viewer) -> None:
    """Others say what is not for the viewer: one thing here, another there, and at the third table nothing."""
    for table, words in zip(tables, ("B4", "F7", None), strict=True):
        somebody = table.arrive(Guest("somebody"))
        speakers = [guest for seat, guest in table.guests.items() if seat not in (viewer, None)]
        for guest in [*speakers, somebody] if words else []:
            if not _may_hear(table.rules, viewer, guest.seat):
                table.perform(table.match.submit(guest, messages.Chat(words), table.now_ms))
        table.note()
        table.come_back()


def _may_hear(rules: Rules[Any, Any], viewer: Viewer, speaker: Viewer) -> bool:
    """Whether words may pass while a match is played."""
    if viewer is None:
        return speaker is None or not rules.secret
    return speaker is not None and rules.chat == "open"


def _answer_unseen(here: Seen, there: Seen, viewer: Viewer, rng: Rng) -> None:
    """Others make moves that wait for the step: other ones at the second table, wherever they have a choice."""
    rules = here.rules
    for seat, moves in here.match.fold.turns.items():
        if seat == viewer or seat in here.match.fold.pool:
            continue
        pool = {one: move for one, (_, move) in here.match.fold.pool.items()}
        move = moves.sample(rng)
        if rules.ready(here.state, {**pool, seat: move}):
            continue  # this would be the step
        here.move(seat, move)
        if (elsewhere := there.asked(seat)) is not None:
            there.move(seat, _another(elsewhere, move, rng))


def _another(moves: Moves[Any], move: Any, rng: Rng) -> Any:
    """A move that is not this one, if a few draws find one."""
    drawn = [moves.sample(rng) for _ in range(5)]
    return next((one for one in drawn if one != move), drawn[0])


def _step(here: Seen, there: Seen, viewer: Viewer, rng: Rng) -> bool:
    """Everyone who has not answered does, the viewer alike at both tables; whether both made a step."""
    before = here.match.fold.step
    for seat, moves in list(here.match.fold.turns.items()):
        elsewhere = there.asked(seat)
        if seat in here.match.fold.pool or here.match.fold.step > before or elsewhere is None:
            continue
        move = moves.sample(rng)
        for table in (here, there):
            asked = table.asked(seat)
            legal = seat == viewer or (asked is not None and move in asked)
            table.move(seat, move if legal else elsewhere.sample(rng))
    return here.match.fold.step > before


def _alike(here: Seen, there: Seen, viewer: Viewer) -> bool:
    """Whether the rules show the viewer the same after this step; if not, the step told it something, as steps do.

    In an open game a step tells everyone what was played, whatever the view says.
    """
    for table in (here, there):
        table.note()
    return here.rules.secret and _known(here.match.fold, viewer) == _known(there.match.fold, viewer)


def _known(fold: Fold, viewer: Viewer) -> bytes:
    rules, state = fold.rules, fold.state
    moves = fold.turns.get(viewer) if viewer is not None else None
    count = None if moves is None else moves.count()
    return codec.encode((rules.view(state, viewer, rules.shared(None, state)), fold.outcome, count, fold.step))


def same(tables: tuple[Seen, ...], when: str) -> None:
    """Everything that the viewer was sent so far is the same at all tables."""
    first = tables[0]
    who = "a spectator" if first.viewer is None else f"seat {first.viewer}"
    for other in tables[1:]:
        for index, (one, another) in enumerate(zip(first.sent, other.sent, strict=False)):
            if one != another:
                raise Leak(f"{who}, {when}: frame {index} is {one.decode()} or {another.decode()}")
        if len(first.sent) != len(other.sent):
            raise Leak(f"{who}, {when}: is sent {len(first.sent)} or {len(other.sent)} frames")
