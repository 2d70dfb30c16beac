"""Games that are wrong on purpose in what they show: patches that do not fit, and secrets that leak."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from games.rules.rng import Rng
from tests.rules.broken import breaks
from tests.rules.fair import Aimed, Aims, Bids, Depths, Hand, Hands, Held, Pile, Sticks


@breaks("patches_agree")
class ForgetsToPatch(Sticks):
    def changes(self, old: Pile, new: Pile, seat: int | None, shared: Any) -> Any:
        return {"left": new.left}


@breaks("patches_agree")
class ShowsLatecomersLess(Sticks):
    def shared(self, old: Pile | None, new: Pile) -> Any:
        return None if old is None else old.left

    def view(self, state: Pile, seat: int | None, shared: Any) -> Any:
        return {**super().view(state, seat, shared), "before": shared}

    def changes(self, old: Pile, new: Pile, seat: int | None, shared: Any) -> Any:
        return None


@breaks("open_to_all")
class WhispersInTheOpen(Sticks):
    def view(self, state: Pile, seat: int | None, shared: Any) -> Any:
        return {**super().view(state, seat, shared), "you": seat}


@breaks("open_to_all")
class WhispersInAPatch(Sticks):
    def changes(self, old: Pile, new: Pile, seat: int | None, shared: Any) -> Any:
        patch = super().changes(old, new, seat, shared)
        return {**patch, "hint": None} if seat == 1 else patch


@breaks("secrets_kept")
class ShowsTheSumOfCards(Hands):
    def view(self, state: Hand, seat: int | None, shared: Any) -> Any:
        return {**super().view(state, seat, shared), "sum": sum(state.cards)}


@breaks("secrets_kept")
class ShowsSpectatorsAll(Hands):
    def view(self, state: Hand, seat: int | None, shared: Any) -> Any:
        return {"cards": state.cards} if seat is None else super().view(state, seat, shared)


@breaks("secrets_kept")
class LetsMovesTell(Hands):
    def turns(self, state: Hand) -> Any:
        return {} if state.bids else {seat: (1, 2, 3)[: 2 + state.cards[1 - seat] % 2] for seat in (0, 1)}


class Probed(Depths):
    def __init__(self, other: int) -> None:
        self._other = other

    def __contains__(self, move: object) -> bool:
        return move in (self._other, 99)

    def sample(self, rng: Rng) -> Any:
        return self._other


@breaks("secrets_kept")
class AnswersProbes(Hands):
    """The count tells nothing, but trying a move does."""

    def turns(self, state: Hand) -> Any:
        return {} if state.bids else {seat: Probed(state.cards[1 - seat]) for seat in (0, 1)}


@breaks("secrets_kept")
class KeepsWhatItShouldVary(Hands):
    def unknown(self, state: Hand, seat: int | None, rng: Rng) -> Hand:
        return state


@breaks("secrets_kept")
class TellsByThePatch(Bids):
    """The view keeps the secret; the patch takes away a member that was never there, and names the other's bid."""

    def changes(self, old: Held, new: Held, seat: int | None, shared: Any) -> Any:
        patch = super().changes(old, new, seat, shared)
        return patch and {**patch, f"hint{new.bids[-1][0 if seat is None else 1 - seat]}": None}


@breaks("secrets_kept")
class StepsEarlierWithAHighCard(Bids):
    def ready(self, state: Held, pool: Mapping[int, int]) -> bool:
        return len(pool) == 2 or any(state.cards[seat] > 6 for seat in pool)

    def step(self, state: Held, moves: Mapping[int, Any], env: Any) -> Held:
        return super().step(state, {0: 1, 1: 1, **moves}, env)


@breaks("secrets_kept")
class SizesATick(Aims):
    """The whole view in place of a patch, now and then: the same is known after both, but the length tells."""

    def changes(self, old: Aimed, new: Aimed, seat: int | None, shared: Any) -> Any:
        other = 0 if seat is None else 1 - seat
        return super().changes(old, new, seat, shared) if new.aims[other] > 5 else None
