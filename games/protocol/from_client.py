"""What a client may send. Everybody imports these from `messages.py`, which joins them with what the server sends.

Unknown fields are refused, and every field is bounded.
"""

from __future__ import annotations

from typing import Annotated, Any, Generic, Literal, TypeVar

from msgspec import Meta, Struct

from games.protocol.phrases import Phrase

M = TypeVar("M")

# 2⁵³-1: beyond it a browser's numbers lose digits.
MAX_INTEGER = (1 << 53) - 1
Count = Annotated[int, Meta(ge=0, le=MAX_INTEGER)]
Text = Annotated[str, Meta(min_length=1, max_length=500, pattern=r"^[^\x00]*$")]
Token = Annotated[str, Meta(max_length=1024, pattern=r"^[\x21-\x7e]*$")]
What = Literal["draw", "takeback", "rematch"]


class FromClient(Struct, frozen=True, forbid_unknown_fields=True, tag_field="type"):
    """Base of all that a client may send."""


class Hello(FromClient, frozen=True, tag="hello"):
    """First of all. `token`: resume token or ticket; `e`, `v`, `k`: epoch, version and line of chat last seen.

    With them only what was missed is sent, without them the whole.
    """

    token: Token | None = None
    e: Count | None = None
    v: Count | None = None
    k: Count | None = None


class Move(FromClient, Generic[M], frozen=True, tag="move"):
    """Input `c` of this seat: move `m`, answering version `on` (required where the game has no ticks).

    `lag`: the round trip that the client measured, in milliseconds; clocks forgive some of it, within a quota.
    """

    c: Count
    m: M
    on: Count | None = None
    lag: Count | None = None


class Resign(FromClient, frozen=True, tag="resign"):
    """Give the match up."""

    c: Count


class Abort(FromClient, frozen=True, tag="abort"):
    """Call the match off before both sides have moved; it counts for nobody."""

    c: Count


class Offer(FromClient, frozen=True, tag="offer"):
    """Offer a draw or a rematch. Offering what the other has already offered accepts it."""

    c: Count
    what: What


class Answer(FromClient, frozen=True, tag="answer"):
    """Accept or decline the other's offer."""

    c: Count
    what: What
    yes: bool


class Claim(FromClient, frozen=True, tag="claim"):
    """The others have been away for longer than `grace`: end the match in favour of who stayed."""

    c: Count


class Pause(FromClient, frozen=True, tag="pause"):
    """Stop the time, or let it go on."""

    c: Count


class Chat(FromClient, frozen=True, tag="chat"):
    """A line to the others: words, or the id of a quick phrase, which each reader sees in their own language.

    A phrase goes before words. Who hears it, and what may be said when, is told above.
    """

    text: Text | None = None
    phrase: Phrase | None = None


class AskMoves(FromClient, frozen=True, tag="moves?"):
    """Ask for the own legal moves where `moves` gave only their count."""


class Ping(FromClient, frozen=True, tag="ping"):
    """`at` comes back in the pong: the client's own milliseconds."""

    at: Count


ClientMessage = Hello | Move[Any] | Resign | Abort | Offer | Answer | Claim | Pause | Chat | AskMoves | Ping
INPUTS = (Move, Resign, Abort, Offer, Answer, Claim, Pause)
"""What is numbered by `c`, and answered by an ack or a reject."""
