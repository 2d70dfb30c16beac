"""What is done to a match from outside: somebody is seated, it is called off, ruled, or all are told something. Pure.

`match.py` calls these for commands of pages and admins, and for faults. Each is one entry, harmless when it is asked
for twice, and refused where the match is decided already.
"""

from __future__ import annotations

from typing import Any

from games.host import said
from games.host.audience import Audience
from games.host.away import Away
from games.host.effects import Began, Change, Effect, Grant, SeatTaken
from games.host.entries import Aborted, Ruled, Sit, text
from games.host.kinds import ABORTED, RULED
from games.host.tail import Tail
from games.protocol.codes import WHY, Code
from games.rules.base import Result

# As long as a line of chat may be.
LONGEST_LINE = 500


def decide(tail: Tail, audience: Audience, command: int, kind: str, body: dict[str, Any], now_ms: int) -> list[Effect]:
    """What an admin wishes of the match, by the kind of the command."""
    words = str(body.get("words", ""))[:LONGEST_LINE]
    if kind == "abort":
        return call_off(tail, body.get("why", "organiser"), words, now_ms, command)
    if kind == "rule":
        return rule(tail, tuple(body.get("scores", ())), words, now_ms, command)
    return [*said.announce(audience, words, now_ms), Grant(command, {"ok": True})]


def sit(tail: Tail, away: Away, command: int, who: Sit, pk: int | None, seat: int | None, now_ms: int) -> list[Effect]:
    """Seat a player, at `seat` if given, else at the first free one. Idempotent: who sits already is told where."""
    fold = tail.fold
    taken = fold.seat_of(who.player)
    if taken is not None:
        return [Grant(command, {"ok": True, "seat": taken})]
    if fold.outcome is not None:
        return [no(command, Code.OVER)]
    free = [one for one in range(fold.seats) if one not in fold.sitting and seat in (None, one)]
    if not free or not fold.admits(free[0]):
        return [no(command, Code.SEAT_TAKEN)]
    place = free[0]
    if who.player is not None and pk is not None:
        tail.players = {**tail.players, who.player: pk}
    changes: tuple[Change, ...] = (SeatTaken(place, who.name, pk, who.bot or ""),)
    if fold.begins_with_next:
        changes += (Began(),)
    away.left(place, now_ms)
    grant = Grant(command, {"ok": True, "seat": place})
    return tail.append("sit", place, None, text(who), now_ms=now_ms, changes=changes, grant=grant)


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
