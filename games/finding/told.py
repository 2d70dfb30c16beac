"""What is told to one player about their own wishes, as JSON has it. Pure: structs without behaviour.

Made by `selectors.personal_of`; sent by the API as `GET /api/you` and by the lobby in its frame `you`. Times are what
is left or has passed, in milliseconds, so that nobody's clock matters. Names of games and pools are slugs.
"""

from __future__ import annotations

from typing import Any

import msgspec


class Someone(msgspec.Struct, frozen=True):
    """A player as others see them. `id`: public."""

    id: str
    name: str


class Seeking(msgspec.Struct, frozen=True):
    """A wish that waits. `size`: players in it, more than one for a party; `mine`: whether this player may withdraw it;
    `estimate_ms`: half of those before waited no longer, null where too few came to say; `window`: how far an
    opponent's rating may be away by now, null when anyone will do; `practice_after_s`: null where not agreed."""

    game: str
    pool: str
    rated: bool
    seats: int
    size: int
    mine: bool
    waited_ms: int
    estimate_ms: int | None
    window: int | None
    practice_after_s: int | None


class Found(msgspec.Struct, frozen=True):
    """A ready check. `ready` of `players` have said yes; `yes`: this one has."""

    id: str
    game: str
    pool: str
    rated: bool
    seats: int
    left_ms: int
    ready: int
    players: int
    yes: bool


class Offer(msgspec.Struct, frozen=True):
    """A challenge; `who` is the other one. `seat`: that of who challenges, null: drawn."""

    id: str
    who: Someone
    game: str
    clock: dict[str, Any] | None
    rated: bool
    seat: int | None
    left_ms: int


class PartyTold(msgspec.Struct, frozen=True):
    """The party that this player is in; its page is `/party/<id>/`. `leader`: public id."""

    id: str
    leader: str
    members: tuple[Someone, ...]


class Personal(msgspec.Struct, frozen=True):
    """All that concerns this player alone. `go`: the public id of a match that they should come to now; `rest_ms`: so
    long they cannot look for a match, since they let ready checks pass; `asking`: how many would like to be friends."""

    seek: Seeking | None = None
    pairing: Found | None = None
    incoming: tuple[Offer, ...] = ()
    outgoing: tuple[Offer, ...] = ()
    party: PartyTold | None = None
    go: str | None = None
    rest_ms: int = 0
    asking: int = 0
