"""One flush: batches go to the log, and every match gets its ending, whatever the connection does.

Called by the journal's thread. Knows nothing of the event loop, of SQL, or of what the endings lead to.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence

from games.journal.endings import Batch, Ending, Failed, Log, Poisoned, RejectedError, Skipped, Standing, Stored, judge

_log = logging.getLogger(__name__)

# The first retry comes at once (a restarted server is often back already), then 50 ms doubling. 1 s at most: longer
# would waste the 10 s in which players still wait for an answer.
_FIRST_PAUSE_S = 0.05
_LONGEST_PAUSE_S = 1.0

_NOTHING = Standing(None, 0, {})


class Flusher:
    """Sends batches until each has an ending: stored, refused, poisoned, or failed at the deadline."""

    def __init__(
        self,
        log: Log,
        *,
        deadline_s: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._log = log
        self._deadline_s = deadline_s
        self._clock = clock
        self._sleep = sleep

    def settle(self, batches: Sequence[Batch]) -> list[Ending | Skipped]:
        """At least one attempt is made, also for batches that are late already.

        Batches that change records go in a transaction of their own, so that a lock on some match's row never holds up
        the moves of all others.
        """
        endings: list[Ending | Skipped] = []
        plain = [batch for batch in batches if not batch.changes]
        rest = [batch for batch in batches if batch.changes]
        for part in (plain, rest):
            if part:
                endings += self._settle_part(part)
        return endings

    def _settle_part(self, batches: Sequence[Batch]) -> list[Ending | Skipped]:
        until = min(batch.since_s for batch in batches) + self._deadline_s
        endings: list[Ending | Skipped] = []
        waiting = list(batches)
        pause_s, in_doubt = 0.0, False
        while True:
            try:
                self._log.connect()
                # Also after an attempt of which nobody knows how it ended: the fence lets nothing in twice, and what
                # does not come back is looked up.
                waiting = self._send(waiting, endings)
            except RejectedError as error:
                return endings + self._halve(waiting, error)
            except Exception as error:  # noqa: BLE001 - only the database can tell what became of the rows
                in_doubt = True
                self._log.drop()
                _log.warning("the journal lost its connection: %s", error)
            else:
                if not waiting or not in_doubt:
                    return endings + [Skipped(batch.match, batch.epoch) for batch in waiting]
                # A copy of these may still run in the server: they go again as they are, not joined with later ones.
            if self._clock() + pause_s >= until:
                return endings + [Failed(batch.match, batch.epoch) for batch in waiting]
            self._sleep(pause_s)
            pause_s = min(max(pause_s * 2, _FIRST_PAUSE_S), _LONGEST_PAUSE_S)

    def _send(self, batches: list[Batch], endings: list[Ending | Skipped]) -> list[Batch]:
        """Store; those that did not come back are looked up once, for skipped is not stale."""
        stored = self._log.store(batches)
        endings += [Stored(batch.match, batch.epoch, batch.last) for batch in batches if batch.match in stored]
        if len(stored) == len(batches):
            return []
        # Only these are open now: should the look-up fail, the others keep their ending.
        batches[:] = [batch for batch in batches if batch.match not in stored]
        return self._look_up(batches, endings)

    def _look_up(self, batches: Sequence[Batch], endings: list[Ending | Skipped]) -> list[Batch]:
        """Settle by what the database holds; the batches that are not there and may still come."""
        standings = self._log.standings(batches)
        absent = []
        for batch in batches:
            ending = judge(batch, standings.get(batch.match, _NOTHING))
            if ending is None:
                absent.append(batch)
            else:
                endings.append(ending)
        return absent

    def _halve(self, batches: Sequence[Batch], error: RejectedError) -> list[Ending | Skipped]:
        """Bad data stores nothing of the whole transaction: try the halves, until the guilty match is alone."""
        if len(batches) == 1:
            guilty = batches[0]
            _log.error("match %s: the database refuses entry %s: %s", guilty.match, guilty.before + 1, error.__cause__)
            return [Poisoned(guilty.match, guilty.epoch, guilty.before + 1)]
        middle = len(batches) // 2
        return self._settle_part(batches[:middle]) + self._settle_part(batches[middle:])
