"""Lines of chat to and from the database: beside the log, in batches, never on the way of a move.

The driver gives it what was said (`put`, a plain call), a work beside the connections writes it every half second, and
whoever hands a match over flushes first. Loading reads the newest lines back. A process that is killed loses what it
had not written, half a second of talk; it never loses a move for it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict, deque
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from django.db import DataError, IntegrityError, connection, transaction
from django.db import Error as DatabaseError

from games.host.chat import CHAT_LINES, HeardBy, Speech
from games.host.effects import Keep
from games.host.entries import MatchId
from games.models import Audience, ChatLine
from players import hour
from players.models import Player
from players.threads import DatabaseThreads

logger = logging.getLogger(__name__)

# A report that is made as fast as a person clicks finds the line it is about; less often is less work for the disk.
WRITE_S = 0.5
# Of one statement. A thousand people who talk at their limit say as much in a second.
BATCH = 500
# Some 5 MB, minutes of a busy server without its database. Beyond it the oldest go: the talk goes on in memory, and a
# database that is away for so long stops the matches first.
WAITING = 10_000

Past = list[tuple[HeardBy, Speech]]

# As text: Django would build it for longer than a database takes to answer, while somebody waits for the match.
_NEWEST = """
SELECT l.match_id, l.audience, l.seat, p.public_id, l.name, l.text, l.phrase FROM (
    SELECT c.*, ROW_NUMBER() OVER (PARTITION BY match_id, audience ORDER BY id DESC) AS place
    FROM games_chatline c WHERE match_id IN ({matches})
) l LEFT JOIN players_player p ON p.id = l.player_id WHERE l.place <= %s ORDER BY l.id"""


class Line(msgspec.Struct, frozen=True):
    """A line on its way to the database."""

    match: MatchId
    kept: Keep
    at_ms: int


class Spoken:
    """What was said in this process and is not stored yet. On the event loop's thread."""

    def __init__(self, threads: DatabaseThreads) -> None:
        self._threads = threads
        self._waiting: deque[Line] = deque()
        self._writing = asyncio.Lock()
        self.dropped = 0

    def put(self, match: MatchId, kept: Keep) -> None:
        """A line was said now."""
        if len(self._waiting) >= WAITING:
            self._waiting.popleft()
            self.dropped += 1
            if self.dropped % BATCH == 1:
                logger.warning("%d lines of chat were not stored: the database is too slow or away", self.dropped)
        self._waiting.append(Line(match, kept, hour.now_ms()))

    async def write(self) -> None:
        """Store all that waits. Raises DatabaseError; then the lines wait for the next call."""
        async with self._writing:
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
                try:
                    await self._threads.run(lines_store, batch)
                except DatabaseError:
                    self._waiting.extendleft(reversed(batch))
                    raise

    async def flush(self) -> None:
        """The same for whoever gives a match away: a failure is logged, for it must not hold up what matters more."""
        try:
            await self.write()
        except DatabaseError:
            logger.warning("lines of chat were not stored before a match was given away", exc_info=True)


def lines_store(batch: Sequence[Line]) -> None:
    """All in one statement; where a line cannot be stored (its match was deleted), the others all the same."""
    rows = _rows(batch)
    try:
        with transaction.atomic():
            ChatLine.objects.bulk_create(rows)
    except (IntegrityError, DataError):
        for row in rows:
            _store_alone(row)


def _store_alone(row: ChatLine) -> None:
    row.pk = None
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except (IntegrityError, DataError):
        logger.warning("a line of chat of match %s cannot be stored", row.match_id)


def _rows(batch: Sequence[Line]) -> list[ChatLine]:
    ids = {line.kept.said.player for line in batch}
    players = dict(Player.objects.filter(public_id__in=ids).values_list("public_id", "pk"))
    return [
        ChatLine(
            match_id=line.match,
            audience=line.kept.heard_by,
            seat=line.kept.said.seat,
            player_id=players.get(line.kept.said.player or ""),
            name=line.kept.said.name,
            text=line.kept.said.text,
            phrase=line.kept.said.phrase or "",
            at=datetime.fromtimestamp(line.at_ms / 1000, UTC),
        )
        for line in batch
    ]


def lines_of(matches: Collection[MatchId]) -> dict[MatchId, Past]:
    """What was said last at each match, for each of its audiences, in order. One query."""
    if not matches:
        return {}
    found: defaultdict[MatchId, Past] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST.format(matches=", ".join(["%s"] * len(matches))), [*matches, CHAT_LINES])
        rows = cursor.fetchall()
    for match, audience, *said in rows:
        found[MatchId(match)].append((_heard_by(audience), _speech(*said)))
    return dict(found)


def lines_by(player: Player) -> list[dict[str, Any]]:
    """All that `player` has written, for their export."""
    rows = ChatLine.objects.filter(player=player).order_by("pk")
    return [dict(row) for row in rows.values("match__public_id", "at", "audience", "text")]


def lines_forget(player: Player) -> None:
    """What somebody wrote leaves with them; a report keeps the log that it was made with."""
    ChatLine.objects.filter(player=player).delete()


def _heard_by(audience: str) -> HeardBy:
    match audience:
        case Audience.SEATS:
            return "seats"
        case Audience.SPECTATORS:
            return "spectators"
        case _:
            return "everyone"


def _speech(seat: int | None, player: str | None, name: str, text: str, phrase: str) -> Speech:
    return Speech(seat, player, name, text, phrase or None)
