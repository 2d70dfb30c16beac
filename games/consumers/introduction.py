"""From a hello to who says it: by ticket, by resume token, by cookie, or nobody in particular."""

from __future__ import annotations

from collections.abc import Mapping

from games.protocol.codes import Close
from games.protocol.messages import Hello
from players import identity, resume, revoked
from players.identity import Identity


async def introduce(hello: Hello, cookies: Mapping[str, str], match: str) -> Identity | Close | None:
    """The player, None for an anonymous spectator, or why the connection must close.

    A token goes before the cookies: whoever brings one means it, and a bad one is refused rather than passed over.
    """
    try:
        found = await _proved(hello.token, cookies, match)
    except identity.Unproven:
        return Close.TOKEN
    except identity.Busy:
        return Close.BUSY
    return Close.SIGNED_OUT if found is not None and revoked.is_revoked(found) else found


async def _proved(token: str | None, cookies: Mapping[str, str], match: str) -> Identity | None:
    if token is None:
        return await identity.from_cookie(cookies)
    if token.startswith(identity.TICKET_PREFIX):
        return await identity.redeem_ticket(token)
    return resume.read(token, match)
