"""What the host and its callers need of the world outside, as protocols; adapters implement them.

`Connection` is implemented by `games/delivery.py`, `Gateway` and `Link` by `games/driver.py`; `gameserver/process.py`
joins them. Consumers know only these.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Protocol

from games.protocol.codes import Close, Code
from games.protocol.messages import Hello

if TYPE_CHECKING:
    from games.protocol.codec import Decoder


class Connection(Protocol):
    """One socket. `player` is a public id, None for an anonymous spectator; `seat` is set when it is attached."""

    player: str | None
    name: str
    seat: int | None

    def put(self, frame: bytes, kind: Literal["state", "event"]) -> None:
        """Queue one text frame; a plain call, never a coroutine. After `close` it does nothing."""

    def close(self, code: Close) -> None:
        """Close after all that was put before, or at once (abort) for `Close.SLOW`. The second call does nothing."""

    def silenced(self) -> bool:
        """Whether a moderator has taken the chat from this player. Asked for each line, so it must only remember."""

    def token(self, match: str, seat: int | None) -> str | None:
        """A resume token for this match (public id) and seat; None for an anonymous spectator."""


class Link(Protocol):
    """One connection's place at one live match."""

    decoder: Decoder
    """Decodes a client's frame into a message typed with this game's move."""

    def submit(self, connection: Connection, message: Any) -> None:
        """Hand over a decoded message. Answers come through `Connection.put`. Never raises."""

    def reject(self, connection: Connection, c: int, code: Code) -> None:
        """Put a `reject` for an input that could not be read, but named its `c`; the host knows the seat's last."""

    def refresh(self, connection: Connection) -> None:
        """Put a full `welcome` as a state frame: the connection has caught up after frames were dropped."""

    def detach(self, connection: Connection) -> None:
        """The connection is gone. Idempotent."""


class Gateway(Protocol):
    """The way from a connection to the process that owns its match."""

    async def attach(self, connection: Connection, match: str, hello: Hello) -> Link | Close:
        """Load the match with this public id if need be, and put a `welcome` or what was missed; or say why not."""
