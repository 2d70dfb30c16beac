"""Laws of the fold: the same log gives the same bytes wherever it is folded, and nothing is changed on the way."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from itertools import zip_longest
from typing import Any

import msgspec

from games.rules.laws.play import Play, Position, Refuted, happened, law, viewer
from games.rules.laws.values import encoded, shown, whole

# Two orders of hashing. Any two do, as long as they are two: a set of strings comes out in another order.
_HASH_SEEDS = ("1", "2")
# A process plays its thousand steps in well under a second; one that takes this long hangs.
_DEADLINE_S = 60


@law
def whole_values(play: Play) -> None:
    """States, moves, options and results hold what may be held; views and moves can be read by a browser."""
    rules = play.rules
    whole(play.options, "options")
    for position in play.walk():
        whole(position.state, "state")
        for mover, move in position.moves.items():
            whole(move, f"the move of seat {mover}")
            shown(move, f"the move of seat {mover}")
        whole(rules.result(position.state), "result")
        shared = rules.shared(position.old, position.state)
        for seat in play.viewers:
            shown(rules.view(position.state, seat, shared), f"the view of {viewer(seat)}")
        shown(rules.delayed_view(position.state), "the delayed view")


@law
def arguments_unchanged(play: Play) -> None:
    """No function of the rules changes what it was given."""
    fresh = b""
    for position in play.walk():
        if position.n and encoded(position.old) != fresh:
            raise Refuted(f"turns(), ready() or step() changed the state they were given at step {position.n}")
        fresh = encoded(position.state)
        given = encoded([play.options, position.old, position.moves, position.state])
        for name, call in _calls(play, position):
            call()
            if encoded([play.options, position.old, position.moves, position.state]) != given:
                raise Refuted(f"{name}() changed an argument at step {position.n}; it must return a new value instead")


def _calls(play: Play, position: Position) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Every function that an author may have written, called as the host calls it."""
    rules, env = play.rules, play.env(position.n)
    old, state, moves = position.old, position.state, position.moves
    yield "setup", lambda: rules.setup(play.options, play.seats, play.env(0))
    yield "turns", lambda: rules.turns(state)
    yield "result", lambda: rules.result(state)
    yield "sides", lambda: rules.sides(play.options, play.seats)
    yield "shared", lambda: rules.shared(old, state)
    yield "absent", lambda: rules.absent(state, (0,), "resigned", env)
    yield "enter", lambda: rules.enter(state, play.seats - 1, env)
    if position.n:
        yield "step", lambda: happened(rules, position, env)
        yield "ready", lambda: rules.ready(old, moves)
    yield "delayed_view", lambda: rules.delayed_view(state)
    shared = rules.shared(old, state)
    for seat in play.viewers:
        yield "view", partial(rules.view, state, seat, shared)
        yield "unknown", partial(rules.unknown, state, seat, play.judging)
        if position.n:
            yield "changes", partial(rules.changes, old, state, seat, shared)


@law
def survives_storage(play: Play) -> None:
    """Whatever is stored comes back equal, and a match goes on from it as it would have gone on."""
    rules = play.rules
    _comes_back(play.options, rules.options, "the options")
    for position in play.walk():
        _comes_back(position.state, rules.state, f"the state after step {position.n}")
        _comes_back(position.moves, _pool(play), f"the pool of step {position.n}")
        if position.n:
            _goes_on(play, position)


def _comes_back(value: Any, kind: Any, what: str) -> None:
    stored = encoded(value)
    try:
        back = msgspec.json.decode(stored, type=kind)
    except msgspec.DecodeError as fault:
        raise Refuted(f"{what} cannot be read back ({fault}): {stored.decode()}") from None
    if back != value or encoded(back) != stored:
        raise Refuted(f"{what} comes back as another value: {value!r} became {back!r}")


def _pool(play: Play) -> Any:
    """The type of `{seat: move}`, built at run time from the game's own."""
    return dict.__class_getitem__((int, play.rules.move))


def _goes_on(play: Play, position: Position) -> None:
    rules = play.rules
    old = msgspec.json.decode(encoded(position.old), type=rules.state)
    moves = msgspec.json.decode(encoded(position.moves), type=_pool(play))
    stored = msgspec.structs.replace(position, old=old, moves=moves)
    if encoded(happened(rules, stored, play.env(position.n))) != encoded(position.state):
        raise Refuted(f"step {position.n} from the stored state gives another state than from the one in memory")


@law
def same_again(play: Play) -> None:
    """The same seed and moves give the same match a second time, in the same process."""
    for once, again in zip_longest(play.walk(), Play(play.rules, play.seed).walk()):
        if once is None or again is None or encoded(once) != encoded(again):
            raise Refuted(_differ("played again in the same process", once, again))


@law
def same_elsewhere(play: Play) -> None:
    """The same seed and moves give the same match in two processes that order their sets differently."""
    first, second = (_played_elsewhere(play, hash_seed) for hash_seed in _HASH_SEEDS)
    # This walk is for the log: it stops beside the first step that differs.
    for position, once, again in zip(play.walk(), first, second, strict=False):
        if once != again:
            raise Refuted(f"two processes disagree at step {position.n}: {once} and {again}. {_CAUSES}")
    if first != second:
        raise Refuted(f"two processes disagree about the length of the match: {len(first)} and {len(second)} positions")


_CAUSES = "Look for the clock, `random`, the order of a set, hash(), id() or something kept between calls."


def _differ(when: str, once: Position | None, again: Position | None) -> str:
    n = next(one.n for one in (once, again) if one is not None)
    return f"step {n} came out differently when {when}: {_brief(once)} and {_brief(again)}. {_CAUSES}"


def _brief(position: Position | None) -> str:
    return "the end" if position is None else encoded((position.moves, position.state)).decode()


def _played_elsewhere(play: Play, hash_seed: str) -> list[str]:
    kind = type(play.rules)
    if "<locals>" in kind.__qualname__:
        raise Refuted(f"{kind.__name__} is defined inside a function; another process cannot import it")
    paths = os.pathsep.join(path for path in sys.path if path)
    done = subprocess.run(  # noqa: S603 - our own interpreter, the class that was asked for, and a seed in hexadecimal
        [sys.executable, "-m", "games.rules.laws.elsewhere", kind.__module__, kind.__qualname__, play.seed.hex()],
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": paths},
        capture_output=True,
        timeout=_DEADLINE_S,
        check=False,
    )
    if done.returncode:
        raise Refuted(f"another process could not play this match: {done.stderr.decode().strip().splitlines()[-1]}")
    return msgspec.json.decode(done.stdout, type=list[str])
