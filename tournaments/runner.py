"""Runs tournaments: what is due is done, one transaction at a time, in whatever process looks first.

`gameserver/beside.py` calls `Runner.look` again and again, on the event loop; the work is done on the process's
threads. What is due follows from the log, so a process that dies between two writes leaves nothing to repair: the next
look, anywhere, goes on. Two that look at once are told apart by the tournament's lock and the last line each has seen.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.db.models.functions import Now

from games import hints
from games.finding.services.summons import players_summon
from games.models import Match
from games.services import match_arrange
from players.models import Player
from players.threads import DatabaseThreads
from tournaments import log, presence, results
from tournaments.formats.due import Due, Pairs, due
from tournaments.formats.entries import AnyBody, Board, Finish, MatchId, Pair, PlayerId, Result
from tournaments.formats.fold import Fold
from tournaments.models import Entry, Format, Pairing, Tournament
from tournaments.services import tournament_changes

logger = logging.getLogger(__name__)

LOOK_S = 0.1
"""Between two looks at most this is slept; `Runner` waits for a hint or for its time by itself."""
EVERY = timedelta(seconds=1)
"""How often a tournament under way is looked at: so late is a result at most whose hint was lost."""
# Hints between two looks; beyond that the looks by time find what they were about.
_MOST_HINTS = 1_000


class Runner:
    """The runner of one process. Made on its event loop."""

    def __init__(self, threads: DatabaseThreads) -> None:
        self._threads = threads
        self._loop = asyncio.get_running_loop()
        self._woken = asyncio.Event()
        self._over: set[str] = set()
        self._unlisten = hints.listen(hints.OVER, self._hear)

    async def look(self) -> None:
        """Wait for the end of a match or for the time of a look, then do all that is due."""
        try:
            async with asyncio.timeout(EVERY.total_seconds()):
                await self._woken.wait()
        except TimeoutError:
            await self._threads.run(presence.store)
        self._woken.clear()
        over, self._over = self._over, set()
        for tournament in await self._threads.run(take, over):
            while await self._threads.run(advance, tournament):
                pass

    def _hear(self, match: str) -> None:
        """On any thread."""
        if self._loop.is_closed():
            self._unlisten()  # the process that this was for has stopped
        elif len(self._over) < _MOST_HINTS:
            self._loop.call_soon_threadsafe(self._wake, match)

    def _wake(self, match: str) -> None:
        self._over.add(match)
        self._woken.set()


def take(over: Collection[str]) -> list[int]:
    """Tournaments (primary keys) to be looked at now: those whose time has come, which no other process looks at for a
    second then, and those of which a match is among `over`."""
    due_now = Tournament.objects.filter(due_at__lte=Now())
    waiting = list(due_now.order_by("due_at").values_list("pk", flat=True))
    mine = [pk for pk in waiting if due_now.filter(pk=pk).update(due_at=Now() + EVERY)]
    if over:
        found = Pairing.objects.filter(match__public_id__in=over, open=True).values_list("tournament_id", flat=True)
        mine += sorted(set(found) - set(mine))
    return mine


def advance(pk: int) -> bool:
    """Do the next thing that is due in a tournament; whether there may be another one at once."""
    tournament = Tournament.objects.annotate(now=Now()).get(pk=pk)
    ended = results.results_of(tournament)
    # Worked out before the lock is taken: on SQLite that is everybody's.
    with log.run.reading(tournament) as fold:
        seen, wanted = fold.n, None if ended else _due(tournament, fold)
        write = _settle(ended) if ended else None if wanted is None else _doing(tournament, wanted, fold)
    if write is None:
        for match, seats in results.missing_in(tournament):
            results.match_call_off(match, seats)
        return False
    return _written(tournament, seen, write)


Write = Callable[[Tournament, int], None]
"""Writes behind line `n` of the locked tournament."""


@transaction.atomic
def _written(tournament: Tournament, seen: int, write: Write) -> bool:
    """Carry it out, unless somebody has written since; then it is to be worked out anew."""
    locked = Tournament.objects.select_for_update().get(pk=tournament.pk)
    if not Entry.objects.filter(tournament=locked, n__gt=seen).exists():
        write(locked, seen)
    return True


def _due(tournament: Tournament, fold: Fold) -> Due | None:
    arena = tournament.format == Format.ARENA and fold.status == "running"
    present = presence.present(tournament) if arena else set()
    return due(fold, now_ms=log.ms_of(tournament.now), present=present)  # type: ignore[attr-defined]  # annotated


def _doing(tournament: Tournament, wanted: Due, fold: Fold) -> Write:
    if isinstance(wanted, Pairs):
        return partial(_pair, wanted)
    return partial(_decide, wanted, tournament_changes(wanted, fold))


def _settle(ended: Collection[tuple[int, Result]]) -> Write:
    def write(locked: Tournament, seen: int) -> None:
        keys = {str(result.match): pk for pk, result in ended}
        log.append(locked, seen, [result for _pk, result in ended], keys)
        Pairing.objects.filter(match_id__in=keys.values()).update(open=False)
        presence.leave(locked, keys.values())

    return write


def _decide(body: AnyBody, changes: dict[str, object], locked: Tournament, seen: int) -> None:
    log.append(locked, seen, [body])
    if changes:
        Tournament.objects.filter(pk=locked.pk).update(**changes)
    if isinstance(body, Finish):
        presence.forget(locked)


def _pair(pairs: Pairs, locked: Tournament, seen: int) -> None:
    """The matches, that they belong to the tournament, and the entry: all or nothing."""
    ids = {one for _round, _board, players in pairs.boards for one in players}
    people = {PlayerId(player.public_id): player for player in Player.objects.filter(public_id__in=ids)}
    boards = []
    for round_, board, players in pairs.boards:
        seated = [people[one] for one in players]
        match = _match(locked, seated)
        players_summon(match=match, players=seated)
        Pairing.objects.create(match=match, tournament=locked, round=round_, board=board)
        boards.append(Board(MatchId(match.public_id), round_, board, players))
    log.append(locked, seen, [Pair(tuple(boards))])


def _match(tournament: Tournament, players: list[Player]) -> Match:
    return match_arrange(
        game=tournament.game,
        players=players,
        options=tournament.options,
        clock=tournament.clock,
        rated=tournament.rated,
        agreed=True,
    )
