"""Pairing without meeting again, held against a search through all pairings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

from hypothesis import given, settings
from hypothesis import strategies as st

from tournaments.formats.matching import in_order, left_out, pairable

Met = dict[int, set[int]]


@st.composite
def fields(draw: st.DrawFn, most: int = 8) -> tuple[list[int], Met]:
    count = draw(st.integers(0, most))
    pairs = [(one, other) for one in range(count) for other in range(one)]
    met: Met = {one: set() for one in range(count)}
    for one, other in draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []:
        met[one].add(other)
        met[other].add(one)
    return list(range(count)), met


def all_pairings(players: Sequence[int], met: dict[int, Set[int]]) -> Iterator[list[tuple[int, int]]]:
    if not players:
        yield []
        return
    one, *others = players
    for other in others:
        if other not in met[one]:
            for rest in all_pairings([who for who in others if who != other], met):
                yield [(one, other), *rest]


@given(fields())
def test_players_are_pairable_exactly_where_a_search_finds_a_pairing(field: tuple[list[int], Met]) -> None:
    players, met = field
    assert pairable(players, met) == (next(all_pairings(players, met), None) is not None)


@given(fields(most=14))
def test_a_large_sparse_field_is_judged_like_its_search(field: tuple[list[int], Met]) -> None:
    players, met = field
    few = {one: set(players) - {one} - met[one] for one in players}
    assert pairable(players, few) == (next(all_pairings(players, few), None) is not None)


@given(fields(), st.randoms())
def test_the_pairing_in_order_is_the_first_of_all_by_its_keys(field: tuple[list[int], Met], chance: object) -> None:
    players, met = field
    taste = {one: {other: (chance.random(), other) for other in players} for one in players}  # type: ignore[attr-defined]
    every = list(all_pairings(players, met))
    if not every:
        return
    best = min(every, key=lambda pairs: [taste[one][other] for one, other in pairs])
    assert in_order(players, met, lambda one, other: taste[one][other]) == best


@given(fields())
@settings(max_examples=60)
def test_as_few_as_possible_are_left_out(field: tuple[list[int], Met]) -> None:
    players, met = field
    out = left_out(players, met, reversed(players), lambda _out: True)
    most = 0
    for mask in range(1 << len(players)):
        some = [one for one in players if mask >> one & 1]
        if len(some) > most and next(all_pairings(some, met), None) is not None:
            most = len(some)
    assert len(players) - len(out) == most
    assert pairable([one for one in players if one not in out], met)
