"""What the journal has done so far, in plain numbers for operators; `gameserver/metrics.py` reads them.

The journal raises them on the event loop's thread, once a flush but for the entries by kind. Decides nothing.
"""

from __future__ import annotations

from collections.abc import Collection

from games.counts import Buckets, raised
from games.journal.endings import Batch, Ending

# Seconds of a flush: a commit on a good disk takes 1 ms; at 6 s the connection is cut; 10 s is the end.
FLUSH_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 6.0, 10.0)
# Rows in one flush: alone when idle, hundreds under load.
FLUSH_ROWS = (1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500)


class Meter:
    """Flushes by their time and size, entries stored by kind, endings other than `Stored` by their name."""

    def __init__(self) -> None:
        self.flush_s = Buckets(*FLUSH_S)
        self.flush_rows = Buckets(*FLUSH_ROWS)
        self.stored: dict[str, int] = {}
        self.endings: dict[str, int] = {}

    def landed(self, batches: Collection[Batch], took_s: float) -> int:
        """A flush came back, whatever its endings; how many rows it had."""
        rows = sum(len(batch.entries) for batch in batches)
        self.flush_s.add(took_s)
        self.flush_rows.add(rows)
        return rows

    def kept(self, batch: Batch) -> None:
        """All entries of a batch are stored."""
        stored = self.stored
        for entry in batch.entries:
            kind = entry.kind
            stored[kind] = stored.get(kind, 0) + 1

    def ended(self, ending: Ending) -> None:
        """A match was told that its entries are not stored, and why."""
        raised(self.endings, type(ending).__name__.lower())
