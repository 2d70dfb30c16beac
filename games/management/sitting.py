"""One seat of a match for a person at a terminal: reads what is typed, has the others play, tells what happened.

`playgame` prints what it says. It holds no state but the table and the list of what was typed: a match follows from
that and its seed, so `undo` plays all but the last of it once more.
"""

from __future__ import annotations

from typing import Any

import msgspec

from games.management.terminal import Choices, told, written
from games.protocol.codes import WHY, Code
from games.rules.base import Rules
from games.testing import Table

_HELP = "Type a move as it is listed. Also: random, undo, resign, quit, help"
_HELP_TICKS = "Enter: the next {ticks}; a move: then, from the first of them on. Also: random, undo, resign, quit, help"
# Opponents who never come to an end, because nobody is asked who sits here, would go on for ever.
_PATIENCE_S = 100_000

# After taking back only the position is shown, and no move again.
_NOTHING = -1

Act = tuple[str, Any]
"""What was typed: ("move", move), ("tick", move or None), ("resign", None)."""


class Sitting:
    """The table, what was typed so far, and how much of what happened has been told."""

    def __init__(self, rules: Rules[Any, Any], setting: dict[str, Any], seed: int, seat: int, ticks: int) -> None:
        self.rules, self.seat, self._ticks = rules, seat, ticks
        self._setting = setting | {"seed": seed}
        self.seats = setting["seats"]
        self._acts: list[Act] = []
        self._told = 0
        self.table: Table
        if rules.hz:
            self.help = _HELP_TICKS.format(ticks="tick" if ticks == 1 else f"{ticks} ticks")
        else:
            self.help = _HELP

    def begin(self) -> None:
        """From the beginning, with all that was typed so far."""
        others = tuple(one for one in range(self.seats) if one != self.seat)
        self.table = Table(self.rules, bots=others, **self._setting)
        self._told = 0
        self._until_asked()
        for act in self._acts:
            self._do(act)

    # ── what is typed ───────────────────────────────────────────────────────────────────────────────────

    def take(self, line: str) -> str:
        """Does what a line says; a sentence where there is something to say."""
        if line in ("help", "?"):
            return self.help
        if line == "undo":
            return self._undo()
        try:
            act = self._act(line)
        except ValueError as unread:
            return str(unread)
        code = self._refused(act)
        if code is not None:
            return f"Not accepted: {WHY[Code(code)]}"
        self._acts.append(act)
        self._do(act)
        return ""

    def _act(self, line: str) -> Act:
        if line == "resign":
            return "resign", None
        if self.rules.hz and not line:
            return "tick", None
        choices = Choices(self.table.moves(self.seat))
        if line == "random" and self.seat in self.table.turns:
            move = choices.drawn(len(self._acts))
        else:
            move = choices.read(line, self.rules.move)
        return ("tick" if self.rules.hz else "move"), move

    def _refused(self, act: Act) -> str | None:
        """The code under which the host would refuse a move."""
        kind, move = act
        if kind == "resign" or (kind == "tick" and move is None):
            return None
        if self.seat not in self.table.turns:
            return str(Code.NOT_YOUR_TURN)
        moves = self.table.house.match.fold.turns[self.seat]
        return None if move in moves else str(Code.ILLEGAL)

    def _do(self, act: Act) -> None:
        kind, move = act
        if kind == "resign":
            self.table.resign(self.seat)
        elif kind == "tick":
            self.table.tick({} if move is None else {self.seat: move}, count=self._ticks)
        else:
            self.table.move(self.seat, move)
        self._until_asked()

    def _until_asked(self) -> None:
        """The others move, until it is this seat's turn or the end."""
        waited_s = 0
        while not self.rules.hz and self.table.result is None and self.seat not in self.table.turns:
            self.table.wait(1)
            waited_s += 1
            if waited_s > _PATIENCE_S:
                raise AssertionError("The others play on and on, and nobody asks you.")

    def _undo(self) -> str:
        if not self._acts:
            return "There is nothing to take back."
        self._acts.pop()
        self.begin()
        self._told = _NOTHING
        return "Taken back; chance stays as it was."

    # ── what is told ────────────────────────────────────────────────────────────────────────────────────

    @property
    def _frames(self) -> list[bytes]:
        return self.table.places[self.seat].frames

    def news(self) -> list[str]:
        """The moves since the last time, as far as this seat may know them, then what it sees; nothing if it is old."""
        before, self._told = self._told, len(self._frames)
        if before == self._told:
            return []
        new = self._frames[before:] if before != _NOTHING else []
        moves = [line for frame in new for line in _moved(msgspec.json.decode(frame), self.seat)]
        return ["", *moves, written(self.table.view(self.seat))]

    def offered(self) -> str:
        """What may be typed now."""
        asked = self.seat in self.table.turns
        return f"Your moves: {Choices(self.table.moves(self.seat))}" if asked else "You are not asked; Enter goes on."

    def ending(self) -> str:
        """How it ended."""
        result = self.table.result
        assert result is not None
        side = self.table.house.match.fold.sides[self.seat]
        best = max(result.scores)
        won = "a draw" if len(set(result.scores)) == 1 else "you won" if result.scores[side] == best else "you lost"
        return f"The end: {won} ({result.reason}), scores {'  '.join(map(str, result.scores))}"


def _moved(frame: Any, own: int) -> list[str]:
    by = frame.get("by", ()) if isinstance(frame, dict) else ()
    return [f"{'you' if one[0] == own else f'seat {one[0]}'}: {told(one[2])}" for one in by if len(one) > 2]
