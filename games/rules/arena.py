"""Arena: cells roam a field, feed on dots and on smaller cells, and come back when they are eaten.

Anyone may enter while it lasts. What a seat is shown ends not far from its own cell (`arena_field.py`), so the field
may hold many. A cell of mass m has a radius of 4·√m units.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from math import isqrt
from typing import Annotated, Any

import msgspec

from games.rules.arena_field import (
    AREA_BITS,
    HZ,
    MIDDLE,
    MOST_MASS,
    PLOT_BITS,
    PLOTS,
    SQUARE_BITS,
    UNIT_BITS,
    Cell,
    Sight,
    State,
    under,
)
from games.rules.base import Env, Result, Rules
from games.rules.fixed import TURN, cosine, scaled, sine
from games.rules.rng import Rng

COURSES = 64
# Squares across, for as many seats at most: a few players shall meet, and many have room.
_FIELDS = ((8, 4), (24, 6), (64, 8))

START_MASS = 20
# A cell eats another whose centre it covers, if it has at least five quarters of its mass.
_EATER, _EATEN = 5, 4
DOT_MASS = 3
# One plot in six has a dot.
_PLOTS_A_DOT = 6
# Places tried on a tick where dots are missing: 64 players eat about five dots.
_SOWN_A_TICK = 8
# 240 units a second at the start; the pace falls with the fourth root of the mass.
_START_PACE = (240 << UNIT_BITS) // HZ
# A boost is 7/4 as fast; five times a second it burns 1 + 1/64 of the mass, down to what one starts with.
_BOOST, _BOOST_OF, _BURN_TICKS, _BURN = 7, 4, HZ // 5, 64
# Large cells shrink by 1/128 a second, so that nobody can rest on a lead.
_SHRINK = 128
# Two seconds to see what happened, and two more in which who has appeared cannot be eaten.
_AWAY_TICKS, _SAFE_TICKS = 2 * HZ, 2 * HZ
# Clients repeat their course every few seconds; whoever sends nothing for half a minute has gone.
_IDLE_TICKS = 30 * HZ
# Squares looked at for one without cells around it; in a crowd the safe seconds have to do.
_PLACES_TRIED = 8
_LEADERS = 5
# A course that is drawn at random turns by a sixth at most.
_VEER = COURSES // 6


class Steer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A course, kept until the next one: `to` in 64ths of a turn, clockwise from the right, None to rest; `boost`."""

    to: Annotated[int, msgspec.Meta(ge=0, lt=COURSES)] | None = None
    boost: bool = False


class Steering:
    """Every course is open to every seat at all times; drawn is one near `course`, so that chance goes somewhere."""

    __slots__ = ("_course",)

    def __init__(self, course: int | None) -> None:
        self._course = course

    def __contains__(self, move: object) -> bool:
        return isinstance(move, Steer) and (move.to is None or 0 <= move.to < COURSES)

    def sample(self, rng: Rng) -> Steer:
        veer = rng.below(COURSES) if self._course is None else self._course + rng.below(2 * _VEER + 1) - _VEER
        return Steer(veer % COURSES, boost=not rng.below(8))

    def count(self) -> int:
        return 2 * (COURSES + 1)


_STEERING = {course: Steering(course) for course in (None, *range(COURSES))}


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    minutes: Annotated[int, msgspec.Meta(ge=1, le=20, title="Minutes")] = 5


class Arena(Rules[State, Steer]):
    """The score of a seat is all the mass that it has eaten, from the first to the last of its cells.

    Views differ to be small, not to hide anything: a spectator sees the leader's surroundings and an overview.
    """

    name = "arena"
    title = "Arena"
    seats = range(2, 65)
    hz = HZ
    per_seat = True
    chain = True
    state = State
    move = Steer
    options = Options
    offers = frozenset()

    def setup(self, options: Options, seats: int, env: Env) -> State:
        across = next(across for most, across in _FIELDS if seats <= most)
        dots = [0] * (across * across)
        _sow(dots, env.rng, len(dots) * PLOTS * PLOTS // _PLOTS_A_DOT)
        return State(across, options.minutes * 60 * HZ, tuple(dots), (0,) * seats)

    def turns(self, state: State) -> Mapping[int, Steering]:
        """Everyone who is in; before the first has entered everyone, for nothing is over yet."""
        if self.result(state):
            return {}
        if not state.cells:
            return dict.fromkeys(range(len(state.points)), _STEERING[None])
        return {seat: _STEERING[cell.course] for seat, cell in state.cells.items()}

    def enter(self, state: State, seat: int, env: Env) -> State | None:
        if seat in state.cells or seat in state.gone or seat >= len(state.points) or self.result(state):
            return None
        return msgspec.structs.replace(state, cells={**state.cells, seat: _placed(state, state.tick, env.rng)})

    def absent(self, state: State, seats: Sequence[int], why: str, env: Env) -> State:
        return _without(state, seats)

    def carried(self, state: State, seats: Sequence[int]) -> list[int]:
        """Whoever was idle has no cell, and stays behind."""
        return [seat for seat in seats if seat in state.cells]

    def result(self, state: State) -> Result | None:
        if state.tick < state.last and (state.cells or not state.gone):
            return None
        points, reason = state.points, "time" if state.tick >= state.last else "empty"
        if len(points) != 2:
            return Result(points, reason)
        return Result.draw(2, reason) if points[0] == points[1] else Result.win(int(points[1] > points[0]), 2, reason)

    def step(self, state: State, moves: Mapping[int, Steer], env: Env) -> State:
        tick = state.tick + 1
        cells = _moved(state, moves, tick, env.rng)
        dots, points = list(state.dots), list(state.points)
        _fed(state, tick, cells, dots, points)
        if sum(map(int.bit_count, dots)) < len(dots) * PLOTS * PLOTS // _PLOTS_A_DOT:
            _sow(dots, env.rng, _SOWN_A_TICK)
        after = State(state.across, state.last, tuple(dots), tuple(points), cells, state.gone, state.leaders, tick)
        return _each_second(after) if tick % HZ == 0 else after

    def shared(self, old: State | None, new: State) -> Sight:
        return Sight(old, new)

    def view(self, state: State, seat: int | None, shared: Sight) -> Any:
        """`across`: squares, of 256 units; `left`: seconds; `leaders`: seat and points of the best.

        `cells`: of each square in sight the cells, as seat and [x, y, mass], x and y in units from the square's corner,
        and a 1 more while it cannot be eaten. `dots`: of each square in sight 16 hexadecimal digits, whose bit 8 · row
        + column is the dot in the middle of that plot of 32 units. A seat that is in is told its `points`, every other
        `far`: for each cell its plot across, plot down, and radius in steps of 16 units.
        """
        return shared.view(seat)

    def changes(self, old: State, new: State, seat: int | None, shared: Sight) -> Any:
        return shared.changes(seat)


# ── a tick ──────────────────────────────────────────────────────────────────────────────────────────────


@cache
def _stride(mass: int, course: int, boost: bool) -> tuple[int, int]:
    """How far a cell goes in a tick, across and down. The table that this fills is bounded by masses and courses."""
    pace = _START_PACE * isqrt(isqrt((START_MASS << 32) // mass)) >> 8
    if boost:
        pace = pace * _BOOST // _BOOST_OF
    angle = course * (TURN // COURSES)
    return scaled(pace, cosine(angle)), scaled(pace, sine(angle))


def _moved(state: State, moves: Mapping[int, Steer], tick: int, rng: Rng) -> dict[int, Cell]:
    """All cells one tick on, on the courses that `moves` gives them. Whose time has come is back."""
    across, burning = state.across, tick % _BURN_TICKS == 0
    edge = (across << SQUARE_BITS) - 1
    cells = {}
    for seat, cell in state.cells.items():
        x, y, mass, course, boost, heard = cell.x, cell.y, cell.mass, cell.course, cell.boost, cell.heard
        if seat in moves:
            course, boost, heard = moves[seat].to, moves[seat].boost, tick
        if not mass and tick >= cell.since:
            cells[seat] = _placed(state, heard, rng)
            continue
        if mass and course is not None:
            fast = boost and mass > START_MASS
            right, down = _stride(mass, course, fast)
            x, y = x + right, y + down
            if not (0 <= x <= edge and 0 <= y <= edge):
                x, y = min(max(x, 0), edge), min(max(y, 0), edge)
            if fast and burning:
                mass = max(START_MASS, mass - 1 - mass // _BURN)
        # `Grid.square`, written out: a call for each cell would cost a tenth of the tick.
        square = (y >> SQUARE_BITS) * across + (x >> SQUARE_BITS)
        cells[seat] = Cell(x, y, square, mass, course, boost, cell.since, heard)
    return cells


def _fed(state: State, tick: int, cells: dict[int, Cell], dots: list[int], points: list[int]) -> None:
    """Cells eat what they cover, the larger first, and who is eaten eats no more. Changes cells, dots and points.

    Each cell eats on every second tick only: in between none goes further than it is wide, so it passes over nothing,
    and half of the work is saved.
    """
    standing: dict[int, list[int]] = {}
    for seat, cell in cells.items():
        if cell.mass:
            standing.setdefault(cell.square, []).append(seat)
    eaters = [(-cell.mass, seat) for seat, cell in cells.items() if cell.mass and (seat + tick) % 2]
    for _, seat in sorted(eaters):
        cell, gained = cells[seat], 0
        for square, plots in under(cell, state.across):
            if dots[square] & plots:
                gained += _grazed(dots, square, plots, cell, state.across)
            for other in standing.get(square, ()):
                gained += _eaten(cells, seat, other, tick)
        if gained:
            points[seat] += gained
            cells[seat] = msgspec.structs.replace(cell, mass=min(cell.mass + gained, MOST_MASS))


def _grazed(dots: list[int], square: int, plots: int, cell: Cell, across: int) -> int:
    """The mass of the dots of a square that `cell` covers, among those of `plots`. Changes `dots`."""
    gained, under = 0, dots[square] & plots
    row, column = divmod(square, across)
    while under:
        bit = under & -under
        under ^= bit
        down, right = divmod(bit.bit_length() - 1, PLOTS)
        x, y = (column * PLOTS + right << PLOT_BITS) + MIDDLE, (row * PLOTS + down << PLOT_BITS) + MIDDLE
        if _covers(cell, x, y):
            dots[square] ^= bit
            gained += DOT_MASS
    return gained


def _eaten(cells: dict[int, Cell], eater: int, prey: int, tick: int) -> int:
    """The mass of the cell of `prey`, if that of `eater` can eat it; 0 if not. Changes `cells`."""
    larger, cell = cells[eater], cells[prey]
    if cell.mass * _EATER > larger.mass * _EATEN or cell.since > tick or not _covers(larger, cell.x, cell.y):
        return 0
    cells[prey] = msgspec.structs.replace(cell, mass=0, since=tick + _AWAY_TICKS)
    return cell.mass


def _covers(cell: Cell, x: int, y: int) -> bool:
    return (cell.x - x) ** 2 + (cell.y - y) ** 2 < cell.mass << AREA_BITS


def _sow(dots: list[int], rng: Rng, tries: int) -> None:
    """As many more dots, less those that would lie where one lies already. Changes `dots`."""
    for _ in range(tries):
        square, plot = divmod(rng.below(len(dots) * PLOTS * PLOTS), PLOTS * PLOTS)
        dots[square] |= 1 << plot


def _placed(state: State, heard: int, rng: Rng) -> Cell:
    """A new cell at rest, with nobody around it if such a place is soon found."""
    side = state.across << SQUARE_BITS
    crowded = {cell.square for cell in state.cells.values() if cell.mass}
    for _ in range(_PLACES_TRIED):
        x, y = rng.below(side), rng.below(side)
        square = state.grid.square(x, y)
        if crowded.isdisjoint(state.grid.blocks[square]):
            break
    return Cell(x, y, square, START_MASS, None, boost=False, since=state.tick + _SAFE_TICKS, heard=heard)


def _each_second(state: State) -> State:
    """The large shrink, the idle are gone, and the leaders are told."""
    idle = [seat for seat, cell in state.cells.items() if state.tick - cell.heard > _IDLE_TICKS]
    cells = {
        seat: msgspec.structs.replace(cell, mass=cell.mass - cell.mass // _SHRINK) for seat, cell in state.cells.items()
    }
    best = sorted((-points, seat) for seat, points in enumerate(state.points) if points)[:_LEADERS]
    leaders = tuple((seat, -points) for points, seat in best)
    after = msgspec.structs.replace(state, cells=cells, leaders=leaders)
    return _without(after, idle) if idle else after


def _without(state: State, seats: Sequence[int]) -> State:
    cells = {seat: cell for seat, cell in state.cells.items() if seat not in seats}
    return msgspec.structs.replace(state, cells=cells, gone=tuple(sorted({*state.gone, *seats})))
