"""What the house decides about a match from outside: it is called off, or its result is ruled. Pure.

`match.py` calls these for commands of pages and admins, and for faults. Each is one entry, harmless when it is asked
for twice, and refused where the match is decided already.
"""

from __future__ import annotations

from games.host.effects import Effect, Grant
from games.host.entries import Aborted, Ruled, text
from games.host.kinds import ABORTED, RULED
from games.host.tail import Tail
from games.protocol.codes import WHY, Code
from games.rules.base import Result


def call_off(tail: Tail, why: str, words: str, now_ms: int, command: int | None) -> list[Effect]:
    """Abort: the match counts for nobody. `words`: what the house tells about it."""
    outcome = tail.fold.outcome
    grant = None if command is None else Grant(command, {"ok": True})
    if outcome is None:
        return tail.append("abort", None, None, text(Aborted(why, words)), now_ms=now_ms, grant=grant)
    if command is None or grant is None:
        return []
    return [grant if outcome.reason == ABORTED else no(command, Code.OVER)]


def rule(tail: Tail, scores: tuple[int, ...], words: str, now_ms: int, command: int) -> list[Effect]:
    """The result is what the house says: a score for each side, and the words with which it is told."""
    fold = tail.fold
    grant = Grant(command, {"ok": True})
    if fold.outcome is not None:
        return [grant if fold.outcome == Result(scores, RULED) else no(command, Code.OVER)]
    if fold.status != "live":
        return [no(command, Code.NOT_STARTED)]
    if len(scores) != max(fold.sides) + 1:
        return [no(command, Code.BAD_SCORES)]
    return tail.append("ruled", None, None, text(Ruled(scores, words)), now_ms=now_ms, grant=grant)


def no(command: int, code: Code) -> Grant:
    """A wish that is not granted."""
    return Grant(command, {"ok": False, "code": str(code), "why": WHY[code]})
