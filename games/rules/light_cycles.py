"""Light cycles: riders draw walls behind them, whoever meets a wall is out, and the last one rides on.

A match is a few rounds. The walls are told by the turns that made them, so that a tick costs a handful of bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Annotated, Any, Literal

import msgspec

from games.rules.base import Env, Result, Rules
from games.rules.fixed import TURN, cosine, scaled, sine

Move = Literal["up", "right", "down", "left"]
WAYS: tuple[Move, ...] = ("up", "right", "down", "left")
_INTO = {way: index for index, way in enumerate(WAYS)}

CRASH = 4
"""What follows the four ways in a mark: this rider is out."""
_MARKS = CRASH + 1
# '0' and up: with 8 riders to 'W', which no JSON escapes.
_FIRST_MARK = ord("0")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"

RIDING = -1
# Three seconds to find one's own cycle; two to see how the round ended.
_LEAD_S, _REST_S = 3, 2
# Two taps within one cell are a narrow turn back, and both are meant; a third is a change of mind about the second.
_QUEUED = 2


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """At most 5 rounds of 7 points: then a digit in base 36 holds what a rider has gained."""

    size: Annotated[int, msgspec.Meta(ge=32, le=96, title="Cells across")] = 64
    speed: Annotated[Literal[10, 15, 30], msgspec.Meta(title="Cells a second")] = 15
    rounds: Annotated[Literal[1, 3, 5], msgspec.Meta(title="Rounds")] = 3
    hz: Annotated[Literal[30, 60], msgspec.Meta(title="Ticks a second")] = 30


class State(msgspec.Struct, frozen=True):
    """`walls`: a byte for each cell and for the fence around them; `heads`: each rider's cell; `ways`: where it rides;
    `queued`: turns that wait for the next cells; `earned`: the points of this round, `RIDING` before they are known;
    `points`: those of earlier rounds; `gone`: who has left for good.

    `turns`: pairs of the ticks since the pair before and the marks of that tick, a character for each rider that turned
    or crashed; `since`: ticks since the last pair; `tick`: ticks since the round began; `ended`: when it was decided.
    """

    options: Options
    walls: bytes
    heads: tuple[int, ...]
    ways: tuple[int, ...]
    queued: tuple[tuple[int, ...], ...]
    earned: tuple[int, ...]
    points: tuple[int, ...]
    gone: tuple[int, ...] = ()
    turns: tuple[int | str, ...] = ()
    since: int = 0
    tick: int = 0
    ended: int | None = None
    round: int = 1


class LightCycles(Rules[State, Move]):
    """A move is a way to ride; one that leads straight on or straight back changes nothing.

    A round gives each rider a point for every other that was out before it; who leaves comes last.
    """

    name = "light-cycles"
    title = "Light cycles"
    seats = range(2, 9)
    hz = 30
    every_input = True
    pauses = True
    state = State
    move = Move
    options = Options
    offers = frozenset()

    def hz_of(self, options: Options) -> int:
        return options.hz

    def setup(self, options: Options, seats: int, env: Env) -> State:
        return _placed(options, (0,) * seats)

    def turns(self, state: State) -> Mapping[int, tuple[Move, ...]]:
        return {} if self.result(state) else _steering(len(state.heads), state.gone)

    def step(self, state: State, moves: Mapping[int, Move], env: Env) -> State:
        options = state.options
        if state.ended is not None and state.tick == state.ended + _REST_S * options.hz:
            return _next_round(state)
        queued = _queued(state, moves) if moves else state.queued
        tick = state.tick + 1
        ridden = tick - _LEAD_S * options.hz
        later = msgspec.structs.replace(state, queued=queued, tick=tick, since=state.since + 1)
        if state.ended is not None or ridden <= 0 or ridden % (options.hz // options.speed):
            return later
        return _ridden(later)

    def result(self, state: State) -> Result | None:
        seats = len(state.heads)
        if state.ended is None and seats - len(state.gone) > 1:
            return None
        here = [seat for seat in range(seats) if seat not in state.gone]
        if len(here) < 2:
            return _ranked([int(seat in here) for seat in range(seats)], "last-rider")
        totals, left = _totals(state), state.options.rounds - state.round
        best, second = sorted((totals[seat] for seat in here), reverse=True)[:2]
        if left and best - second <= left * (seats - 1):
            return None
        return _ranked([totals[seat] + 1 if seat in here else 0 for seat in range(seats)], "points")

    def view(self, state: State, seat: int | None, shared: Any) -> Any:
        """What changes on a tick has a short name: `w` holds the pairs of `State.turns`, `t` the ticks since the last,
        `p` the points of earlier rounds, a digit in base 36 for each rider; `n` is the round.

        All walls follow. `lead` + `cells` ticks into the round, and every `cells` ticks from there until one rider or
        none is left, each goes on by one cell from `starts` (column, row, way); a mark of that tick turns it before, or
        it is out. A character of `w` is the mark seat · 5 + way (index into `WAYS`; 4: out), counted from "0".
        """
        options = state.options
        return {
            "size": options.size,
            "n": state.round,
            "rounds": options.rounds,
            "lead": _LEAD_S * options.hz,
            "cells": options.hz // options.speed,
            "starts": _starts(options.size, len(state.heads)),
            "t": state.since,
            "w": state.turns,
            "p": _told(state.points),
        }

    def changes(self, old: State, new: State, seat: int | None, shared: Any) -> Any:
        if new.round != old.round:
            return {"t": new.since, "w": new.turns, "p": _told(new.points), "n": new.round}
        if len(new.turns) != len(old.turns):
            return {"t": new.since, "w+": new.turns[len(old.turns) :]}
        return {"t": new.since}

    def absent(self, state: State, seats: Sequence[int], why: str, env: Env) -> State:
        """They stop where the others ride on: so a mark is always about the cell that follows."""
        return msgspec.structs.replace(state, gone=tuple(sorted({*state.gone, *seats})))


@cache
def _steering(seats: int, gone: tuple[int, ...]) -> Mapping[int, tuple[Move, ...]]:
    """Everyone who is in. As many maps as there are ways to leave, each made once: it is asked for at every tick."""
    return {seat: WAYS for seat in range(seats) if seat not in gone}


# ── rounds ──────────────────────────────────────────────────────────────────────────────────────────────


def _starts(size: int, seats: int) -> list[tuple[int, int, int]]:
    """Column, row and way of each rider: on a circle, one behind the other, so that nobody is better off."""
    radius, centre = size * 3 // 8, size // 2
    angles = [TURN * seat // seats for seat in range(seats)]
    return [
        (
            centre + scaled(radius, cosine(angle)),
            centre + scaled(radius, sine(angle)),
            # At angle 0, on the right, the circle leads down; each quarter on, one way on.
            (_INTO["down"] + (angle + TURN // 8) * 4 // TURN) % 4,
        )
        for angle in angles
    ]


def _placed(options: Options, points: tuple[int, ...]) -> State:
    """The field before the first round: a fence of ones around it, and a wall where each rider stands."""
    seats, stride = len(points), options.size + 2
    starts = _starts(options.size, seats)
    heads = tuple((row + 1) * stride + column + 1 for column, row, _ in starts)
    walls = bytearray(b"\1" * stride + (b"\1" + b"\0" * options.size + b"\1") * options.size + b"\1" * stride)
    for head in heads:
        walls[head] = 1
    ways = tuple(way for _, _, way in starts)
    return State(options, bytes(walls), heads, ways, ((),) * seats, (RIDING,) * seats, points)


def _next_round(state: State) -> State:
    fresh = _placed(state.options, _totals(state))
    return msgspec.structs.replace(fresh, gone=state.gone, round=state.round + 1)


def _totals(state: State) -> tuple[int, ...]:
    return tuple(before + max(now, 0) for before, now in zip(state.points, state.earned, strict=True))


def _ranked(scores: list[int], reason: str) -> Result:
    """`scores` as a result; between two they only say who won."""
    if len(scores) != 2:
        return Result(tuple(scores), reason)
    first, second = scores
    return Result.draw(2, reason) if first == second else Result.win(int(second > first), 2, reason)


def _told(points: tuple[int, ...]) -> str:
    return "".join(_DIGITS[one] for one in points)


# ── riding ──────────────────────────────────────────────────────────────────────────────────────────────


def _queued(state: State, moves: Mapping[int, Move]) -> tuple[tuple[int, ...], ...]:
    """The turns that wait, with those of `moves`. Each is across the one before it, or it would be no turn."""
    queued = list(state.queued)
    for seat, move in moves.items():
        waiting, way = queued[seat][: _QUEUED - 1], _INTO[move]
        before = waiting[-1] if waiting else state.ways[seat]
        if (way - before) % 2:
            queued[seat] = (*waiting, way)
    return tuple(queued)


def _ridden(state: State) -> State:
    """Everyone who rides is a cell further, or out."""
    stride = state.options.size + 2
    ahead = (-stride, 1, stride, -1)
    riding = [seat for seat, earned in enumerate(state.earned) if earned == RIDING]
    ways, queued = _turned(state, riding) if any(state.queued) else (state.ways, state.queued)
    entered = [state.heads[seat] + ahead[ways[seat]] for seat in riding]
    out = _out(state, riding, entered)
    heads, walls = list(state.heads), bytearray(state.walls)
    for seat, cell in zip(riding, entered, strict=True):
        if seat not in out:
            heads[seat], walls[cell] = cell, 1
    rode = msgspec.structs.replace(state, walls=bytes(walls), heads=tuple(heads), ways=ways, queued=queued)
    if not out and ways is state.ways:
        return rode
    marks = [
        seat * _MARKS + (CRASH if seat in out else ways[seat])
        for seat in riding
        if seat in out or ways[seat] != state.ways[seat]
    ]
    return _scored(_marked(rode, marks), out) if out else _marked(rode, marks)


def _turned(state: State, riding: list[int]) -> tuple[tuple[int, ...], tuple[tuple[int, ...], ...]]:
    """The ways after the turns that waited for this cell, and those that wait on."""
    ways, queued = list(state.ways), list(state.queued)
    for seat in riding:
        if queued[seat]:
            ways[seat], *rest = queued[seat]
            queued[seat] = tuple(rest)
    return tuple(ways), tuple(queued)


def _out(state: State, riding: list[int], entered: list[int]) -> set[int]:
    """Who is out at these cells: at a wall, where two meet in one cell, and who has left."""
    walls = state.walls
    # Nearly always nobody is, and that is quickly seen.
    if not (state.gone or len(set(entered)) < len(entered) or any(map(walls.__getitem__, entered))):
        return set()
    both = zip(riding, entered, strict=True)
    return {seat for seat, cell in both if walls[cell] or entered.count(cell) > 1 or seat in state.gone}


def _marked(state: State, marks: list[int]) -> State:
    if not marks:
        return state
    told = "".join(chr(_FIRST_MARK + mark) for mark in marks)
    return msgspec.structs.replace(state, turns=(*state.turns, state.since, told), since=0)


def _scored(state: State, out: set[int]) -> State:
    """`state` with a point, for each of those who are out now, for each who was out before; at the end the last too."""
    beaten = sum(earned != RIDING for earned in state.earned)
    earned = [beaten if seat in out else before for seat, before in enumerate(state.earned)]
    if earned.count(RIDING) > 1:
        return msgspec.structs.replace(state, earned=tuple(earned))
    last = tuple(len(earned) - 1 if one == RIDING else one for one in earned)
    return msgspec.structs.replace(state, earned=last, ended=state.tick)
