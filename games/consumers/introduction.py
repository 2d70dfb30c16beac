"""From a hello to who says it: by ticket, by resume token, by cookie, or nobody in particular; and until when.

Used by every consumer after its hello.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from games import here
from games.consumers.ending import Ending
from games.delivery import Connection
from games.protocol.codes import Close
from games.protocol.messages import Hello
from players import identity, resume, revoked
from players.identity import Identity


async def admit(connection: Connection, place: str, hello: Hello, cookies: Mapping[str, str], ending: Ending) -> bool:
    """Tell the connection who it is, for as long as that holds; False: it is closed, and has been told why.

    `place`: what resume tokens must be for. A token goes before the cookies: whoever brings one means it, and a bad one
    is refused rather than passed over.
    """
    try:
        found = await _proved(hello.token, cookies, place)
    except identity.Unproven:
        connection.close(Close.TOKEN)
    except identity.Busy:
        connection.close(Close.BUSY)
    else:
        if found is not None:
            connection.identify(found)
            ending.add(here.come(found.player))
            # Closes at once where the proof was taken back before.
            ending.add(revoked.watch(found, partial(_send_away, connection, found)))
    return not connection.closing


def _send_away(connection: Connection, found: Identity) -> None:
    connection.close(Close.BANNED if revoked.is_banned(found) else Close.SIGNED_OUT)


async def _proved(token: str | None, cookies: Mapping[str, str], place: str) -> Identity | None:
    if token is None:
        return await identity.from_cookie(cookies)
    if token.startswith(identity.TICKET_PREFIX):
        return await identity.redeem_ticket(token)
    return resume.read(token, place)
