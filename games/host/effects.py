"""What a call on a live match gives back: wishes that the driver fulfils in order.

The host performs nothing itself. `Append` goes to the journal with the changes of records that belong into the same
transaction; `Put` and `Shut` go to delivery; `Grant` answers an HTTP command; `Keep` goes to whoever stores
what is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from games.host.chat import HeardBy, Speech
from games.host.entries import Entry
from games.host.ports import Connection
from games.protocol.codes import Close

FrameKind = Literal["state", "event"]
"""`state`: superseded by a later full view; `event`: must arrive, in order."""


class SeatTaken(msgspec.Struct, frozen=True):
    """A `Seat` row: who sits at `seat` from this entry on."""

    seat: int
    name: str
    player: int | None
    bot: str


class Began(msgspec.Struct, frozen=True):
    """`Match.status` live and `started_at`, both by the database's clock."""


class Sealed(msgspec.Struct, frozen=True):
    """The end: `Match.status`, result, `finished_at`, `finished_seq`, `end_n`, `digest`, `steps`, and the seats' scores
    and sides. `steps`: how many the rules have made."""

    status: Literal["over", "aborted"]
    scores: tuple[int, ...]
    reason: str
    n: int
    digest: str
    sides: tuple[int, ...]
    steps: int | None = None


class NewMatch(msgspec.Struct, frozen=True):
    """A whole new match: `Match`, `Lease` (owned by nobody, epoch 0), its first entries, and their `Seat` rows.

    `seed` is hex; `rematch_of` is the primary key of the match it follows; `created_by` a player's primary key;
    `clock`: builtins of the time control; `pool`: the pool of ratings it belongs to, by game and time control.
    """

    public_id: str
    game: str
    edition: int
    fold: int
    options: Any
    seats: int
    listed: bool
    seed: str
    seed_hash: str
    created_by: int | None
    rematch_of: int | None
    entries: tuple[Entry, ...]
    sitting: tuple[SeatTaken, ...]
    began: bool
    clock: Any = None
    rated: bool = False
    pool: str = ""


Change = SeatTaken | Began | Sealed | NewMatch


class Append(msgspec.Struct, frozen=True):
    """Store `entry`, and in the same transaction `changes`; then call `stored`."""

    entry: Entry
    changes: tuple[Change, ...] = ()


class Keep(msgspec.Struct, frozen=True):
    """A line of chat was said: to be stored soon, beside the log and never before it."""

    said: Speech
    heard_by: HeardBy


class Put(msgspec.Struct, frozen=True):
    """Send one encoded frame to each of `connections`."""

    connections: Sequence[Connection]
    frame: bytes
    kind: FrameKind


class Shut(msgspec.Struct, frozen=True):
    """Close a connection after all that was put to it before."""

    connection: Connection
    code: Close


class Grant(msgspec.Struct, frozen=True):
    """The answer to `Command` `command`: `{"ok": true, …}` or `{"ok": false, "code", "why"}`."""

    command: int
    answer: dict[str, Any]


Effect = Append | Keep | Put | Shut | Grant
