"""A fold as bytes and back: what a long match is loaded from instead of its whole log. Pure.

A snapshot is a cache: deletable, and good only for the edition of the rules that it was taken with.
"""

from __future__ import annotations

from typing import Any

import msgspec

from games.host.clock import Clock, Control
from games.host.entries import Sit, text
from games.host.fold import Fold, Status
from games.host.remembered import Input, Past
from games.rules.base import Result, Rules


class SavedPast(msgspec.Struct, frozen=True):
    """A position that can be returned to."""

    movers: tuple[int, ...]
    state: msgspec.Raw
    clock: Clock | None


class Saved(msgspec.Struct, frozen=True):
    """Everything of a fold that the match's header does not give."""

    n: int
    v: int
    turn_v: int
    step: int
    ticks: int
    ms: int
    status: Status
    state: msgspec.Raw
    pool: dict[int, tuple[int, msgspec.Raw]]
    sitting: dict[int, Sit]
    cs: list[int]
    recent: list[tuple[Input, ...]]
    offers: dict[str, tuple[int, ...]]
    offered_at: dict[str, int]
    out: tuple[int, ...]
    past: tuple[SavedPast, ...]
    paused_by: int | None
    pauses: dict[int, int]
    control: Control | None
    clock: Clock | None
    outcome: Result | None
    rematch: str | None
    digest: str
    # Snapshots of the release before lack it.
    house: str = ""


# What only the rules' own types can read back.
TYPED = ("state", "pool", "past")

_decoder = msgspec.json.Decoder(Saved)


def save(fold: Fold) -> bytes:
    """All that `restore` needs besides the match's header, as JSON."""
    pool = {seat: (c, _raw(move)) for seat, (c, move) in fold.pool.items()}
    past = tuple(SavedPast(one.movers, _raw(one.state), one.clock) for one in fold.past)
    facts = {name: getattr(fold, name) for name in Saved.__struct_fields__ if name not in TYPED}
    return msgspec.json.encode(Saved(state=_raw(fold.state), pool=pool, past=past, **facts))


def _raw(value: Any) -> msgspec.Raw:
    return msgspec.Raw(text(value).encode())


def restore(saved: bytes, rules: Rules[Any, Any], *, options: Any, seats: int, seed: bytes) -> Fold:
    """The fold that `save` was given; raises msgspec.DecodeError where it is not one of this game and edition."""
    facts = _decoder.decode(saved)
    same = {name: getattr(facts, name) for name in Saved.__struct_fields__ if name not in TYPED}
    return Fold(
        rules=rules,
        options=options,
        seats=seats,
        seed=seed,
        sides=tuple(rules.sides(options, seats)),
        hz=rules.hz_of(options),
        state=msgspec.json.decode(facts.state, type=rules.state),
        pool={seat: (c, msgspec.json.decode(move, type=rules.move)) for seat, (c, move) in facts.pool.items()},
        past=tuple(Past(one.movers, msgspec.json.decode(one.state, type=rules.state), one.clock) for one in facts.past),
        **same,
    )
