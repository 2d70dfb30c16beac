"""What a match refuses, row by row of the table, on the host alone: each input gets its exact answer."""

from typing import Any, Literal

import msgspec
import pytest

from games.host.effects import Append, Effect, Put
from games.host.entries import FOLD, MatchId, Sit, genesis, seed_hash
from games.host.fold import Fold
from games.host.greeting import Facts
from games.host.match import Header, LiveMatch
from games.protocol.codec import decoder_for
from games.protocol.codes import WHY, Close
from games.protocol.messages import Hello
from games.rules.tic_tac_toe import TicTacToe
from tests.protocol.bad_input import INPUTS, Input

SEED = bytes(32)


class Ear:
    """A connection that keeps what it is told."""

    def __init__(self, player: str | None) -> None:
        self.player = player
        self.name = player or ""
        self.seat: int | None = None
        self.heard: list[dict[str, Any]] = []

    def put(self, frame: bytes, kind: Literal["state", "event"]) -> None:
        self.heard.append(msgspec.json.decode(frame))

    def close(self, code: Close) -> None:
        raise AssertionError(f"closed with {code}")

    def silenced(self) -> bool:
        return False

    def token(self, match: str, seat: int | None) -> str | None:
        return None


class Table:
    """A match of tic-tac-toe between two people with a spectator; all that is appended is stored at once."""

    def __init__(self, sitting: int) -> None:
        rules, hashed = TicTacToe(), seed_hash(SEED)
        start = genesis(game=rules.name, edition=1, fold=FOLD, options={}, seats=2, hashed_seed=hashed)
        fold = Fold.begin(rules, options=rules.options(), seats=2, seed=SEED, genesis=start)
        header = Header(MatchId(1), Facts("match", 1, {}, hashed), True, {})
        self.match = LiveMatch(header, fold, now_ms=0, new_match=lambda: ("next", SEED))
        self.ears: dict[int | None, Ear] = {None: Ear(None)}
        for seat in range(sitting):
            self.ears[seat] = Ear(f"player-{seat}")
            self.perform(self.match.sit(seat, Sit(f"Player {seat}", f"player-{seat}"), seat, seat, 0))
        for ear in self.ears.values():
            self.perform(self.match.attach(ear, Hello(), 0, 0))

    def perform(self, effects: list[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Put):
                for connection in effect.connections:
                    connection.put(effect.frame, effect.kind)
            elif isinstance(effect, Append):
                self.perform(self.match.stored(effect.entry.n, 0, 0))

    def send(self, seat: int | None, frame: str) -> list[dict[str, Any]]:
        """What the sender is told in answer."""
        ear = self.ears[seat]
        ear.heard.clear()
        message = decoder_for(TicTacToe.move).decode(frame.replace("<v>", str(self.match.shown.v)))
        self.perform(self.match.submit(ear, message, 0))
        return ear.heard


@pytest.mark.parametrize("row", INPUTS, ids=lambda row: row.name)
def test_an_input_gets_its_exact_answer_and_changes_nothing(row: Input) -> None:
    table = Table(sitting=1 if row.waiting else 2)
    for seat, frame in row.before:
        assert not [one for one in table.send(seat, frame) if one["type"] == "reject"]
    digest = table.match.fold.digest
    heard = table.send(row.seat, row.frame)
    c = msgspec.json.decode(row.frame.replace("<v>", "0"))["c"]
    if row.code is None:
        assert [(one["type"], one["c"]) for one in heard] == [("ack", c)]
    else:
        assert heard == [{"type": "reject", "c": c, "code": row.code, "why": WHY[row.code], "last": row.last}]
    assert table.match.fold.digest == digest
