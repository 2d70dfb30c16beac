"""The game server with a log that stores nothing: `python -m bench.forgetful`. The journal costs the difference.

Only the bench starts this; the product has no such setting. All but the log is as always: entries are made, chained and
gathered, the journal's thread takes them, and what it lets out is shown.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping, Sequence

from games import journal
from games.host.entries import MatchId
from games.journal.endings import Batch, Standing
from gameserver.__main__ import main


class ForgetfulLog:
    """Implements `Log`: says of everything that it is stored."""

    def connect(self) -> None:
        pass

    def store(self, batches: Sequence[Batch]) -> Collection[MatchId]:
        return {batch.match for batch in batches}

    def standings(self, batches: Sequence[Batch]) -> Mapping[MatchId, Standing]:
        raise AssertionError("everything came back as stored: nobody asks")

    def drop(self) -> None:
        pass

    def cut(self) -> None:
        pass


if __name__ == "__main__":
    # Before the process object is imported, which takes it from there.
    journal.open_log = lambda database: ForgetfulLog()
    sys.exit(main())
