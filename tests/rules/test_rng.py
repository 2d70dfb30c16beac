"""Chance: known numbers for ever, even draws, and streams that have nothing to do with each other."""

from __future__ import annotations

from collections import Counter
from hashlib import blake2b

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from games.rules.base import Env
from games.rules.rng import Rng

SEED = bytes(range(32))
# Written down once. If one of these ever changes, every record with chance in it folds to another end.
WORDS = [
    0xC54272B7334BBD40,
    0x38205BD9B5D7E5A0,
    0x41AB2631B99F84A3,
    0x7CAFBDA7398FDAEB,
    0x9C83F6C6224B61E3,
    0x0F2A377B0E022657,
    0xA6A317DCE78A5233,
    0x6486718389445B11,
    0x8E1AC3FCAA59A221,
    0x0D7D008A8DF06283,
]
FIRST_WORDS = [0xF656651597BC1292, 0x944995630FDC4523, 0xF968796EF860D3A7, 0xE50F0A3DD2AB5612]
DICE = [0, 2, 5, 3, 3, 1, 3, 5, 1, 1, 5, 2, 0, 2, 0, 2, 0, 3, 0, 0]
HALVES = [0x38205BD9B5D7E5A0, 0x41AB2631B99F84A3, 0x7CAFBDA7398FDAEB, 0x0F2A377B0E022657, 0x6486718389445B11]
CHOICES = list("becccebaeb")
SHUFFLED = (11, 6, 5, 4, 1, 9, 2, 8, 3, 7, 10, 0)

# No deadline for a single example: on a busy machine any of them may be put aside for a while.
SEEDS = st.binary(min_size=16, max_size=64)
STEPS = st.integers(min_value=-2, max_value=250_000)


def test_the_numbers_of_a_seed_are_fixed_for_ever() -> None:
    rng = Rng(SEED, 7)
    assert [rng.word() for _ in range(10)] == WORDS
    assert [Rng(SEED, n).word() for n in (0, 1, -1, 250_000)] == FIRST_WORDS


def test_draws_below_a_limit_are_fixed_for_ever() -> None:
    rng = Rng(SEED, 7)
    assert [rng.below(6) for _ in range(20)] == DICE
    # Nearly half of all words lie beyond the greatest multiple of this limit: each of those must be thrown away.
    rng = Rng(SEED, 7)
    assert [rng.below((1 << 63) + 1) for _ in range(5)] == HALVES
    assert Rng(SEED, 7).below(1 << 64) == WORDS[0]


def test_choices_and_orders_are_fixed_for_ever() -> None:
    assert [Rng(SEED, n).choice("abcdefg") for n in range(10)] == CHOICES
    assert Rng(SEED, 7).shuffled(range(12)) == SHUFFLED


def test_words_are_the_blocks_of_blake2b_in_order() -> None:
    rng = Rng(SEED, 3)
    salt = (3).to_bytes(16, "little")
    blocks = b"".join(blake2b(i.to_bytes(8, "little"), key=SEED, salt=salt).digest() for i in range(3))
    assert b"".join(rng.word().to_bytes(8, "little") for _ in range(24)) == blocks


class Scripted(Rng):
    """Draws the words it is given."""

    def __init__(self, *words: int) -> None:
        super().__init__(SEED, 0)
        self._words = list(words)

    def word(self) -> int:
        return self._words.pop(0)


def test_words_at_and_beyond_the_greatest_multiple_of_the_limit_are_thrown_away() -> None:
    greatest = (1 << 64) // 10 * 10
    assert Scripted(greatest - 1).below(10) == 9
    assert Scripted(greatest, (1 << 64) - 1, 14).below(10) == 4


@pytest.mark.parametrize("limit", [0, -1, (1 << 64) + 1])
def test_a_limit_that_no_word_can_meet_is_refused(limit: int) -> None:
    with pytest.raises(ValueError, match="limit must lie in"):
        Rng(SEED, 0).below(limit)


def test_a_choice_from_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="limit must lie in"):
        Rng(SEED, 0).choice(())


@settings(deadline=None)
@given(SEEDS, STEPS, st.integers(min_value=1, max_value=1 << 64))
def test_every_draw_lies_below_its_limit(seed: bytes, n: int, limit: int) -> None:
    rng = Rng(seed, n)
    assert all(0 <= rng.below(limit) < limit for _ in range(20))


@settings(deadline=None)
@given(SEEDS, STEPS, st.integers(min_value=2, max_value=40))
def test_every_number_is_drawn_about_as_often(seed: bytes, n: int, limit: int) -> None:
    rng = Rng(seed, n)
    draws = 100 * limit
    counts = Counter(rng.below(limit) for _ in range(draws))
    # 100 of each are expected with a deviation of 10: nine deviations do not happen by chance, however often this runs.
    assert all(10 <= counts[number] <= 190 for number in range(limit))


@settings(deadline=None)
@given(SEEDS, STEPS, st.lists(st.integers(), max_size=60))
def test_a_shuffle_keeps_every_item_and_leaves_the_original_alone(seed: bytes, n: int, items: list[int]) -> None:
    before = items.copy()
    assert sorted(Rng(seed, n).shuffled(items)) == sorted(items)
    assert items == before


def test_every_order_of_three_comes_about_as_often() -> None:
    counts = Counter(Rng(SEED, n).shuffled("abc") for n in range(6_000))
    assert len(counts) == 6
    assert all(850 <= count <= 1_150 for count in counts.values())


@settings(deadline=None)
@given(SEEDS, STEPS, STEPS)
def test_streams_of_two_steps_share_nothing(seed: bytes, one: int, other: int) -> None:
    assume(one != other)
    here, there = Rng(seed, one), Rng(seed, other)
    assert not {here.word() for _ in range(32)} & {there.word() for _ in range(32)}


@settings(deadline=None)
@given(SEEDS, STEPS)
def test_neighbouring_steps_differ_in_about_half_of_all_bits(seed: bytes, n: int) -> None:
    here, there = Rng(seed, n), Rng(seed, n + 1)
    different = sum((here.word() ^ there.word()).bit_count() for _ in range(32))
    # Of 2,048 bits 1,024 are expected to differ, with a deviation of 23; this allows ten of those.
    assert 794 <= different <= 1_254


@settings(deadline=None)
@given(SEEDS, STEPS)
def test_an_environment_draws_from_the_stream_of_its_step(seed: bytes, n: int) -> None:
    assert Env(seed=seed, n=n, ms=5).rng.word() == Rng(seed, n).word()
