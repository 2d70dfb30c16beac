"""The messages of the lobby, `/ws/lobby`, and the picture that they tell. Everybody imports these from `messages.py`.

A client says `hello` and `ping`, nothing else: what a person does in the lobby goes over HTTP. The picture is maps
keyed by id, so that a change of one thing is a small patch.
"""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, Struct, UnsetType

from games.protocol.from_client import Hello, Ping
from games.protocol.from_server import Error, FromServer, Pong, Renewed


class ListedSeat(Struct, frozen=True, omit_defaults=True):
    """Who sits there. `player` is the public id; a bot has none. `rating`: in a rated match, as it is now;
    `provisional`: it may still be far off."""

    name: str
    player: str | None = None
    bot: str | None = None
    rating: int | None = None
    provisional: bool = False


class ListedClock(Struct, frozen=True):
    """A time control: its kind, and milliseconds."""

    kind: str
    base_ms: int
    extra_ms: int


class ListedMatch(Struct, frozen=True, omit_defaults=True):
    """One line of a list. `taken`: how many of its `seats` are; `sitting`: by seat, who is there, of a crowd a few;
    `at`: when the match was created, in Unix milliseconds; `clock`: absent where nobody's time is measured."""

    game: str
    seats: int
    taken: int
    at: int
    sitting: dict[str, ListedSeat]
    clock: ListedClock | None = None
    rated: bool = False


class LobbyCounts(Struct, frozen=True):
    """How much there is in all: `people` who are here with a name, guests included; matches with an open seat; matches
    that are being played. Only listed matches count."""

    people: int
    open: int
    live: int


class Picture(Struct, frozen=True):
    """What everybody sees in the lobby: the newest matches with an `open` seat and the newest `live` ones, by public
    id; `tv`: of each game the match to watch, while there is one; `counts`: how many there are in all."""

    open: dict[str, ListedMatch]
    live: dict[str, ListedMatch]
    tv: dict[str, str]
    counts: LobbyCounts


class Lobby(FromServer, frozen=True, tag="lobby", omit_defaults=False):
    """The whole picture, version `v`. Comes first, and again whenever this connection could not keep up."""

    v: int
    picture: Picture


class Changed(FromServer, frozen=True, tag="changed"):
    """Version `v` of the picture: the patch `d` to the one before. A `v` that you have already changes nothing. Where
    something of your own has changed at the same time, `you` is what the message of that name tells."""

    v: int
    d: Any
    you: Any | UnsetType = UNSET


class You(FromServer, frozen=True, tag="you", omit_defaults=False):
    """All that concerns you alone: your wish to play, your challenges, the match that waits for you. The newest
    holds. Who is not signed in gets none."""

    you: Any


LobbyClientMessage = Hello | Ping
LobbyServerMessage = Lobby | Changed | You | Renewed | Pong | Error
