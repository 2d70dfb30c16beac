"""How well and how fast people are brought together: `python -m bench.finding`.

First the pure pairing on virtual time, as a server runs it once a second: 10,000 players who look for a match, play,
rest and come again; a small site; and 10,000 who come in the same second. Then the real services, ready check and all,
on SQLite and on PostgreSQL (`python -m bench.finding real COUNT` is the process that does it, on a database of its
own). Every pair is checked: nobody twice, nobody with themselves.
"""

from __future__ import annotations

import heapq
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from bench.targets import ROOT
from games.finding.pairing import Group, Unit, groups, quality
from tests import servers

if TYPE_CHECKING:
    from players.models import Player

# Ratings as on a site that has run for a while: normal around 1500; of ten players two are new and uncertain.
MEAN, SPREAD = 1500, 300
NEW_SHARE, NEW_DEVIATION, SETTLED_DEVIATIONS = 0.2, 350, (45, 110)
# Seconds, in the mean, each drawn from an exponential: between two matches, and of a match.
REST_S, MATCH_S = 60, 300


class Site(msgspec.Struct, frozen=True):
    """What is simulated: so many players for so many seconds, of whom `at_once` says that all come in the first one."""

    name: str
    players: int
    seconds: int
    at_once: bool = False


SITES = (
    Site("10,000 players, of whom 1,800 a minute begin to look", 10_000, 30 * 60),
    Site("a small site: 60 players", 60, 4 * 3600),
    Site("10,000 who come in the same second", 10_000, 120, at_once=True),
)


class Figures(msgspec.Struct):
    """Per player found: what they waited and how far the other was; per pass: CPU and how many waited."""

    waits_s: list[float] = []
    differences: list[int] = []
    passes_ms: list[float] = []
    longest_queue: int = 0
    left: int = 0


def simulate(site: Site, seed: int = 7) -> Figures:
    """Second by second. Raises AssertionError where anybody is paired twice or with themselves."""
    chance, figures = random.Random(seed), Figures()
    people = [_person(chance) for _ in range(site.players)]
    first = [0.0 if site.at_once else chance.uniform(0, REST_S + MATCH_S) for _ in people]
    coming = [(at_s, player) for player, at_s in enumerate(first)]
    heapq.heapify(coming)
    since: dict[int, float] = {}
    met: dict[int, int] = {}
    for now_s in range(site.seconds):
        while coming and coming[0][0] <= now_s:
            at_s, player = heapq.heappop(coming)
            assert player not in since, "who looks already cannot come again"
            since[player] = at_s
        units = [_unit(player, people[player], now_s - at_s, met) for player, at_s in since.items()]
        figures.longest_queue = max(figures.longest_queue, len(units))
        began = time.process_time()
        found = groups(units, 2)
        figures.passes_ms.append((time.process_time() - began) * 1000)
        _seat(found, units, since, met, figures)
        if not site.at_once:
            _play(found, now_s, coming, chance)
    figures.left = len(since)
    return figures


def _person(chance: random.Random) -> tuple[int, int]:
    new = chance.random() < NEW_SHARE
    return round(chance.gauss(MEAN, SPREAD)), NEW_DEVIATION if new else chance.randint(*SETTLED_DEVIATIONS)


def _unit(player: int, person: tuple[int, int], waited_s: float, met: dict[int, int]) -> Unit:
    recent = frozenset({met[player]}) if player in met else frozenset()
    return Unit(player, (player,), person[0], person[1], round(waited_s * 1000), recent=recent)


def _seat(
    found: Sequence[Group], units: Sequence[Unit], since: dict[int, float], met: dict[int, int], figures: Figures
) -> None:
    by_player = {unit.id: unit for unit in units}
    for group in found:
        one, other = group.seeks
        assert one != other
        for player, opponent in ((one, other), (other, one)):
            del since[player]  # a KeyError here: paired twice
            met[player] = opponent
            figures.waits_s.append(by_player[player].wait_ms / 1000)
            figures.differences.append(quality([by_player[one], by_player[other]]))


def _play(found: Sequence[Group], now_s: int, coming: list[tuple[float, int]], chance: random.Random) -> None:
    for group in found:
        over_s = now_s + chance.expovariate(1 / MATCH_S)
        for player in group.seeks:
            heapq.heappush(coming, (over_s + chance.expovariate(1 / REST_S), player))


def part(values: Sequence[float], share: float) -> float:
    """The value below which `share` of them lie."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else 0.0


def _print(site: Site, figures: Figures) -> None:
    waits, apart, cpu = figures.waits_s, figures.differences, figures.passes_ms
    print(f"\n{site.name}; {site.seconds / 60:.0f} min, {len(waits) // 2} pairs, none twice, none with themselves")
    print(f"  wait: p50 {part(waits, 0.5):.1f} s, p95 {part(waits, 0.95):.1f} s, longest {max(waits):.1f} s")
    print(f"  ratings apart: p50 {part(apart, 0.5):.0f}, p95 {part(apart, 0.95):.0f}, most {max(apart)}")
    print(f"  a pass: CPU p50 {part(cpu, 0.5):.1f} ms, most {max(cpu):.1f} ms; longest queue {figures.longest_queue}")
    print(f"  left waiting at the end: {figures.left}")


# ── the real services ───────────────────────────────────────────────────────────────────────────────────────


class Real(msgspec.Struct, frozen=True):
    """`count` players on one database: milliseconds of a wish, of a pass that found somebody, of an answer."""

    count: int
    matches: int
    wish_ms: float
    pass_ms: float
    most_pass_ms: float
    answer_ms: float


def really(count: int) -> Real:
    """Everyone looks, is found, says yes and is in exactly one match. On the database that the environment names."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from games.finding import services
    from games.models import Match, Pairing, Seat, Seek, Seeker
    from players.services import guest_create

    players: dict[int, Player] = {player.pk: player for player in (guest_create(language="en") for _ in range(count))}
    wish_s = _timed(lambda one: services.seek_create(by=one, game="connect-four", pool="blitz"), players.values())
    services.seekers_seen(list(players))
    passes_s: list[float] = []
    while Seek.objects.filter(pairing=None).count() > count % 2:
        began = time.perf_counter()
        services.queues_pass()
        passes_s.append(time.perf_counter() - began)
        services.seekers_seen(list(players))
    asked = list(Seeker.objects.values_list("player_id", "seek__pairing__public_id"))
    # Everyone is quick here: the slow machine is not what is asked.
    Pairing.objects.update(deadline="2999-01-01T00:00:00Z")
    answer_s = _timed(lambda one: services.pairing_answer(by=players[one[0]], pairing=one[1], yes=True), asked)
    seated = Counter(Seat.objects.values_list("player_id", flat=True))
    assert set(seated.values()) == {1}, "nobody twice"
    assert len(seated) == count - count % 2
    return Real(
        count=count,
        matches=Match.objects.count(),
        wish_ms=part(wish_s, 0.5) * 1000,
        pass_ms=part(passes_s, 0.5) * 1000,
        most_pass_ms=max(passes_s) * 1000,
        answer_ms=part(answer_s, 0.5) * 1000,
    )


def _timed(call, each) -> list[float]:  # type: ignore[no-untyped-def]  # any call of one argument
    took_s = []
    for one in each:
        began = time.perf_counter()
        call(one)
        took_s.append(time.perf_counter() - began)
    return took_s


def _beside(count: int, environ: dict[str, str]) -> Real:
    with servers.temporary_folder("finding") as folder:
        (folder / "static").mkdir()  # whitenoise warns where it is missing
        command = [sys.executable, "-m", "bench.finding", "real", str(count)]
        done = subprocess.run(
            command, cwd=ROOT, env=servers.environment(folder, environ), check=True, stdout=subprocess.PIPE
        )
    return msgspec.json.decode(done.stdout, type=Real)


def _print_real(name: str, real: Real) -> None:
    print(f"\n{real.count} players on {name}: {real.matches} matches, everyone in exactly one")
    print(f"  a wish {real.wish_ms:.1f} ms, a pass {real.pass_ms:.0f} ms (most {real.most_pass_ms:.0f}),", end=" ")
    print(f"an answer {real.answer_ms:.1f} ms")


def main() -> None:
    if sys.argv[1:2] == ["real"]:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gameserver.settings")
        import django

        django.setup()
        sys.stdout.buffer.write(msgspec.json.encode(really(int(sys.argv[2]))))
        return
    for site in SITES:
        _print(site, simulate(site))
    _print_real("SQLite", _beside(400, {}))
    with servers.postgres() as url:
        _print_real("PostgreSQL", _beside(400, {"DATABASE_URL": url}))


if __name__ == "__main__":
    main()
