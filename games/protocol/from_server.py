"""What the server sends, and the parts that its messages share. Everybody imports these from `messages.py`.

A field that is absent has its default, but in the few messages that tell every field.
"""

from __future__ import annotations

from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType

from games.protocol.from_client import Count


class FromServer(Struct, frozen=True, tag_field="type", omit_defaults=True):
    """Base of all that the server sends."""


class SeatInfo(Struct, frozen=True, omit_defaults=True):
    """Who sits where. `player` is the public id; a bot has none. `here`: connected now (a bot always is).

    `rating`: at the moment of sitting down, in a rated match; `provisional`: it may still be far off.
    """

    name: str
    player: str | None = None
    bot: str | None = None
    here: bool = False
    rating: int | None = None
    provisional: bool = False


class ChatLine(Struct, frozen=True):
    """Line `k` of the match's chat; `seat` is None for a spectator, `name` is who wrote it, `player` their public id.

    `phrase`: the id of a quick phrase, whose English words are then the text.
    """

    k: int
    seat: int | None
    name: str
    text: str
    player: str | None = None
    phrase: str | None = None


class ResultInfo(Struct, frozen=True, omit_defaults=True):
    """The end: integer score per side (two sides: half points) and a reason as a slug; `words`: what the house tells
    about it, where the house decided."""

    scores: tuple[int, ...]
    reason: str
    words: str = ""


class ClockInfo(Struct, frozen=True):
    """The clocks at this version (`welcome`: now). `left`: milliseconds by seat; `running`: the seats whose clocks run
    from the moment this is sent; `free`: with a delay, for how many milliseconds each of those stands still yet. A
    `welcome` tells the time control, too: `kind`, `base_ms`, `extra_ms`.

    In secret games the clock of another that has answered is told running until the step.
    """

    left: tuple[int, ...]
    running: tuple[int, ...]
    free: tuple[int, ...] | UnsetType = UNSET
    kind: str | UnsetType = UNSET
    base_ms: int | UnsetType = UNSET
    extra_ms: int | UnsetType = UNSET


class RatedInfo(Struct, frozen=True):
    """What a rated match has done to ratings. `seats`: `[before, after, provisional]` by seat, in whole points, None
    where nothing changed; `why`: a slug that says why the match did not count, None where it did.
    """

    seats: tuple[tuple[int, int, bool] | None, ...]
    why: str | None


class Welcome(FromServer, frozen=True, tag="welcome", omit_defaults=False):
    """The whole, as one viewer may know it at version `v` of epoch `e`; `clock`: None where nobody's time is measured.

    `hz`: ticks a second, 0 without; `seat`: the viewer's own, None for a spectator; `step`: how many steps the
    rules have made (each update with `view` or `d` is one more; from 2 on nobody may call the match off); `c`: its
    last stored input (0: none); `mine`: `[c, move]` of its own that is stored and waits for the others'; `delay_s`:
    by how many seconds later this spectator sees everything, 0 for seats; `moves`: `{seat: [move, …]}`, or `{seat:
    count}` above 2 KiB; None where there are ticks; `talk`: what seats may say to each other while the match is live:
    anything, quick phrases alone, or nothing; `seats`: by index, None where free; `offers`: `{what: [seat,
    …]}`; `token`: resume token, valid 10 minutes; `may_pause`: whether players may stop the time here; `out`: the
    seats that are out for good; `grace`: milliseconds that a seat may be away before the others may claim; `pool`: the
    pool of ratings in which the match counts, None where it is not rated; `rated`: what it has done to ratings, once
    that is known; `now`: the server's Unix milliseconds.
    """

    match: str
    game: str
    edition: int
    options: Any
    hz: int
    seed_hash: str
    status: Literal["waiting", "live", "over"]
    seats: tuple[SeatInfo | None, ...]
    sides: tuple[int, ...]
    seat: int | None
    e: int
    v: int
    step: int
    c: int
    mine: tuple[int, Any] | None
    view: Any
    delay_s: int
    moves: dict[int, Any] | None
    clock: ClockInfo | None
    offers: dict[str, list[int]]
    may_offer: tuple[str, ...]
    may_pause: bool
    paused: bool
    out: tuple[int, ...]
    grace: int | None
    result: ResultInfo | None
    seed: str | None
    rematch: str | None
    pool: str | None
    rated: RatedInfo | None
    chat: list[ChatLine]
    talk: Literal["open", "quick", "none"]
    token: str | None
    now: int


class HostUpdate(Struct, frozen=True, omit_defaults=True):
    """What the host decided at this version. Every field stands alone; a field that is absent did not happen.

    `sat`: `[seat, who]`; `offered`: `[seat, what]`; `answered`: `[seat, what, yes]`; `lapsed`: offers that are void
    now; `paused`: the seat that stopped the time; `resumed`: it goes on; `started`: the match began; `out`:
    `[seat, why]` of who is out for good (resigned, gone, flagged); `aborted`: why it was called off;
    `house`: what the house tells of a match that it called off or whose result it decided; `rematch`: the public id of
    the next match.
    """

    sat: tuple[int, SeatInfo] | None = None
    started: bool = False
    offered: tuple[int, str] | None = None
    answered: tuple[int, str, bool] | None = None
    lapsed: tuple[str, ...] = ()
    paused: int | None = None
    resumed: bool = False
    out: tuple[tuple[int, str], ...] = ()
    aborted: str | None = None
    house: str | None = None
    rematch: str | None = None


class Update(FromServer, frozen=True, tag="update"):
    """Version `v`: the whole `view` or the patch `d` to it, and what else changed.

    `by`: the inputs this version answers, `[seat, c, move]` each (the move only in open games; in secret games only the
    viewer's own), so that one encoding serves all and is the ack. `moves` as in `welcome`; with them, where a turn was
    opened, comes `clock`. `{v}` alone: something
    happened that this viewer may know of but not see.
    """

    v: int
    by: tuple[tuple[Any, ...], ...] = ()
    view: Any | UnsetType = UNSET
    d: Any | UnsetType = UNSET
    moves: dict[int, Any] | UnsetType = UNSET
    clock: ClockInfo | UnsetType = UNSET
    host: HostUpdate | None = None


class Ack(FromServer, frozen=True, tag="ack"):
    """Input `c` is stored; `v` is the version at that moment. Sent where no update carries it."""

    c: int
    v: int


class Reject(FromServer, frozen=True, tag="reject", omit_defaults=False):
    """Input `c` was refused and consumed no number. `last`: the last stored `c` of the seat."""

    c: int
    code: str
    why: str
    last: int


class Presence(FromServer, frozen=True, tag="presence", omit_defaults=False):
    """Someone at a seat came or went, and how many watch. Not versioned: the newest holds.

    `away`: for each seat the milliseconds since its player left, None for who is here or not yet seated.
    """

    here: tuple[bool, ...]
    away: tuple[int | None, ...]
    spectators: int


class ChatSaid(FromServer, frozen=True, tag="chat", omit_defaults=False):
    """Line `k`, gapless within an epoch; the rest as in a `ChatLine`."""

    k: int
    seat: int | None
    name: str
    text: str
    player: str | None = None
    phrase: str | None = None


class Over(FromServer, frozen=True, tag="over", omit_defaults=False):
    """The match has ended at version `v` and its record is stored. `seed` opens the promise of `seed_hash`.

    `next`: the public id of the match in which it goes on at once, where the game is a chain of matches.
    """

    v: int
    result: ResultInfo
    seed: str
    next: str | None = None


class Rated(FromServer, frozen=True, tag="rated", omit_defaults=False):
    """The match has been rated, moments after `over`: told once, and part of every later `welcome`. Not versioned.

    `seats`: `[before, after, provisional]` by seat, in whole points, None where nothing changed; `why`: a slug that
    says why the match did not count, None where it did.
    """

    seats: tuple[tuple[int, int, bool] | None, ...]
    why: str | None


class MovesAre(FromServer, frozen=True, tag="moves", omit_defaults=False):
    """Answer to `moves?`: the viewer's own legal moves at version `v`."""

    v: int
    moves: Any


class Resync(FromServer, frozen=True, tag="resync"):
    """What this client holds cannot be continued; a `welcome` follows.

    `lost_ms`: so much play at ticks that this client has seen was not stored yet when its process ended, and is undone.
    """

    lost_ms: Count = 0


class Renewed(FromServer, frozen=True, tag="token"):
    """A fresh resume token; the one before it lapses ten minutes after it was issued."""

    token: str


class Pong(FromServer, frozen=True, tag="pong", omit_defaults=False):
    """Answer to `ping`: its `at`, and the server's Unix milliseconds."""

    at: int
    now: int


class Error(FromServer, frozen=True, tag="error", omit_defaults=False):
    """A frame that names no input was refused."""

    code: str
    why: str


ServerMessage = (
    Welcome | Update | Ack | Reject | Presence | ChatSaid | Over | Rated | MovesAre | Resync | Renewed | Pong | Error
)
