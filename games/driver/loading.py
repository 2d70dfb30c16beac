"""Matches into memory and out again: takeover, refolding after a failed flush, snapshots, release of leases.

Owns the calls of the store; each runs on the driver's database threads and folds there too, so that a long log never
holds up the loop. A match is loaded by one task, however many connections arrive at once.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Mapping
from itertools import chain, repeat
from typing import TYPE_CHECKING

import msgspec
from django.db import Error as DatabaseError

from games import spoken, store, sweeps
from games.driver.gathered import Gathered
from games.driver.live import Live, now_ms, unix_ms
from games.host import said
from games.host.entries import SEED_BYTES, MatchId
from games.host.fold import Fold
from games.host.greeting import Facts
from games.host.match import LiveMatch
from games.host.recovery import Loaded, fold_of
from games.host.snapshot import save
from games.host.tail import Header
from games.loads import match_load, matches_load
from games.protocol.codes import Close
from games.rating.told import ratings_told
from games.rules.catalog import UnknownGame
from games.spoken import Past
from games.store import Elsewhere
from players.ids import new_id
from players.threads import DatabaseThreads

if TYPE_CHECKING:
    from games.driver.core import Driver

logger = logging.getLogger(__name__)

# Folding 1,000 steps takes about 5 ms: what a load may cost beyond the snapshot.
SNAPSHOT_STEPS = 1_000
# The same for rules that are dear: so much time in ticks is so much time for whoever loads the match.
SNAPSHOT_MS = 50.0
# While the database is away a refold is tried again: soon at first, then every two seconds, which burdens nobody.
RETRY_S = (0.1, 0.5, 1.0)
RETRY_LATER_S = 2.0
# A match that this process cannot fold is another's to try, or that of the next version: soon enough for a clock, too
# seldom to fill the log.
LATER_MS = 60_000


Taken = tuple[int, Loaded, Fold, Past] | Elsewhere | None


class Loading:
    """The store as the driver uses it."""

    def __init__(self, driver: Driver, *, host: str, threads: DatabaseThreads) -> None:
        self._driver = driver
        self._host = host
        self.threads = threads
        self._under_way: dict[MatchId, asyncio.Task[Live | Close | Elsewhere]] = {}
        self._ids: dict[str, MatchId] = {}
        self._lookups = Gathered[str, MatchId | None](threads, store.match_pks)
        self._takes = Gathered[MatchId, Taken](threads, self._take_all)

    async def by_public_id(self, public_id: str) -> Live | Close | Elsewhere:
        """The live match, loaded if need be; or the code to close with; or the host that has it."""
        match = self._ids.get(public_id)
        if match is None:
            try:
                match = await self._lookups.get(public_id)
            except DatabaseError:
                logger.exception("match %s cannot be looked up", public_id)
                return Close.BUSY
            if match is None:
                return Close.NO_SUCH_MATCH
        return await self.by_id(match)

    async def by_id(self, match: MatchId) -> Live | Close | Elsewhere:
        """The live match, loaded if need be; or the code to close with; or the host that has it."""
        live = self._driver.live.get(match)
        if live is not None:
            return live
        if self._driver.stopping:
            return Close.RESTART
        if self._driver.draining:
            return Close.BUSY  # whoever comes again is sent to another process
        task = self._under_way.get(match)
        if task is None:
            task = self._under_way[match] = asyncio.get_running_loop().create_task(self._load(match))
            task.add_done_callback(lambda _: self._under_way.pop(match, None))
        # Shielded: the first connection may leave while others wait for the same load.
        return await asyncio.shield(task)

    async def _load(self, match: MatchId) -> Live | Close | Elsewhere:
        try:
            taken = await self._takes.get(match)
        except UnknownGame:
            return Close.BUSY  # another process's to take; start-up said what this one lacks
        except store.QuarantinedError:
            return Close.FAULT
        except DatabaseError:
            logger.exception("match %s cannot be loaded", match)
            return Close.BUSY
        except Exception:
            # A log that does not fold: the match stays as it is for an admin to look at.
            logger.exception("match %s does not fold", match)
            await self.release({match: None}, {match: LATER_MS})
            return Close.FAULT
        if taken is None:
            return Close.BUSY
        if isinstance(taken, Elsewhere):
            return taken
        epoch, loaded, fold, past = taken
        live = Live(self._driver, LiveMatch(_header(loaded, epoch), fold, now_ms=now_ms(), new_match=_new_match))
        said.recall(live.match.audience, past, now_ms())
        self._driver.live[match] = live
        self._ids[loaded.public_id] = match
        live.run(live.match.recover, now_ms())
        self._driver.ticker.add(live)
        self._driver.rated.loaded(live)
        return live

    def _take_all(self, matches: list[MatchId]) -> dict[MatchId, Taken | Exception]:
        """Own each match, and only then read it; or who has it; or what stands in the way. On a database thread."""
        taken = store.leases_take(matches, self._host, may_expire=self._driver.pulse.may_expire)
        ours = [match for match, epoch in taken.items() if isinstance(epoch, int)]
        loaded, said = _with_ratings(matches_load(ours)), spoken.lines_of(ours)
        found: dict[MatchId, Taken | Exception] = {}
        for match, epoch in taken.items():
            try:
                past = said.get(match, [])
                found[match] = (epoch, *_folded(loaded[match]), past) if isinstance(epoch, int) else epoch
            except Exception as error:  # noqa: BLE001 - of this match alone
                found[match] = error
        return found

    @property
    def busy(self) -> bool:
        """Whether some match is on its way into memory."""
        return bool(self._under_way)

    def refold(self, live: Live, *, faulted: bool) -> None:
        """After a flush failed for good: go on from what the database holds, as soon as it answers.

        Until then inputs are told to try again. The lease is taken anew: the journal drops whatever was under way in
        the epoch before, so nothing of it can be stored later.
        """
        if not live.refolding:
            live.refolding = True
            self._driver.spawn(self._refold(live, faulted=faulted))

    async def _refold(self, live: Live, *, faulted: bool) -> None:
        taken = await self._retake(live)
        if taken is None or self._driver.live.get(live.match.header.id) is not live:
            return
        epoch, fold = taken
        live.refolding = False
        live.match.renew(epoch)
        live.run(live.match.rewind, fold, now_ms(), unix_ms())
        self._driver.ticker.add(live)
        if faulted:
            live.fault()

    async def _retake(self, live: Live) -> tuple[int, Fold] | None:
        match, public_id = live.match.header.id, live.match.header.facts.public_id
        for wait_s in chain(RETRY_S, repeat(RETRY_LATER_S)):
            if self._driver.stopping:
                return None
            try:
                taken = await self._takes.get(match)
            except DatabaseError as error:
                logger.warning("match %s cannot be read back yet: %s", public_id, error)
                await asyncio.sleep(wait_s)
            except Exception:
                logger.exception("match %s does not fold", public_id)
                self._driver.drop(live, Close.FAULT)
                return None
            else:
                if taken is None or isinstance(taken, Elsewhere):
                    self._driver.drop(live, Close.MOVED)
                    return None
                epoch, _, fold, _ = taken
                return epoch, fold
        return None

    def forget(self, live: Live) -> None:
        """`live` is in memory no more."""
        self._ids.pop(live.match.header.facts.public_id, None)

    def snapshot_due(self, live: Live) -> bool:
        """Whether a load would fold too many steps by now."""
        steps = live.match.tail.stored_fold.step - live.snapshot_step
        return steps >= SNAPSHOT_STEPS or live.fold_ms >= SNAPSHOT_MS

    async def snapshot(self, live: Live) -> None:
        """Keep what is stored and shown; a cache, so that a failure is only logged."""
        fold = live.match.tail.stored_fold
        live.snapshot_step, live.fold_ms = fold.step, 0.0
        try:
            await self.threads.run(store.snapshot_save, live.match.header.id, fold.n, save(fold), fold.digest)
        except DatabaseError:
            logger.exception("no snapshot of match %s", live.match.header.facts.public_id)

    async def release(self, held: Mapping[MatchId, int | None], dues: Mapping[MatchId, int]) -> None:
        """Give leases back, each under its epoch, and say in how many milliseconds somebody must have some.

        A failure costs the next owner a wait of the lease's TTL.
        """
        if not held:
            return
        try:
            if dues:
                await self.threads.run(sweeps.matches_let_go, self._host, dues)
            await self.threads.run(store.leases_release, self._host, held)
        except DatabaseError:
            logger.exception("%s leases were not released", len(held))


def _folded(loaded: Loaded) -> tuple[Loaded, Fold]:
    try:
        return loaded, fold_of(loaded)
    except msgspec.MsgspecError:
        # A snapshot that does not fit is only a cache: the log itself decides.
        logger.warning("match %s: its snapshot cannot be read; folding the whole log", loaded.public_id)
        loaded = match_load(loaded.id, whole=True)
        return loaded, fold_of(loaded)


def _with_ratings(loaded: dict[MatchId, Loaded]) -> dict[MatchId, Loaded]:
    """What rated matches have done to ratings is part of the first welcome, where it is known. Not before the end."""
    told = ratings_told([match for match, one in loaded.items() if one.rated and _may_be_over(one)])
    return loaded | {match: msgspec.structs.replace(loaded[match], ratings=rated) for match, rated in told.items()}


def _may_be_over(loaded: Loaded) -> bool:
    return loaded.snapshot is not None or any(entry.kind == "end" for entry in loaded.entries)


def _header(loaded: Loaded, epoch: int) -> Header:
    facts = Facts(loaded.public_id, epoch, loaded.options, loaded.seed_hash, loaded.pool if loaded.rated else None)
    return Header(
        loaded.id,
        facts,
        loaded.listed,
        loaded.players,
        loaded.gap_ms,
        loaded.rated,
        loaded.pool,
        loaded.ratings,
    )


def _new_match() -> tuple[str, bytes]:
    return new_id(), secrets.token_bytes(SEED_BYTES)
