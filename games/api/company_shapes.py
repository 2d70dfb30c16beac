"""What the API reads and tells about company, as OpenAPI describes it."""

from __future__ import annotations

from typing import Literal

from ninja import Schema


class PersonShown(Schema):
    """A player as others know them."""

    id: str
    name: str


class FriendShown(PersonShown):
    """`here`: connected now; `match`: public id of the listed match that they play, null: none."""

    here: bool
    match: str | None


class FriendsShown(Schema):
    """`asking`: who waits for your answer; `asked`: whose answer you wait for."""

    friends: list[FriendShown]
    asking: list[PersonShown]
    asked: list[PersonShown]


class DistanceShown(Schema):
    """`muted`: of whom you are not shown what they write."""

    blocked: list[PersonShown]
    muted: list[PersonShown]


class StandingShown(Schema):
    """How you stand to `player`: any of friend, asked (by you), asking (you), blocked (by you), muted."""

    player: PersonShown
    standing: list[Literal["friend", "asked", "asking", "blocked", "muted"]]
