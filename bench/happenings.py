"""Matches that begin and end at a given rate, for the lobby's bench: `python -m bench.happenings RATE`, until killed.

Runs with the server's own environment and stands for all the processes of a busy site but the one that is measured: it
writes the rows that they would write, and tells the hints that they would tell, over the same Redis. Three events in
turn make up a match: it is opened, it begins, it ends.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections import deque
from itertools import count
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from games.models import Match

# So much at once, as the relay of a process gathers hints.
TICK_S: Final = 0.1
# Matches that wait, and that are live, at any time.
KEPT: Final = 200


class Site:
    """The rows."""

    def __init__(self) -> None:
        from games.models import Match, Seat

        self._match, self._seat = Match, Seat
        self._open: deque[Match] = deque()
        self._live: deque[Match] = deque()
        # Beyond those of whoever made matches here before.
        self._sequence = count(time.time_ns())

    def happen(self, events: int) -> list[str]:
        """So many events; the matches that they are about."""
        from django.db import transaction

        with transaction.atomic():
            opened = self._opened((events + 2) // 3 if len(self._open) < KEPT else events // 3)
            begun = self._moved(self._open, self._live, events // 3, status="live")
            ended = self._moved(self._live, None, events // 3, status="over")
        return [match.public_id for match in (*opened, *begun, *ended)]

    def _opened(self, number: int) -> list[Match]:
        made = self._match.objects.bulk_create(
            self._match(game="connect-four", edition=1, fold=1, seats=2, seed="", seed_hash="") for _ in range(number)
        )
        self._seat.objects.bulk_create(self._seat(match=match, index=0, name=f"Guest {match.pk}") for match in made)
        self._open.extend(made)
        return made

    def _moved(self, source: deque[Match], to: deque[Match] | None, number: int, *, status: str) -> list[Match]:
        from django.utils import timezone

        moved = [source.popleft() for _ in range(min(number, max(0, len(source) - KEPT)))]
        for match in moved:
            match.status = status
            if to is None:
                match.result, match.end_n, match.finished_seq = {}, 1, next(self._sequence)
            else:
                match.started_at = timezone.now()
                to.append(match)
        self._match.objects.bulk_update(moved, ["status", "started_at", "result", "end_n", "finished_seq"])
        return moved


async def happen_for_ever(rate: int) -> None:
    """By open loop: what could not be written in time follows at once."""
    from asgiref.sync import sync_to_async
    from channels.layers import channel_layers

    from games.relay import wire

    site, layer = Site(), channel_layers.make_backend("default")
    happen = sync_to_async(site.happen, thread_sensitive=True)
    await happen(6 * KEPT)  # what there is before the measuring
    await happen(6 * KEPT)
    print("ready", flush=True)
    began, done, packets = time.monotonic(), 0, count(1)
    while True:
        await asyncio.sleep(TICK_S)
        due = int((time.monotonic() - began) * rate) - done
        about = await happen(due)
        done += due
        items: list[wire.AnyItem] = [wire.Hint("matches", match) for match in about]
        await layer.group_send(wire.HINTS, wire.pack("bench", wire.HINTS, next(packets), 0, items))


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gameserver.settings")
    import django

    django.setup()
    asyncio.run(happen_for_ever(int(sys.argv[1])))


if __name__ == "__main__":
    main()
