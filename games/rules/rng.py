"""Chance for rules: a counter stream of BLAKE2b blocks, the same numbers on every Python.

`random.Random` promises stability only for `random()`, and takes 5 µs to seed; this takes 0.6 µs and its
numbers are fixed by the function below, so that a record folds to the same end for ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")

_BLOCK_BYTES = 64
_SALT_BYTES = 16
_WORD_BYTES = 8
_WORD_LIMIT = 1 << 64


class Rng:
    """A stream keyed by `seed` (16 to 64 bytes) and `n` (the step's number); block i is BLAKE2b(i, key=seed, salt=n).

    Equal seed and n give equal numbers; any other n gives an unrelated stream. Steps count from 0, so a stream with a
    negative n is free for choices that are not the game's own (a practice opponent's, a checker's).
    """

    __slots__ = ("_block", "_counter", "_n", "_offset", "_seed")

    def __init__(self, seed: bytes, n: int) -> None:
        self._seed = seed
        self._n = n
        self._counter = 0
        self._block = b""
        self._offset = _BLOCK_BYTES

    def word(self) -> int:
        """The next 64 bits, uniform in 0…2⁶⁴-1: eight bytes of the block, the lowest first."""
        if self._offset == _BLOCK_BYTES:
            # The salt is made here and not in __init__: most steps draw nothing.
            salt = self._n.to_bytes(_SALT_BYTES, "little", signed=True)
            self._block = blake2b(self._counter.to_bytes(8, "little"), key=self._seed, salt=salt).digest()
            self._counter += 1
            self._offset = 0
        start = self._offset
        self._offset = start + _WORD_BYTES
        return int.from_bytes(self._block[start : self._offset], "little")

    def below(self, limit: int) -> int:
        """Uniform in 0…limit-1, for 1 ≤ limit ≤ 2⁶⁴; rejection keeps it exact."""
        if not 1 <= limit <= _WORD_LIMIT:
            raise ValueError(f"limit must lie in 1…2⁶⁴, not {limit}")
        bound = _WORD_LIMIT - _WORD_LIMIT % limit
        while True:
            word = self.word()
            if word < bound:
                return word % limit

    def choice(self, items: Sequence[T]) -> T:
        """One of `items`, each as likely; raises ValueError where there are none."""
        return items[self.below(len(items))]

    def shuffled(self, items: Sequence[T]) -> tuple[T, ...]:
        """`items` in an order drawn uniformly (Fisher and Yates, from the end)."""
        deck = list(items)
        for last in range(len(deck) - 1, 0, -1):
            other = self.below(last + 1)
            deck[last], deck[other] = deck[other], deck[last]
        return tuple(deck)
