"""Resume tokens: a player's proof for one match, signed, so that a reconnect needs no database.

Connections issue them and consumers read them; whether one was taken back is for `revoked.py` to say. They travel in
the first frame of a connection, never in an address, and are never logged.
"""

from __future__ import annotations

from typing import Final

from django.core import signing

from players import hour
from players.identity import Identity, Unproven

# Ten minutes: longer than a network is usually gone; a connected socket is handed a new one at half of it.
VALID_MS: Final = 600_000
# Two machines never have quite the same hour, and a token may come back at once through another.
AHEAD_MS: Final = 5_000

_SALT: Final = "madang.resume"


def issue(identity: Identity, match: str, seat: int | None) -> str:
    """A token by which this player comes back to this match (public id) within ten minutes."""
    body = [identity.player, identity.public_id, identity.name, identity.session, match, seat, hour.now_ms()]
    return signing.Signer(salt=_SALT).sign_object(body)


def read(token: str, match: str) -> Identity:
    """Whose token this is. Raises `Unproven` if it was not issued here, for another match, or too long ago."""
    try:
        player, public_id, name, session, of_match, _, issued_ms = signing.Signer(salt=_SALT).unsign_object(token)
    except (signing.BadSignature, ValueError):
        raise Unproven from None
    if of_match != match or not -AHEAD_MS <= hour.now_ms() - issued_ms <= VALID_MS:
        raise Unproven
    return Identity(player, public_id, name, session, issued_ms)
