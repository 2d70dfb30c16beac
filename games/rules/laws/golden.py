"""Golden records: one match per game and edition, kept as a file for ever.

A change of the rules by which an old log would fold to another end shows here, and asks for a new edition. Written by
`manage.py checkgame <name> --write-golden`, refolded by the tests.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from games.rules.base import Env, Result, Rules, moves_of
from games.rules.laws.play import Play, Position, Refuted, happened
from games.rules.laws.values import digest

# Long enough to meet every rule of a turn-based game; a match of ticks is kept to its first half minute or so.
_STEPS = 1_000

_REMEDY = "If the rules were meant to change, raise the edition and keep the old one."


class Step(msgspec.Struct, frozen=True, omit_defaults=True):
    """One step: the charged time, the moves by seat (JSON) or who came or went, the digest of the state after it."""

    ms: int
    moves: dict[int, msgspec.Raw]
    digest: str
    came: int | None = None
    went: int | None = None


class Golden(msgspec.Struct, frozen=True):
    """One match: all that it is folded from, and what came out. `begun`: the digest of the first state."""

    game: str
    edition: int
    seed: str
    seats: int
    options: msgspec.Raw
    begun: str
    steps: tuple[Step, ...]
    result: Result | None


def path_of(rules: Rules[Any, Any], folder: Path) -> Path:
    """Where the golden record of this game and edition lies."""
    return folder / f"{rules.name}.{rules.edition}.json"


def recorded(rules: Rules[Any, Any], seed: bytes) -> Golden:
    """The record of the match that `seed` gives when it is played at random."""
    play = Play(rules, seed)
    begun, *steps = play.walk(_STEPS)
    last = steps[-1] if steps else begun
    return Golden(
        rules.name,
        rules.edition,
        seed.hex(),
        play.seats,
        _raw(play.options),
        digest(begun.state),
        tuple(_step(play, one) for one in steps),
        rules.result(last.state),
    )


def _step(play: Play, one: Position) -> Step:
    moves = {seat: _raw(move) for seat, move in one.moves.items()}
    return Step(play.env(one.n).ms, moves, digest(one.state), one.came, one.went)


def _raw(value: Any) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))


def written(golden: Golden, path: Path) -> None:
    """Keeps a record; raises FileExistsError, for a golden record is never written over."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(golden), indent=1) + b"\n")


def read(path: Path) -> Golden:
    """The record at `path`; raises FileNotFoundError, msgspec.DecodeError."""
    return msgspec.json.decode(path.read_bytes(), type=Golden)


def fault(rules: Rules[Any, Any], path: Path) -> str | None:
    """Why the record at `path` does not fold as it did, in a sentence; None: it does. Raises FileNotFoundError."""
    try:
        refolded(rules, read(path))
    except Refuted as refuted:
        return str(refuted)
    except FileNotFoundError:
        raise
    except Exception as raised:  # noqa: BLE001 - rules that have changed may raise anything over an old record
        return f"the golden record cannot be folded any more ({type(raised).__name__}: {raised}). {_REMEDY}"
    return None


def refolded(rules: Rules[Any, Any], golden: Golden) -> None:
    """Folds the record again; raises Refuted at the first step that comes out otherwise."""
    if (golden.game, golden.edition) != (rules.name, rules.edition):
        raise Refuted(f"this is a record of {golden.game!r}, edition {golden.edition}")
    state = None
    for n, state, wanted in _folded(rules, golden):
        if digest(state) != wanted:
            raise Refuted(
                f"step {n} of the golden record gives another state: {msgspec.json.encode(state).decode()}. {_REMEDY}"
            )
    if rules.result(state) != golden.result:
        raise Refuted(f"the golden record ended {golden.result}, these rules say {rules.result(state)}")


def _folded(rules: Rules[Any, Any], golden: Golden) -> Iterator[tuple[int, Any, str]]:
    """Step number, state and the digest that the record holds for it."""
    seed = bytes.fromhex(golden.seed)
    options = msgspec.json.decode(golden.options, type=rules.options)
    state = rules.setup(options, golden.seats, Env(seed=seed, n=0, ms=0))
    yield 0, state, golden.begun
    for n, step in enumerate(golden.steps, start=1):
        moves = {seat: msgspec.json.decode(move, type=rules.move) for seat, move in step.moves.items()}
        for seat, move in moves.items():
            if move not in moves_of(rules.turns(state)[seat]):
                raise Refuted(f"step {n} of the golden record: {move!r} of seat {seat} is not legal any more")
        position = Position(n, state, moves, None, step.came, step.went)
        state = happened(rules, position, Env(seed=seed, n=n, ms=step.ms))
        yield n, state, step.digest
