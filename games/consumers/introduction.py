"""From a hello to who says it: by ticket, by resume token, by cookie, or nobody in particular."""

from __future__ import annotations

from collections.abc import Mapping

from games.protocol.codes import Close
from games.protocol.messages import Hello
from players import identity, resume
from players.identity import Identity


async def introduce(hello: Hello, cookies: Mapping[str, str], match: str) -> Identity | Close | None:
    """The player, None for an anonymous spectator, or why the connection must close.

    A token goes before the cookies: whoever brings one means it, and a bad one is refused rather than passed over.
    Whether the proof was taken back is for the caller to watch, from now on.
    """
    try:
        return await _proved(hello.token, cookies, match)
    except identity.Unproven:
        return Close.TOKEN
    except identity.Busy:
        return Close.BUSY


async def _proved(token: str | None, cookies: Mapping[str, str], match: str) -> Identity | None:
    if token is None:
        return await identity.from_cookie(cookies)
    if token.startswith(identity.TICKET_PREFIX):
        return await identity.redeem_ticket(token)
    return resume.read(token, match)
