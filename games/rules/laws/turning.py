"""Laws of turns and ends: who may act is told truly, and every match comes to a result."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from games.rules.base import Moves, Result
from games.rules.laws.play import Play, Position, Refuted, law, listed
from games.rules.laws.values import encoded, whole

# A match is at most 250,000 steps. Without ticks far fewer must do: the longest game of chess, by the rule of 75 moves,
# has 17,697, and even at random a match must come to an end before people lose patience.
_TICKED_STEPS = 250_000
_TURN_STEPS = 20_000
_REASON = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# Moves of earlier positions that are tried again later; enough to hit what is no longer legal.
_TRIED_MOVES = 50


@law
def ends(play: Play) -> None:
    """A match played at random ends, and steps on the clock with all options or with none."""
    hz = play.rules.hz_of(play.options)
    if type(hz) is not int or (hz > 0) != (play.rules.hz > 0):
        raise Refuted(f"hz_of() gives {hz!r}, though hz is {play.rules.hz}; both are 0, or neither")
    bound = _TICKED_STEPS if play.rules.hz else _TURN_STEPS
    last = None
    for position in play.walk(bound):
        last = position
    if last is not None and play.rules.turns(last.state):
        raise Refuted(f"after {bound:,} steps at random the match still goes on; some rule must bring it to an end")


@law
def result_when_done(play: Play) -> None:
    """There is a result exactly when nobody may act, with one score for each side and a slug for a reason."""
    rules = play.rules
    sides = rules.sides(play.options, play.seats)
    if len(sides) != play.seats or sorted(set(sides)) != list(range(len(set(sides)))):
        raise Refuted(f"sides() gives {sides}; one side for each of {play.seats} seats is wanted, numbered from 0")
    for position in play.walk():
        result, asked = rules.result(position.state), rules.turns(position.state)
        if asked and result is not None:
            raise Refuted(f"after step {position.n} there is a result, yet turns() still asks seats {sorted(asked)}")
        if not asked and result is None:
            raise Refuted(f"after step {position.n} turns() asks nobody, yet result() is None")
        if result is not None:
            _sound(result, len(set(sides)))


def _sound(result: Result, sides: int) -> None:
    whole(result, "result")
    if len(result.scores) != sides or any(type(score) is not int for score in result.scores):
        raise Refuted(f"the result's scores are {result.scores}; {sides} integers are wanted, one for each side")
    if not _REASON.fullmatch(result.reason):
        raise Refuted(f"the result's reason is {result.reason!r}; a slug such as 'line' is wanted")


@law
def moves_told_truly(play: Play) -> None:
    """`sample`, `count`, `in` and the list of moves agree; seats exist; without ticks everyone asked can move."""
    tried: list[Any] = []
    for position in play.walk():
        tried = [*position.moves.values(), *tried][:_TRIED_MOVES]
        for seat, moves in play.asked(position.state).items():
            where = f"after step {position.n}, seat {seat}"
            if seat not in range(play.seats):
                raise Refuted(f"{where}: there are only seats 0…{play.seats - 1}")
            _agree(play, moves, tried, where)


def _agree(play: Play, moves: Moves[Any], tried: list[Any], where: str) -> None:
    count, known = moves.count(), listed(moves)
    if known is not None:
        if count is not None and count != len(known):
            raise Refuted(f"{where}: count() says {count}, but {len(known)} moves are listed")
        if len({encoded(move) for move in known}) != len(known):
            raise Refuted(f"{where}: a move is listed twice: {known}")
    if count == 0 or known == []:
        if play.rules.hz:
            return
        raise Refuted(f"{where}: is asked for a move and has none; leave it out of turns()")
    sample = moves.sample(play.judging)
    if sample not in moves:
        raise Refuted(f"{where}: sample() gives {sample!r}, which is not among the moves")
    for move in tried:
        legal = move in moves  # for a move that is not legal this must be False, not raise
        if known is not None and legal != (move in known):
            raise Refuted(f"{where}: {move!r} is {'not ' if legal else ''}listed, but `in` says otherwise")


@law
def moves_readable(play: Play) -> None:
    """Every move can be sent: what the wire decodes from its bytes is that very move."""
    for position in play.walk():
        for seat, moves in play.asked(position.state).items():
            for move in listed(moves) or [moves.sample(play.judging)]:
                _sendable(play, position, seat, move)


def _sendable(play: Play, position: Position, seat: int, move: Any) -> None:
    try:
        back = msgspec.json.decode(encoded(move), type=play.rules.move)
    except msgspec.DecodeError as fault:
        raise Refuted(
            f"after step {position.n} seat {seat} may play {move!r}, which `move` does not allow: {fault}"
        ) from None
    if back != move or type(back) is not type(move):
        raise Refuted(f"after step {position.n} seat {seat} may play {move!r}, but the wire would read {back!r}")


@law
def absences_end(play: Play) -> None:
    """Whoever resigns is asked no more; where `absent` decides nothing there are two sides."""
    rules = play.rules
    two_sides = len(set(rules.sides(play.options, play.seats))) == 2
    for position in play.walk():
        if rules.result(position.state) is not None:
            return
        seat = play.judging.below(play.seats)
        state = rules.absent(position.state, (seat,), "resigned", play.env(position.n + 1))
        if state is None:
            if not two_sides:
                raise Refuted(
                    f"seat {seat} resigned and absent() gave None; only a match of two sides has a winner then"
                )
            continue
        whole(state, "the state that absent() gave")
        if seat in rules.turns(state):
            raise Refuted(f"seat {seat} resigned after step {position.n}, yet turns() still asks it")
        if bool(rules.turns(state)) == (rules.result(state) is not None):
            raise Refuted(
                f"seat {seat} resigned after step {position.n}: there is a result exactly when nobody may act"
            )
