"""Many passes and answers at once: everyone is brought together exactly once, on SQLite and on PostgreSQL."""

from __future__ import annotations

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from games import hints
from games.finding import services
from games.finding.finder import PASS_S, Finder
from games.models import Match, Pairing, Seat, Seek, Seeker
from players.models import Player
from players.threads import DatabaseThreads
from tests.games.played import guest
from tests.games.seeking import paired, seek
from tests.games.worlds import World


def test_many_passes_at_once_bring_everyone_together_exactly_once(orm: World) -> None:
    players = [guest() for _ in range(120)]
    for player in players:
        seek(player)
    chance, failed = random.Random(5), []
    leavers = chance.sample(players, 20)

    def work(call: Any, *args: Any, **kwargs: Any) -> None:
        try:
            for _ in range(3):
                call(*args, **kwargs)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(services.queues_pass,)) for _ in range(4)]
    threads += [threading.Thread(target=work, args=(services.seekers_seen, [one.pk for one in players]))]
    threads += [
        threading.Thread(target=lambda some: [work(services.seek_withdraw, by=one) for one in some], args=(leavers,))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    while services.queues_pass():
        pass
    sizes = Counter(Seek.objects.filter(pairing__isnull=False).values_list("pairing", flat=True))
    assert set(sizes.values()) == {2}
    assert Seek.objects.filter(pairing=None).count() <= 1
    assert not Seeker.objects.filter(player__in=leavers).exists()
    assert Pairing.objects.count() == len(sizes)


def test_the_last_yes_of_two_at_once_begins_one_match(orm: World) -> None:
    for _ in range(5):
        ada, ben = guest(), guest()
        pairing = paired(ada, ben)

        def yes(player: Player, pairing: str = pairing) -> Match | None:
            try:
                return services.pairing_answer(by=player, pairing=pairing, yes=True)
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as threads:
            begun = [one for one in threads.map(yes, (ada, ben)) if one]
        assert len(begun) == 1
        assert Seat.objects.filter(player=ada).count() == 1


async def test_a_process_looks_at_once_when_somebody_comes_and_else_each_second(
    orm: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    passes: list[float] = []
    now = [100.0]
    monkeypatch.setattr("games.finding.finder._pass", lambda: passes.append(now[0]))
    monkeypatch.setattr("games.finding.finder._tidy", lambda: None)
    threads = DatabaseThreads(1, "finder")
    finder = Finder(threads, now_s=lambda: now[0])
    await finder.look()
    await finder.look()
    hints.hear(hints.SEEKS, "")
    await finder.look()
    now[0] += PASS_S
    await finder.look()
    threads.close()
    assert passes == [100.0, 100.0, 101.0]
