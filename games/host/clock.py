"""The clocks of a match: a fold over the same log, by the charged time of its entries. Pure.

`fold.py` turns it at every step; `match.py` asks when a flag falls. Charged time runs only while it is somebody's to
spend: from the release of a version to the arrival of an answer. What the server takes to store and send is nobody's.

The controls, as FIDE's Laws (appendix A) and lichess define them:

- `fischer`: `extra_ms` is added after each answer.
- `delay`: the first `extra_ms` of each turn are free (US delay).
- `bronstein`: after each answer what was used is given back, at most `extra_ms`; a flag may fall before it is.
- `move`: `base_ms` for every answer anew.
- `correspondence`: the same, in days, and it runs while no server holds the match.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

import msgspec

# 0 would be lost before it began; two weeks are the longest that correspondence servers give for a move.
LEAST_MS, MOST_MS = 1_000, 14 * 24 * 3600 * 1000
# Who has so long for one answer need not be waited for at the board; the match leaves memory meanwhile.
LEAST_CORRESPONDENCE_MS = 3600 * 1000
# What people sit through. While such a clock runs its match stays in memory, so this bounds that, too.
MOST_AT_ONE_SITTING_MS = 3 * 3600 * 1000
# More than three minutes a move is another control.
MOST_EXTRA_MS = 180_000

Kind = Literal["fischer", "delay", "bronstein", "move", "correspondence"]


class Control(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A time control, chosen for a match: milliseconds for each seat, and what a turn adds.

    Raises ValueError for what no kind of it can mean; `msgspec.convert` makes a ValidationError of that.
    """

    kind: Kind
    base_ms: Annotated[int, msgspec.Meta(ge=LEAST_MS, le=MOST_MS)]
    extra_ms: Annotated[int, msgspec.Meta(ge=0, le=MOST_EXTRA_MS)] = 0

    def __post_init__(self) -> None:
        if self.kind == "correspondence":
            if self.base_ms < LEAST_CORRESPONDENCE_MS:
                raise ValueError("correspondence needs an hour for each answer at least")
        elif self.base_ms > MOST_AT_ONE_SITTING_MS:
            raise ValueError("more than three hours are for correspondence")
        if self.per_move and self.extra_ms:
            raise ValueError("nothing is added where every answer has its time anew")

    @property
    def per_move(self) -> bool:
        """Every answer has the whole time anew."""
        return self.kind in ("move", "correspondence")


class Clock(msgspec.Struct, frozen=True):
    """`left`: what each seat had when its clock was started last; `since`: the charged time of that start, for the
    seats whose clocks run; `answered`: when they answered, though the step is still to come."""

    left: tuple[int, ...]
    since: dict[int, int] = {}
    answered: dict[int, int] = {}


def begin(control: Control, seats: int) -> Clock:
    """Nobody's clock runs yet."""
    return Clock((control.base_ms,) * seats)


def answer(clock: Clock, seat: int, at_ms: int) -> Clock:
    """`seat` has answered; others may still think."""
    return msgspec.structs.replace(clock, answered={**clock.answered, seat: at_ms})


def turn(control: Control, clock: Clock, asked: Iterable[int], at_ms: int) -> Clock:
    """A new state at `at_ms`: charge who ran, start who is asked now. Nobody asked: all stand."""
    left = list(clock.left)
    for seat, since_ms in clock.since.items():
        done = seat in clock.answered
        left[seat] = _after(control, left[seat], clock.answered.get(seat, at_ms) - since_ms, done=done)
    since = dict.fromkeys(asked, at_ms)
    if control.per_move:
        for seat in {*since, *clock.answered}:
            left[seat] = control.base_ms
    return Clock(tuple(left), since)


def standing(clock: Clock) -> Clock:
    """The same times, and nobody's runs."""
    return Clock(clock.left)


class Fall(msgspec.Struct, frozen=True):
    """The next flag: the charged time, and all seats whose flags fall just then."""

    at_ms: int
    seats: tuple[int, ...]


def flag(control: Control, clock: Clock) -> Fall | None:
    """The next flag to fall; None while no clock runs. Who began together and answered nothing falls together."""
    each = falls(control, clock)
    if not each:
        return None
    first_ms = min(each.values())
    return Fall(first_ms, tuple(sorted(seat for seat, at_ms in each.items() if at_ms == first_ms)))


def falls(control: Control, clock: Clock) -> dict[int, int]:
    """The charged time at which the flag of each seat falls that still thinks."""
    free_ms = control.extra_ms if control.kind == "delay" else 0
    running = (seat for seat in clock.since if seat not in clock.answered)
    return {seat: clock.since[seat] + clock.left[seat] + free_ms for seat in running}


def left_ms(control: Control, clock: Clock, seat: int, at_ms: int) -> int:
    """What `seat` has left at `at_ms`, never below zero."""
    since_ms = clock.since.get(seat)
    if since_ms is None:
        return clock.left[seat]
    used_ms = clock.answered.get(seat, at_ms) - since_ms
    return max(0, _after(control, clock.left[seat], used_ms, done=seat in clock.answered))


def shown(
    control: Control, clock: Clock, at_ms: int, *, viewer: int | None, secret: bool, paused: bool
) -> dict[str, Any]:
    """What a viewer is told: `left` by seat, and whose clocks are `running`; nobody's in a pause. With a delay also how
    much of it is `free` for each that runs.

    In secret games the clock of another that has answered is shown running on until the step, or it would tell that.
    """
    known = clock
    if secret:
        own = {seat: at for seat, at in clock.answered.items() if seat == viewer}
        known = msgspec.structs.replace(clock, answered=own)
    running = [] if paused else [seat for seat in known.since if seat not in known.answered]
    told = {"left": [left_ms(control, known, seat, at_ms) for seat in range(len(clock.left))], "running": running}
    if control.kind != "delay":
        return told
    # What is left stands still at first; who looks at a running clock must know for how long.
    return {**told, "free": [max(0, control.extra_ms - at_ms + clock.since[seat]) for seat in running]}


def _after(control: Control, left_ms: int, used_ms: int, *, done: bool) -> int:
    match control.kind:
        case "fischer":
            return left_ms - used_ms + (control.extra_ms if done else 0)
        case "bronstein":
            return left_ms - used_ms + (min(used_ms, control.extra_ms) if done else 0)
        case "delay":
            return left_ms - max(0, used_ms - control.extra_ms)
        case _:
            return left_ms - used_ms
