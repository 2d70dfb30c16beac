"""Small games of kinds that the catalogue lacks, each keeping every law: chance, secrets, ticks, patches, three seats.

They show that the laws do not refuse what is allowed; `broken.py` spoils them one by one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import msgspec

from games.rules.base import Env, Moves, Result, Rules
from games.rules.rng import Rng


class Pile(msgspec.Struct, frozen=True):
    left: int
    mover: int = 0
    taken: tuple[int, ...] = ()


class PileOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    sticks: Annotated[int, msgspec.Meta(ge=1, le=30)] = 9
    last_wins: bool = True


class Sticks(Rules[Pile, int]):
    """Take one to three of a pile in turn; shows its log as a patch that appends."""

    name = "sticks"
    title = "Sticks"
    seats = range(2, 3)
    state = Pile
    move = int
    options = PileOptions

    def setup(self, options: PileOptions, seats: int, env: Env) -> Pile:
        return Pile(options.sticks)

    def turns(self, state: Pile) -> Mapping[int, Moves[int] | tuple[int, ...]]:
        return {state.mover: tuple(range(1, min(3, state.left) + 1))} if state.left else {}

    def step(self, state: Pile, moves: Mapping[int, int], env: Env) -> Pile:
        ((seat, number),) = moves.items()
        return Pile(state.left - number, 1 - seat, (*state.taken, number))

    def result(self, state: Pile) -> Result | None:
        return None if state.left else Result.win(1 - state.mover, 2, "last-stick")

    def view(self, state: Pile, seat: int | None, shared: Any) -> Any:
        return {"left": state.left, "taken": state.taken}

    def changes(self, old: Pile, new: Pile, seat: int | None, shared: Any) -> Any:
        return {"left": new.left, "taken+": new.taken[len(old.taken) :]}


class Hand(msgspec.Struct, frozen=True):
    cards: tuple[int, ...]
    bids: tuple[int, ...] = ()


class Hands(Rules[Hand, int]):
    """Both seats hold a card that only they see, and bid at the same time; the higher sum of card and bid wins."""

    name = "hands"
    title = "Hands"
    seats = range(2, 3)
    secret = True
    state = Hand
    move = int

    def setup(self, options: Any, seats: int, env: Env) -> Hand:
        return Hand(tuple(env.rng.below(10) for _ in range(seats)))

    def turns(self, state: Hand) -> Mapping[int, Moves[int] | tuple[int, ...]]:
        return {} if state.bids else {0: (1, 2, 3), 1: (1, 2, 3)}

    def step(self, state: Hand, moves: Mapping[int, int], env: Env) -> Hand:
        return Hand(state.cards, (moves[0], moves[1]))

    def result(self, state: Hand) -> Result | None:
        if not state.bids:
            return None
        first, second = (card + bid for card, bid in zip(state.cards, state.bids, strict=True))
        return Result.draw(2, "level") if first == second else Result.win(int(second > first), 2, "sum")

    def view(self, state: Hand, seat: int | None, shared: Any) -> Any:
        own = None if seat is None else state.cards[seat]
        return {"card": own, "cards": state.cards if state.bids else None, "bids": state.bids}

    def unknown(self, state: Hand, seat: int | None, rng: Rng) -> Hand:
        if state.bids:
            return state
        return Hand(tuple(card if one == seat else rng.below(10) for one, card in enumerate(state.cards)))


class Reach(msgspec.Struct, frozen=True):
    places: tuple[int, ...]
    gone: tuple[int, ...] = ()
    tick: int = 0


class Race(Rules[Reach, Literal["run"]]):
    """Three to five seats on ticks: whoever runs may stumble; first at ten steps, or everyone after fifty ticks."""

    name = "race"
    title = "Race"
    seats = range(3, 6)
    hz = 10
    state = Reach
    move = Literal["run"]
    offers = frozenset()

    def setup(self, options: Any, seats: int, env: Env) -> Reach:
        return Reach((0,) * seats)

    def turns(self, state: Reach) -> Mapping[int, Moves[Any] | tuple[Any, ...]]:
        here = [seat for seat in range(len(state.places)) if seat not in state.gone]
        if not here or max(state.places) >= 10 or state.tick >= 50:
            return {}
        return dict.fromkeys(here, ("run",))

    def step(self, state: Reach, moves: Mapping[int, Any], env: Env) -> Reach:
        places = tuple(at + (seat in moves and env.rng.below(3) > 0) for seat, at in enumerate(state.places))
        return Reach(places, state.gone, state.tick + 1)

    def result(self, state: Reach) -> Result | None:
        return None if self.turns(state) else Result(state.places, "race")

    def view(self, state: Reach, seat: int | None, shared: Any) -> Reach:
        return state

    def absent(self, state: Reach, seats: Sequence[int], why: str, env: Env) -> Reach:
        return msgspec.structs.replace(state, gone=tuple(sorted({*state.gone, *seats})))


class Bell(msgspec.Struct, frozen=True):
    rung: tuple[int, ...] = ()


class Depth(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    at: int


class Depths:
    """A million moves that nobody lists."""

    def __contains__(self, move: object) -> bool:
        return isinstance(move, Depth) and 0 <= move.at < 1_000_000

    def sample(self, rng: Rng) -> Depth:
        return Depth(rng.below(1_000_000))

    def count(self) -> int:
        return 1_000_000


class FirstCome(Rules[Bell, Depth]):
    """Four seats are asked at once and the first to answer makes the step; five steps make a match."""

    name = "first-come"
    title = "First come"
    seats = range(4, 5)
    state = Bell
    move = Depth

    def setup(self, options: Any, seats: int, env: Env) -> Bell:
        return Bell()

    def turns(self, state: Bell) -> Mapping[int, Moves[Depth] | tuple[Depth, ...]]:
        return {} if len(state.rung) == 5 else dict.fromkeys(range(4), Depths())

    def step(self, state: Bell, moves: Mapping[int, Depth], env: Env) -> Bell:
        ((seat, _),) = moves.items()
        return Bell((*state.rung, seat))

    def result(self, state: Bell) -> Result | None:
        sides = (sum(seat % 2 == side for seat in state.rung) for side in (0, 1))
        return Result(tuple(sides), "bells") if len(state.rung) == 5 else None

    def view(self, state: Bell, seat: int | None, shared: Any) -> Any:
        return shared

    def ready(self, state: Bell, pool: Mapping[int, Depth]) -> bool:
        return bool(pool)

    def shared(self, old: Bell | None, new: Bell) -> Any:
        return {"rung": new.rung}

    def sides(self, options: Any, seats: int) -> tuple[int, ...]:
        return (0, 1, 0, 1)


BIDS = 4


class Held(msgspec.Struct, frozen=True):
    cards: tuple[int, ...]
    bids: tuple[tuple[int, ...], ...] = ()


class Bids(Rules[Held, int]):
    """Both hold a card that only they see, and bid at the same time, four times; cards and bids are shown at the end.

    After each round everyone is told how many rounds there were, and nothing of the bids.
    """

    name = "bids"
    title = "Bids"
    seats = range(2, 3)
    secret = True
    state = Held
    move = int

    def setup(self, options: Any, seats: int, env: Env) -> Held:
        return Held(tuple(env.rng.below(10) for _ in range(seats)))

    def turns(self, state: Held) -> Mapping[int, Any]:
        return {} if len(state.bids) == BIDS else {0: (1, 2, 3), 1: (1, 2, 3)}

    def step(self, state: Held, moves: Mapping[int, Any], env: Env) -> Held:
        return Held(state.cards, (*state.bids, (moves[0], moves[1])))

    def result(self, state: Held) -> Result | None:
        return Result.draw(2, "played") if len(state.bids) == BIDS else None

    def view(self, state: Held, seat: int | None, shared: Any) -> Any:
        own = [bid[seat] for bid in state.bids] if seat is not None else []
        shown: dict[str, Any] = {"card": None if seat is None else state.cards[seat], "rounds": len(state.bids)}
        return {**shown, "own": own, "all": state if self.result(state) else None}

    def changes(self, old: Held, new: Held, seat: int | None, shared: Any) -> Any:
        if self.result(new):
            return None
        own = [bid[seat] for bid in new.bids[len(old.bids) :]] if seat is not None else []
        return {"rounds": len(new.bids), "own+": own}

    def unknown(self, state: Held, seat: int | None, rng: Rng) -> Held:
        if self.result(state):
            return state
        cards = tuple(card if one == seat else rng.below(10) for one, card in enumerate(state.cards))
        bids = tuple(
            tuple(bid if one == seat else 1 + rng.below(3) for one, bid in enumerate(bids)) for bids in state.bids
        )
        return Held(cards, bids)


class Televised(Bids):
    """Bids with an audience that sees both hands two minutes later. Among friends: a player can wait so long, too."""

    name = "televised"
    title = "Televised"
    spectator_delay_s = 120

    def delayed_view(self, state: Held) -> Any:
        return state


class Aimed(msgspec.Struct, frozen=True):
    aims: tuple[int, int]
    shown: tuple[tuple[int, int], ...] = ()
    tick: int = 0


# Both aims are laid open ten times a match, and till then nobody else's are known.
OPEN_EVERY, AIM_TICKS = 5, 50


class Aims(Rules[Aimed, int]):
    """Secrets at ticks: both aim at a number that only they see; every half second both are open, the higher wins."""

    name = "aims"
    title = "Aims"
    seats = range(2, 3)
    hz = 10
    secret = True
    state = Aimed
    move = int
    offers = frozenset()

    def setup(self, options: Any, seats: int, env: Env) -> Aimed:
        return Aimed((env.rng.below(12), env.rng.below(12)))

    def turns(self, state: Aimed) -> Mapping[int, Any]:
        return {} if state.tick == AIM_TICKS else {seat: tuple(range(12)) for seat in (0, 1)}

    def step(self, state: Aimed, moves: Mapping[int, int], env: Env) -> Aimed:
        aims = (moves.get(0, state.aims[0]), moves.get(1, state.aims[1]))
        opened = (aims,) if (state.tick + 1) % OPEN_EVERY == 0 else ()
        return Aimed(aims, (*state.shown, *opened), state.tick + 1)

    def result(self, state: Aimed) -> Result | None:
        won = tuple(sum(aims[seat] > aims[1 - seat] for aims in state.shown) for seat in (0, 1))
        return Result(won, "aims") if state.tick == AIM_TICKS else None

    def view(self, state: Aimed, seat: int | None, shared: Any) -> Any:
        return {"tick": state.tick, "aim": None if seat is None else state.aims[seat], "shown": state.shown}

    def changes(self, old: Aimed, new: Aimed, seat: int | None, shared: Any) -> Any:
        patch: dict[str, Any] = {"tick": new.tick}
        if seat is not None and old.aims[seat] != new.aims[seat]:
            patch["aim"] = new.aims[seat]
        if len(new.shown) > len(old.shown):
            patch["shown+"] = new.shown[len(old.shown) :]
        return patch

    def unknown(self, state: Aimed, seat: int | None, rng: Rng) -> Aimed:
        if state.tick % OPEN_EVERY == 0 and state.tick:
            return state  # what was laid open just now is known
        aims = tuple(aim if one == seat else rng.below(12) for one, aim in enumerate(state.aims))
        return Aimed((aims[0], aims[1]), state.shown, state.tick)


FAIR: tuple[Rules[Any, Any], ...] = (Sticks(), Hands(), Race(), FirstCome(), Bids(), Televised(), Aims())
