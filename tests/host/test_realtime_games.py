"""The games that step on the clock, played through the host: the frames that go out, and the log that comes of them."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from games.host.entries import Chunk, Sit
from games.host.snapshot import save
from games.protocol.messages import Move, Resign
from games.rules.arena import Arena
from games.rules.light_cycles import LightCycles
from games.rules.rng import Rng
from tests.host.kit import Guest, Table

# What a whole tick of eight riders may take on the wire.
FRAME_BYTES = 120


def play_on(table: Table, rng: Rng, ticks: int) -> None:
    """Up to so many ticks, at each of which some who may act send something legal."""
    for _ in range(ticks):
        fold = table.match.fold
        for seat in [seat for seat in table.guests if seat is not None and seat in fold.turns]:
            if not rng.below(4):
                table.send(seat, Move(fold.cs[seat] + 1, fold.turns[seat].sample(rng)))
        table.tick()
        if table.match.shown.over:
            return


def whole_again(table: Table) -> None:
    """What everyone pieced together is what a newcomer is shown, and the log folds to it."""
    for guest in table.guests.values():
        assert table.arrive(Guest(guest.player)).picture() == guest.picture()
    assert save(table.refolded()) == save(table.match.tail.stored_fold)


@pytest.mark.parametrize("seed", range(3))
def test_eight_riders_see_every_tick_of_a_match_in_a_hundred_and_twenty_bytes(seed: int) -> None:
    table = Table(LightCycles(), seats=8, seed=bytes([seed]) * 32)
    rng = Rng(table.seed, 10**9)
    while not table.match.shown.over:
        play_on(table, rng, 100)
        newcomer = table.arrive(Guest(None)).picture()
        assert all(guest.picture() == newcomer for guest in table.guests.values())
    ticks = [frame for frame in table.guests[None].frames if frame.startswith(b"[")]
    assert len(ticks) > 500
    assert max(map(len, ticks)) <= FRAME_BYTES
    whole_again(table)


def test_two_taps_at_once_turn_a_rider_twice() -> None:
    table = Table(LightCycles(), seats=2)
    table.tick(91)
    # Seat 0 begins on the right, riding down.
    table.send(0, Move(1, "left"))
    table.send(0, Move(2, "up"))
    table.tick(3)
    assert table.match.fold.state.ways[0] == 0
    assert table.match.fold.state.earned == (-1, -1)


def test_a_field_fills_and_empties_and_everyone_sees_it_rightly() -> None:
    table = Table(Arena(), sitting=2, seats=8)
    rng = Rng(bytes(32), 10**9)
    assert table.match.fold.status == "live"
    for seat in range(2, 8):
        play_on(table, rng, 40)
        sit = Sit(f"Player {seat}", f"player-{seat}")
        table.guests[seat] = table.arrive(Guest(f"player-{seat}"))
        table.perform(table.match.sit(seat + 1, sit, seat + 10, seat, table.now_ms))
        if seat % 2:
            table.send(seat - 3, Resign(table.next_c(seat - 3)))
        assert sorted(table.match.fold.state.cells) == sorted({*range(seat + 1)} - {*table.match.fold.out})
    play_on(table, rng, 100)
    assert table.match.fold.out == (0, 2, 4)
    whole_again(table)


def test_time_ends_an_arena_which_goes_on_with_those_who_are_still_in() -> None:
    class Short(Arena):
        def setup(self, options: Any, seats: int, env: Any) -> Any:
            return msgspec.structs.replace(super().setup(options, seats, env), last=700)

    table = Table(Short(), sitting=3, seats=8)
    for n in range(700):
        if n == 300:
            for seat in (0, 2):
                table.send(seat, Move(1, table.match.fold.turns[seat].sample(Rng(bytes(32), seat))))
        table.tick()
    assert table.match.shown.over
    assert table.match.shown.outcome.reason == "time"
    (following,) = [one for one in table.changes if hasattr(one, "sitting")]
    assert [one.name for one in following.sitting] == ["Player 0", "Player 2"]
    chunks = [msgspec.json.decode(entry.body, type=Chunk) for entry in table.log if entry.kind == "chunk"]
    assert sum(chunk.ticks for chunk in chunks) == 700
    assert max(chunk.ticks for chunk in chunks) <= 10
