"""What each kind of entry does to a fold: one function a kind, in `KINDS`. Called by `Fold.apply` alone. Pure.

A function changes the fold in place and says what changed. It decides nothing: who made the entry has checked it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from games.host.entries import Aborted, Answered, Chunk, Ended, Entry, Flagged, Gone, Offered, Ruled, Sit
from games.protocol.messages import HostUpdate, SeatInfo
from games.rules.base import Result

if TYPE_CHECKING:
    from games.host.fold import Fold

ABORTED = "aborted"
"""The reason of a match that was called off; it counts for nobody."""

RULED = "ruled"
"""The reason of a match whose result the house has decided; it counts like any other."""

# Offers that a move of who was asked answers by itself: with no.
LAPSING = ("draw", "takeback")


class Change(msgspec.Struct, frozen=True):
    """What one entry changed. `raised`: `v` went up; `stepped`: the state is new; `by`: the inputs of that step;
    `whole`: the new view does not follow from the old one, so no patch can tell it."""

    raised: bool
    stepped: bool = False
    by: tuple[tuple[int, int, Any], ...] = ()
    host: HostUpdate | None = None
    whole: bool = False


_NOTHING = Change(raised=False)


def _move(fold: Fold, entry: Entry, move: Any) -> Change:
    seat, c = entry.seat, entry.c
    assert seat is not None
    assert c is not None
    if move is None:
        move = msgspec.json.decode(entry.body, type=fold.rules.move)
    by: tuple[tuple[int, int, Any], ...] = ((seat, c, move),)
    if not fold.pool:
        moves = {seat: move}
        if not fold.ready(moves):
            fold.pool = {seat: (c, move)}
            return _NOTHING
    else:
        pool = fold.pool = {**fold.pool, seat: (c, move)}
        moves = {seat: one for seat, (_, one) in pool.items()}
        if not fold.ready(moves):
            return _NOTHING
        by = tuple([(seat, c, one) for seat, (c, one) in pool.items()])
    fold.step_with(moves, entry.ms)
    if not fold.offers:
        return Change(True, True, by)
    lapsed = _lapse(fold, by)
    return Change(True, True, by, HostUpdate(lapsed=lapsed) if lapsed else None)


def _lapse(fold: Fold, by: tuple[tuple[int, int, Any], ...]) -> tuple[str, ...]:
    """An offer stands until one who was asked moves instead of answering."""
    movers = {seat for seat, _, _ in by}
    lapsed = tuple(what for what in LAPSING if what in fold.offers and not movers <= set(fold.offers[what]))
    fold.offers = {what: yes for what, yes in fold.offers.items() if what not in lapsed}
    return lapsed


def _chunk(fold: Fold, entry: Entry, move: Any) -> Change:
    """The ticks of a stretch of time. They raised their versions one by one."""
    for moves in ticks_of(fold, entry):
        fold.tick(moves)
    return Change(raised=False)


def ticks_of(fold: Fold, entry: Entry) -> list[dict[int, tuple[int, Any]]]:
    """What each tick of a chunk applied, `{seat: (c, move)}`; raises ValueError where it does not follow `fold`."""
    chunk = msgspec.json.decode(entry.body, type=Chunk)
    if chunk.first != fold.ticks + 1:
        raise ValueError(f"tick {chunk.first} cannot follow tick {fold.ticks}")
    ticks: list[dict[int, tuple[int, Any]]] = [{} for _ in range(chunk.ticks)]
    for at, seat, c, body in chunk.runs:
        ticks[at - chunk.first][seat] = (c, msgspec.json.decode(body, type=fold.rules.move))
    return ticks


def _sit(fold: Fold, entry: Entry, move: Any) -> Change:
    assert entry.seat is not None
    sit = msgspec.json.decode(entry.body, type=Sit)
    started = fold.begins_with_next
    fold.sitting = {**fold.sitting, entry.seat: sit}
    if started:
        fold.status = "live"
    info = SeatInfo(name=sit.name, player=sit.player, bot=sit.bot, rating=sit.rating, provisional=sit.provisional)
    host = HostUpdate(sat=(entry.seat, info), started=started)
    if not fold.entered:
        return Change(raised=True, host=host)
    state = fold.rules.enter(fold.state, entry.seat, fold.next_env(entry.ms))
    if state is None:
        raise ValueError(f"{fold.rules.name}: seat {entry.seat} cannot enter")
    fold.put(state)
    return Change(raised=True, stepped=True, host=host)


def _resign(fold: Fold, entry: Entry, move: Any) -> Change:
    assert entry.seat is not None
    return _withdraw(fold, (entry.seat,), "resigned", entry.ms)


def _flag(fold: Fold, entry: Entry, move: Any) -> Change:
    return _withdraw(fold, msgspec.json.decode(entry.body, type=Flagged).seats, "flagged", entry.ms)


def _gone(fold: Fold, entry: Entry, move: Any) -> Change:
    return _withdraw(fold, msgspec.json.decode(entry.body, type=Gone).seats, "gone", entry.ms)


def _withdraw(fold: Fold, seats: tuple[int, ...], why: str, ms: int) -> Change:
    """Seats are out for good. Where the rules cannot go on without them, their sides have lost."""
    state = fold.rules.absent(fold.state, seats, why, fold.next_env(ms))
    fold.out += seats
    fold.pool = {seat: one for seat, one in fold.pool.items() if seat not in seats}
    if state is None:
        lost = {fold.sides[seat] for seat in seats}
        scores = tuple(0 if side in lost else 2 for side in range(max(fold.sides) + 1))
        fold.outcome = Result(scores, why)
    else:
        fold.put(state)
    host = HostUpdate(out=tuple((seat, why) for seat in seats))
    return Change(raised=True, stepped=state is not None, host=host)


def _offer(fold: Fold, entry: Entry, move: Any) -> Change:
    assert entry.seat is not None
    what = msgspec.json.decode(entry.body, type=Offered).what
    fold.offers = {**fold.offers, what: (entry.seat,)}
    fold.offered_at = {**fold.offered_at, f"{what}/{entry.seat}": fold.step}
    return Change(raised=True, host=HostUpdate(offered=(entry.seat, what)))


def _answer(fold: Fold, entry: Entry, move: Any) -> Change:
    assert entry.seat is not None
    answer = msgspec.json.decode(entry.body, type=Answered)
    host = HostUpdate(answered=(entry.seat, answer.what, answer.yes), rematch=answer.match)
    said_yes = (*fold.offers[answer.what], entry.seat)
    fold.offers = {what: yes for what, yes in fold.offers.items() if what != answer.what}
    if answer.yes and len(said_yes) < fold.seats:
        fold.offers = {**fold.offers, answer.what: said_yes}
    elif answer.yes and answer.what == "draw":
        fold.outcome = Result.draw(max(fold.sides) + 1, "agreement")
    elif answer.yes and answer.what == "rematch":
        fold.rematch = answer.match
    elif answer.yes:
        fold.take_back(said_yes[0])
        return Change(raised=True, stepped=True, host=host, whole=True)
    return Change(raised=True, host=host)


def _pause(fold: Fold, entry: Entry, move: Any) -> Change:
    assert entry.seat is not None
    fold.paused_by = entry.seat
    fold.pauses = {**fold.pauses, entry.seat: fold.pauses.get(entry.seat, 0) + 1}
    return Change(raised=True, host=HostUpdate(paused=entry.seat))


def _resume(fold: Fold, entry: Entry, move: Any) -> Change:
    fold.paused_by = None
    return Change(raised=True, host=HostUpdate(resumed=True))


def _abort(fold: Fold, entry: Entry, move: Any) -> Change:
    aborted = msgspec.json.decode(entry.body, type=Aborted)
    fold.outcome = Result((0,) * (max(fold.sides) + 1), ABORTED)
    fold.house = aborted.words
    return Change(raised=True, host=HostUpdate(aborted=aborted.why, house=aborted.words or None))


def _ruled(fold: Fold, entry: Entry, move: Any) -> Change:
    ruled = msgspec.json.decode(entry.body, type=Ruled)
    fold.outcome = Result(ruled.scores, RULED)
    fold.house = ruled.words
    return Change(raised=True, host=HostUpdate(house=ruled.words))


def _end(fold: Fold, entry: Entry, move: Any) -> Change:
    ended = msgspec.json.decode(entry.body, type=Ended)
    fold.outcome = Result(ended.scores, ended.reason)
    fold.status = "aborted" if ended.reason == ABORTED else "over"
    fold.rematch = ended.next
    fold.offers, fold.pool, fold.past, fold.paused_by = {}, {}, (), None
    return Change(raised=True)


KINDS: dict[str, Callable[[Fold, Entry, Any], Change]] = {
    "move": _move,
    "chunk": _chunk,
    "sit": _sit,
    "resign": _resign,
    "flag": _flag,
    "gone": _gone,
    "offer": _offer,
    "answer": _answer,
    "pause": _pause,
    "resume": _resume,
    "abort": _abort,
    "ruled": _ruled,
    "end": _end,
}
