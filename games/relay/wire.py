"""What processes tell each other over the channel layer, and how it is packed.

A *packet* goes to one destination and holds items in order; packets from one process to one destination are a stream,
numbered from 1 without gaps. During a deploy two versions of the code talk: a packet names the version of its wire, and
one that is not ours is not looked into.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import msgspec

# Raise it with every change of an item: processes of before and after then leave each other alone.
WIRE: Final = 1

# What every process hears.
EVERYONE: Final = "hosts"
# The same, for hints alone: a release that does not know them does not listen there, so the wire stays the same.
HINTS: Final = "hints"


def to_host(host: str) -> str:
    """The destination that one process alone hears."""
    return f"host.{host}"


def to_match(match: str) -> str:
    """The destination that all processes with relays of this match (public id) hear."""
    return f"match.{match}"


class Item(msgspec.Struct, frozen=True, array_like=True):
    """Base of all items. `n` numbers a connection within the process that holds its socket."""


# ── to the owner ────────────────────────────────────────────────────────────────────────────────────────


class Attach(Item, frozen=True, tag=1):
    """Connection `n` wants a place at `match` (public id). `token`: a resume token, which says and proves who it is;
    None: an anonymous spectator. `e`, `v`, `k` as in its hello."""

    n: int
    match: str
    token: str | None
    e: int | None
    v: int | None
    k: int | None


class Detach(Item, frozen=True, tag=2):
    """Connection `n` is gone."""

    n: int


class Said(Item, frozen=True, tag=3):
    """A frame of connection `n`, as JSON."""

    n: int
    frame: bytes


class Unread(Item, frozen=True, tag=4):
    """Input `c` of connection `n` could not be read: `Link.reject`."""

    n: int
    c: int
    code: str


class Refresh(Item, frozen=True, tag=5):
    """These connections have lost frames and need the whole; a `Fresh` must go before it."""

    ns: tuple[int, ...]


class Wake(Item, frozen=True, tag=6):
    """There may be commands for this match (primary key)."""

    match: int


class Given(Item, frozen=True, tag=7):
    """The lease of `match` (public id) is yours from now on."""

    match: str


# ── to a process with relays ────────────────────────────────────────────────────────────────────────────


class Began(Item, frozen=True, tag=10):
    """Connection `n` has its place, under epoch `e`; of the match's own stream it has missed what came before `after`
    and including it. Goes before its first frame."""

    n: int
    e: int
    after: int
    seat: int | None


class Seated(Item, frozen=True, tag=11):
    """Connection `n` has this seat now, or none."""

    n: int
    seat: int | None


class Frame(Item, frozen=True, tag=12):
    """One frame for the connections `ns` alone, under epoch `e`."""

    ns: tuple[int, ...]
    match: str
    e: int
    frame: bytes
    state: bool


class Shared(Item, frozen=True, tag=13):
    """One frame for all connections at `match` in the processes that hear it; `watching`: only for spectators."""

    match: str
    e: int
    frame: bytes
    state: bool
    watching: bool


class Fresh(Item, frozen=True, tag=14):
    """The next frame of connection `n` is the whole."""

    n: int


class Shut(Item, frozen=True, tag=15):
    """Close connection `n`, or refuse it."""

    n: int
    code: int


class Missed(Item, frozen=True, tag=16):
    """Your packets `first` to `last` to me were lost."""

    first: int
    last: int


# ── both ways ───────────────────────────────────────────────────────────────────────────────────────────


class Beat(Item, frozen=True, tag=20):
    """Each second: `here`: of each match of mine that you relay its public id, epoch, and the last number of its
    stream; `there`: which of my connections should be at your matches; `plays`: a checksum of the games that I have,
    None where I am about to stop."""

    here: tuple[tuple[str, int, int], ...]
    there: tuple[int, ...]
    plays: int | None


class Revoked(Item, frozen=True, tag=21):
    """A proof was taken back: a session's prefix or a player's primary key, since when (Unix milliseconds), and whether
    by a ban. A release that does not know the last member passes it over, so the wire stays the same."""

    session: str | None
    player: int | None
    since_ms: int
    banned: bool = False


class Hint(Item, frozen=True, tag=22):
    """Something of `topic` about `subject` has changed: `games/hints.py`."""

    topic: str
    subject: str


AnyItem = (
    Attach
    | Detach
    | Said
    | Unread
    | Refresh
    | Wake
    | Given
    | Began
    | Seated
    | Frame
    | Shared
    | Fresh
    | Shut
    | Missed
    | Beat
    | Revoked
    | Hint
)

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(list[AnyItem])


class Packet(NamedTuple):
    """`s`: its number in the stream from `host` to `to`; `heard`: the last number that `host` has of our stream to it;
    `items`: None where the wire is not ours."""

    host: str
    to: str
    s: int
    heard: int
    items: list[AnyItem] | None


def pack(host: str, to: str, s: int, heard: int, items: list[AnyItem]) -> dict[str, Any]:
    """A message of the channel layer."""
    return {"type": "relay", "w": WIRE, "from": host, "to": to, "s": s, "heard": heard, "items": _encoder.encode(items)}


def unpack(message: dict[str, Any]) -> Packet:
    """What `pack` packed; of a strange wire only who sent it. Raises for anything else."""
    items = _decoder.decode(message["items"]) if message["w"] == WIRE else None
    return Packet(message["from"], message["to"], message["s"], message["heard"], items)
