"""Laws of live matches, over the whole catalogue and the small games of every kind: random play, random faults.

Whatever happens, what a client pieced together from frames is what a newcomer is shown; the log folds to what was seen;
and a move is in the log once or not at all, as its sender was told.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from games.host.snapshot import restore, save
from games.protocol.messages import Hello, Move, Offer, Resign
from games.rules import catalog
from games.rules.base import Rules
from games.rules.rng import Rng
from tests.host.kit import Guest, Table
from tests.rules.fair import FAIR, Hands

TURN_BASED = [rules for rules in (*catalog.all_newest(), *FAIR) if not rules.hz]

games = pytest.mark.parametrize("rules", TURN_BASED, ids=lambda rules: rules.name)
seeds = st.binary(min_size=32, max_size=32)


def random_seat(table: Table, rng: Rng) -> int | None:
    asked = [seat for seat in table.match.fold.turns if seat not in table.match.fold.pool]
    return rng.choice(asked) if asked else None


def random_move(table: Table, seat: int, rng: Rng) -> Any:
    return table.match.fold.turns[seat].sample(rng)


@games
@given(seed=seeds)
@settings(max_examples=20, deadline=None)
def test_frames_piece_together_to_what_a_newcomer_is_shown(rules: Rules[Any, Any], seed: bytes) -> None:
    table, rng = Table(rules, seed=seed), Rng(seed, -1_000_000)
    while (seat := random_seat(table, rng)) is not None:
        table.move(seat, random_move(table, seat, rng))
        if rng.below(8) == 0:
            table.send(seat, Offer(table.next_c(seat), "draw"))
        for one, guest in list(table.guests.items()):
            pieced = guest.picture()
            fresh = table.arrive(Guest(guest.player))
            assert fresh.picture() == pieced, f"seat {one}"
            table.guests[one] = fresh
    assert table.match.shown.over


@games
@given(seed=seeds)
@settings(max_examples=20, deadline=None)
def test_the_log_folds_to_what_was_shown_from_any_snapshot(rules: Rules[Any, Any], seed: bytes) -> None:
    table, rng = Table(rules, seed=seed), Rng(seed, -1_000_000)
    saved = {}
    while (seat := random_seat(table, rng)) is not None:
        table.move(seat, random_move(table, seat, rng))
        saved[table.match.shown.n] = save(table.match.shown)
    whole = save(table.match.shown)
    assert save(table.refolded()) == whole
    for n, snapshot in saved.items():
        options, seats = rules.options(), table.seats
        fold = restore(snapshot, rules, options=options, seats=seats, seed=seed)
        for entry in table.log[n:]:
            fold.apply(entry)
        assert save(fold) == whole


@games
@given(seed=seeds)
@settings(max_examples=25, deadline=None)
def test_whatever_fails_a_move_counts_once_or_is_refused(rules: Rules[Any, Any], seed: bytes) -> None:
    """Flushes that succeed, fail, or fail after storing a part; inputs sent again; new tabs. Then a look at the log."""
    table, rng = Table(rules, seed=seed), Rng(seed, -1_000_000)
    table.held = True
    for _ in range(60):
        seat = random_seat(table, rng)
        act = rng.below(10)
        if seat is not None and act < 5:
            table.move(seat, random_move(table, seat, rng))
        elif act < 7:
            table.store(rng.below(3))
        elif act == 7:
            table.fail(stored=rng.below(3))
        elif act == 8:
            again = rng.below(table.seats)
            for one in table.match.fold.recent[again][-1:]:
                table.send(again, Move(one.c, msgspec.json.decode(one.body, type=rules.move), table.match.shown.v))
        else:
            one = rng.below(table.seats)
            table.guests[one] = table.arrive(Guest(f"player-{one}"))
    table.store()
    inputs = Counter((entry.seat, entry.c) for entry in table.log if entry.c is not None)
    assert set(inputs.values()) <= {1}
    for seat in range(table.seats):
        numbers = [entry.c for entry in table.log if entry.seat == seat and entry.c is not None]
        assert numbers == list(range(1, len(numbers) + 1))
        acknowledged = {
            one[1] for told in table.guests[seat].told("update") for one in told.get("by", []) if one[0] == seat
        }
        acknowledged |= {told["c"] for told in table.guests[seat].told("ack")}
        assert acknowledged <= set(numbers)
        pieced = table.guests[seat].picture()
        assert table.arrive(Guest(f"player-{seat}")).picture() == pieced
    assert save(table.refolded()) == save(table.match.shown)


@given(seed=seeds, chosen=st.integers(1, 3))
@settings(max_examples=30, deadline=None)
def test_frames_of_a_secret_game_are_equal_for_states_that_a_viewer_cannot_tell_apart(seed: bytes, chosen: int) -> None:
    """Seat 1's frames do not depend on seat 0's card or move, until the step that shows them."""
    rules, heard = Hands(), []
    for other in (False, True):
        table = Table(rules, seed=seed)
        if other:
            hidden = rules.unknown(table.match.fold.state, 1, Rng(seed, -5))
            table.match.tail.fold.state = hidden
        table.guests[1] = table.arrive(Guest("player-1"))
        table.move(0, 1 + (chosen + other) % 3)
        table.send(0, Offer(table.next_c(0), "draw"))
        table.send(1, Resign(7))
        table.guests[1].frames.extend(table.arrive(Guest("player-1")).frames)
        heard.append(table.guests[1].frames)
    assert heard[0] == heard[1]


def test_a_resumed_connection_misses_nothing_wherever_it_was_cut() -> None:
    for rules in TURN_BASED:
        table, rng = Table(rules), Rng(bytes(32), 1)
        cuts: list[tuple[int, Guest]] = []
        while (seat := random_seat(table, rng)) is not None:
            watcher = table.arrive(Guest(None))
            table.perform(table.match.detach(watcher, table.now_ms))
            cuts.append((table.match.shown.v, watcher))
            table.move(seat, random_move(table, seat, rng))
        fresh = table.arrive(Guest(None)).picture()
        for v, watcher in cuts:
            table.arrive(watcher, Hello(e=1, v=v))
            assert watcher.picture() == fresh
