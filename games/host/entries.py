"""The lines of a match's log, and the chain of digests over them.

Owns the shape of an entry and how one is made; the fold reads them, the journal stores them, services write the first
ones of a new match. Pure.
"""

from __future__ import annotations

from hashlib import blake2b, sha256
from typing import Any, Literal, NewType

import msgspec

MatchId = NewType("MatchId", int)
"""A match's primary key; the wire shows only the public id."""

Kind = Literal[
    "move",
    "sit",
    "leave",
    "resign",
    "offer",
    "answer",
    "flag",
    "gone",
    "pause",
    "resume",
    "takeback",
    "abort",
    "end",
    "chunk",
    "ruled",
]

DIGEST_BYTES = 16
SEED_BYTES = 32

FOLD = 1
"""The edition of the host's own fold, stored with each match: raised when an old log would fold to another end."""


class Entry(msgspec.Struct, frozen=True, gc=False):
    """Line `n`, from 1. `ms`: charged time since the match began; `body`: JSON text; `digest`: the chain so far."""

    n: int
    kind: Kind
    seat: int | None
    c: int | None
    ms: int
    body: str
    digest: str


class Sit(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """Body of `sit`. `player`: the public id, None for a bot; primary keys never enter a record.

    `rating`: what it was when the player sat down, in a rated match; `provisional`: too few matches or too long ago.
    """

    name: str
    player: str | None = None
    bot: str | None = None
    rating: int | None = None
    provisional: bool = False


class Offered(msgspec.Struct, frozen=True):
    """Body of `offer`."""

    what: str


class Answered(msgspec.Struct, frozen=True, omit_defaults=True):
    """Body of `answer`; `match`: the public id of the next match, where a rematch was accepted."""

    what: str
    yes: bool
    match: str | None = None


class Aborted(msgspec.Struct, frozen=True, omit_defaults=True):
    """Body of `abort`: a slug that says why, and what the house tells about it."""

    why: str
    words: str = ""


class Ruled(msgspec.Struct, frozen=True):
    """Body of `ruled`: the house decides the result, a score for each side, and tells why."""

    scores: tuple[int, ...]
    words: str


class Flagged(msgspec.Struct, frozen=True):
    """Body of `flag`: the seats whose time was over, all at the same charged time."""

    seats: tuple[int, ...]


class Gone(msgspec.Struct, frozen=True):
    """Body of `gone`: the seats that were away for longer than the game's grace."""

    seats: tuple[int, ...]


class Ended(msgspec.Struct, frozen=True, omit_defaults=True):
    """Body of `end`: the result as the record keeps it; `next`: the match that carries the players on, in a chain."""

    scores: tuple[int, ...]
    reason: str
    next: str | None = None


class Chunk(msgspec.Struct, frozen=True, array_like=True):
    """Body of `chunk`: `ticks` of them from number `first` on, and what was applied, as (tick, seat, c, move).

    A list and not an object, since a minute of play has a hundred and twenty of them.
    """

    first: int
    ticks: int
    runs: tuple[tuple[int, int, int, msgspec.Raw], ...]


_encoder = msgspec.json.Encoder(order="deterministic")


def text(value: Any) -> str:
    """`value` as the JSON text of a body: keys sorted, so equal values give equal bytes."""
    try:
        return _encoder.encode(value).decode()
    except TypeError:
        # Maps with integer keys can be sorted only once the keys are strings; that costs a copy, so only where needed.
        return _encoder.encode(msgspec.to_builtins(value, str_keys=True)).decode()


def seed_hash(seed: bytes) -> str:
    """What players are told at the beginning: SHA-256 of the seed, hex. The seed itself is told at the end."""
    return sha256(seed).hexdigest()


def genesis(
    *, game: str, edition: int, fold: int, options: Any, seats: int, hashed_seed: str, clock: Any = None
) -> str:
    """The digest before the first entry: all that the log is folded with. `clock`: builtins, None: no time control."""
    return _digest(text([game, edition, fold, options, seats, hashed_seed, clock]).encode())


def chained(before: str, n: int, kind: Kind, seat: int | None, c: int | None, ms: int, body: str) -> Entry:
    """The entry whose digest continues `before`."""
    line = _encoder.encode((before, n, kind, seat, c, ms, body))
    return Entry(n, kind, seat, c, ms, body, blake2b(line, digest_size=DIGEST_BYTES).hexdigest())


def _digest(line: bytes) -> str:
    return blake2b(line, digest_size=DIGEST_BYTES).hexdigest()
