"""Who a connection is: proved by a session's cookie, by a ticket that works once, or by a resume token.

Consumers ask here at a connection's beginning. What needs the database is read by a few threads of its own: Django's
shared thread is one for all sockets of a process. No proof may appear in a log or an address.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from importlib import import_module
from typing import Final, TypeVar

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.db import Error
from django.db.models.functions import Now
from django.utils.crypto import constant_time_compare

from players import hour
from players.models import Player, Ticket
from players.threads import DatabaseThreads

logger = logging.getLogger(__name__)
T = TypeVar("T")

# A first visit reads two rows, about 1 ms: four threads are a thousand first visits a second, and take four of the
# database's connections at most. Reconnects, which come in storms, carry a token and need none of this.
READERS: Final = 4
# Half a second's work for the readers. Whoever comes beyond it is told to come again, instead of waiting unseen.
WAITING: Final = 500
# A database that takes longer is in trouble; the client is told `busy` and tries again with backoff.
READ_S: Final = 5.0

TICKET_PREFIX: Final = "ticket-"
TICKET_S: Final = 30
# Of the session key's SHA-256: 64 bits name a session among all, and tell nobody the key.
SESSION_DIGITS: Final = 16
# Django's session keys are 32 letters and digits; its column holds 40.
SESSION_KEY_LENGTH: Final = 40


class Unproven(Exception):
    """The token is not valid, or not any more."""


class Busy(Exception):
    """Nobody can be identified just now; coming again in a moment helps."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A player, and the proof: which session it hangs on ("" for a ticket), and the Unix milliseconds of the proof."""

    player: int
    public_id: str
    name: str
    session: str
    since_ms: int


def session_prefix(session_key: str) -> str:
    """What stands for a session outside of the database."""
    return sha256(session_key.encode()).hexdigest()[:SESSION_DIGITS]


def ticket_create(player: Player) -> str:
    """A ticket for one connection within 30 seconds. Called from HTTP; sweeps out the lapsed ones, so they stay few."""
    token = TICKET_PREFIX + secrets.token_urlsafe(24)
    Ticket.objects.filter(expires_at__lt=Now()).delete()
    Ticket.objects.create(player=player, digest=_digest(token), expires_at=Now() + timedelta(seconds=TICKET_S))
    return token


async def from_cookie(cookies: Mapping[str, str]) -> Identity | None:
    """Who is signed in by the session's cookie; None: nobody. Raises `Busy`. Only for requests of our own origin."""
    key = cookies.get(settings.SESSION_COOKIE_NAME, "")
    if not (0 < len(key) <= SESSION_KEY_LENGTH and key.isascii() and key.isalnum()):
        return None
    return await _reader.read(_of_session, key)


async def redeem_ticket(token: str) -> Identity:
    """The player whose ticket this is; the ticket is then gone. Raises `Unproven` or `Busy`."""
    return await _reader.read(_of_ticket, token)


def _of_session(key: str) -> Identity | None:
    """Django's `get_user`, but it only reads: a socket cannot hand the browser a new cookie."""
    since_ms = hour.now_ms()
    session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    pk = session.get(SESSION_KEY)
    player = Player.objects.filter(pk=pk, is_active=True).first() if pk is not None else None
    if player is None or not _is_of_password(session.get(HASH_SESSION_KEY, ""), player):
        return None
    return Identity(player.pk, player.public_id, player.name, session_prefix(key), since_ms)


def _is_of_password(session_hash: str, player: Player) -> bool:
    """Whether the session began under the password that the player has now, also where SECRET_KEY has been rotated."""
    hashes = (player.get_session_auth_hash(), *player.get_session_auth_fallback_hash())
    return any(constant_time_compare(session_hash, one) for one in hashes)


def _of_ticket(token: str) -> Identity:
    since_ms = hour.now_ms()
    ticket = Ticket.objects.select_related("player").annotate(now=Now()).filter(digest=_digest(token)).first()
    # Of two that bring the same ticket at once, the database lets one delete it.
    if ticket is None or not Ticket.objects.filter(pk=ticket.pk).delete()[0]:
        raise Unproven
    if ticket.expires_at <= ticket.now or not ticket.player.is_active:
        raise Unproven
    return Identity(ticket.player.pk, ticket.player.public_id, ticket.player.name, "", since_ms)


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


class _Reader:
    """The threads that read identities, and how many wait for them."""

    def __init__(self) -> None:
        self._threads = DatabaseThreads(READERS, "madang-identity")
        self._waiting = 0

    async def read(self, function: Callable[[str], T], argument: str) -> T:
        if self._waiting >= WAITING:
            raise Busy
        self._waiting += 1
        try:
            async with asyncio.timeout(READ_S):
                return await self._threads.run(function, argument)
        except (Error, TimeoutError) as error:
            logger.warning("cannot identify a connection: %s: %s", type(error).__name__, error)
            raise Busy from error
        finally:
            self._waiting -= 1


_reader = _Reader()
