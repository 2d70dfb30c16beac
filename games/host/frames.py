"""What each viewer is sent: builds the messages of a match from its fold, and encodes each distinct view once.

`tail.py` calls it when an entry has been folded; it changes nothing. Secrecy lives here and in `Rules.view`. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

import msgspec

from games.host import clock as clocks
from games.host.fold import Fold
from games.host.history import Frames, Viewer
from games.host.kinds import Change
from games.protocol import codec
from games.protocol.messages import ClockInfo, HostUpdate, Over, ResultInfo, SeatInfo, Update
from games.protocol.patch import diff
from games.rules.base import Listed, Rules

# Above this many moves a listing is measured before it is sent; 64 moves of 32 bytes are the 2 KiB below.
LISTED_MOVES = 64
# A client shows or plays these; a larger listing is asked for with `moves?` by those who need it.
LISTED_BYTES = 2048


def moves_shown(fold: Fold, viewer: Viewer) -> dict[int, Any] | None:
    """`{seat: [move, …]}` of all in turn, of the viewer alone in secret games; a count where the list is long.

    Whether another seat has answered already shows nowhere; one's own answer closes one's own turn.
    """
    if fold.rules.hz:
        return None
    seats, pool = fold.turns, fold.pool
    if fold.rules.secret:
        seats = {viewer: seats[viewer]} if viewer is not None and viewer in seats else {}
    if not pool:
        return {
            seat: moves.all if type(moves) is Listed and len(moves.all) <= LISTED_MOVES else listing(moves)
            for seat, moves in seats.items()
        }
    return {seat: listing(moves) for seat, moves in seats.items() if seat != viewer or seat not in pool}


def listing(moves: Any) -> Any:
    """The moves as a list, or how many there are where that would be above 2 KiB; None: uncountable."""
    if type(moves) is Listed and len(moves.all) <= LISTED_MOVES:
        return moves.all  # as nearly all games have them
    count = moves.count()
    if not hasattr(moves, "__iter__") or count is None:
        return count
    if count <= LISTED_MOVES:
        return list(moves)
    encoded = codec.encode(list(moves))
    return msgspec.Raw(encoded) if len(encoded) <= LISTED_BYTES else count


def whole_listing(fold: Fold, seat: int) -> Any:
    """All legal moves of a seat, however many; their count where they cannot be listed; none where it is not asked."""
    moves: Any = fold.turns.get(seat, ())
    return list(moves) if hasattr(moves, "__iter__") else moves.count()


def version_frames(old: Fold, new: Fold, change: Change, looking: Callable[[], Iterable[Viewer]]) -> Frames:
    """The frames of the version that `change` made: one for all, or one for each viewer where views differ.

    At ticks only for who is `looking`: a field has many seats, and who comes back gets the whole. Elsewhere for every
    seat, so that who was away is sent what was missed.
    """
    shared = new.rules.shared(old.state, new.state) if change.stepped else None
    if not _differ(new.rules):
        return codec.encode(_update(old, new, change, None, shared))
    viewers = looking() if new.hz else (None, *range(new.seats))
    return {viewer: codec.encode(_update(old, new, change, viewer, shared)) for viewer in viewers}


def tick_frames(old: Fold, new: Fold, change: Change, viewers: Callable[[], Iterable[Viewer]]) -> Frames:
    """The short form `[v, d]`, or `[v, d, by]` where inputs were applied: one for all, or one for each who looks.

    Where the rules give several viewers the very same patch, it is encoded once for all of them.
    """
    rules = new.rules
    shared = rules.shared(old.state, new.state)
    by = tuple([(seat, c) for seat, c, _ in change.by]) if change.by else ()
    if not _differ(rules):
        return codec.encode(_tick(new, rules.changes(old.state, new.state, None, shared), None, shared, by))
    alike: dict[int, tuple[Any, bytes]] = {}  # with the patch itself, so that its id stays its own
    frames: dict[Viewer, bytes] = {}
    answered = {one[0]: (one,) for one in by}
    for viewer in viewers():
        patch = _patch(old, new, viewer, shared)
        if patch is None or viewer in answered:
            own = () if viewer is None else answered.get(viewer, ())
            frames[viewer] = codec.encode(_tick(new, patch, viewer, shared, own))
            continue
        if id(patch) not in alike:
            alike[id(patch)] = patch, codec.encode((new.v, patch))
        frames[viewer] = alike[id(patch)][1]
    return frames


def _tick(new: Fold, patch: Any, viewer: Viewer, shared: Any, by: tuple[tuple[int, int], ...]) -> Any:
    if patch is None:
        return Update(v=new.v, by=by, view=_view(new, viewer, shared))
    return (new.v, patch, by) if by else (new.v, patch)


def view_shown(fold: Fold, viewer: Viewer) -> Any:
    """All that a viewer may know of the state; a spectator who is told later, of a state that is old enough."""
    return _view(fold, viewer, fold.rules.shared(None, fold.state))


def _view(fold: Fold, viewer: Viewer, shared: Any) -> Any:
    # How a match was set up is not late for anybody who comes before it is old enough, so it is shown with care.
    if viewer is None and fold.v and sees_late(fold.rules):
        return fold.rules.delayed_view(fold.state)
    return fold.rules.view(fold.state, viewer, shared)


def _patch(old: Fold, new: Fold, viewer: Viewer, shared: Any) -> Any:
    if viewer is None and sees_late(new.rules):
        before, after = (msgspec.to_builtins(new.rules.delayed_view(one.state), str_keys=True) for one in (old, new))
        return diff(before, after)
    return new.rules.changes(old.state, new.state, viewer, shared)


@cache
def sees_late(rules: Rules[Any, Any]) -> bool:
    """Whether spectators are shown something of their own, later."""
    return bool(rules.spectator_delay_s) and type(rules).delayed_view is not Rules.delayed_view


@cache
def _differ(rules: Rules[Any, Any]) -> bool:
    """Whether not all viewers are sent the same."""
    return rules.per_seat or (rules.spectator_delay_s > 0 and sees_late(rules))


def end_frame(fold: Fold) -> bytes:
    """The frame of the version that sealed the record: told to everyone alike."""
    return codec.encode(Over(v=fold.v, result=_result(fold), seed=fold.seed.hex(), next=fold.rematch))


def result_info(fold: Fold) -> ResultInfo | None:
    """The sealed result, or None while the record is open."""
    return _result(fold) if fold.over else None


def _result(fold: Fold) -> ResultInfo:
    assert fold.outcome is not None
    return ResultInfo(scores=fold.outcome.scores, reason=fold.outcome.reason, words=fold.house)


def _update(old: Fold, new: Fold, change: Change, viewer: Viewer, shared: Any) -> Update:
    moves: Any = msgspec.UNSET
    if change.stepped or _opens(change.host) or new.outcome is not None:
        moves = moves_shown(new, viewer)
        if moves is None:
            moves = msgspec.UNSET
    clock: Any = msgspec.UNSET
    if new.clock is not None and moves is not msgspec.UNSET:
        clock = clock_shown(new, viewer, new.ms, whole=False)
    if not change.stepped:
        return Update(v=new.v, moves=moves, clock=clock, host=change.host)
    patch = None if change.whole else _patch(old, new, viewer, shared)
    by = tuple((seat, c) for seat, c, _ in change.by if seat == viewer) if new.rules.secret else change.by
    if patch is None:
        return Update(v=new.v, by=by, view=_view(new, viewer, shared), moves=moves, clock=clock, host=change.host)
    return Update(v=new.v, by=by, d=patch, moves=moves, clock=clock, host=change.host)


def clock_shown(fold: Fold, viewer: Viewer, at_ms: int, *, whole: bool) -> Any:
    """The clocks at the charged time `at_ms` as a viewer may know them; with the control where `whole`."""
    if fold.control is None or fold.clock is None:
        return None if whole else msgspec.UNSET
    paused = fold.paused_by is not None
    told = clocks.shown(fold.control, fold.clock, at_ms, viewer=viewer, secret=fold.rules.secret, paused=paused)
    return ClockInfo(**told, **msgspec.to_builtins(fold.control)) if whole else ClockInfo(**told)


def _opens(host: HostUpdate | None) -> bool:
    return host is not None and (host.started or host.paused is not None or host.resumed)


def seats_shown(fold: Fold, here: Mapping[int, bool]) -> tuple[SeatInfo | None, ...]:
    """Who sits where, with presence; None where a seat is free."""
    return tuple(_seat(fold, seat, here.get(seat, False)) for seat in range(fold.seats))


def _seat(fold: Fold, seat: int, here: bool) -> SeatInfo | None:
    sit = fold.sitting.get(seat)
    if sit is None:
        return None
    return SeatInfo(
        name=sit.name,
        player=sit.player,
        bot=sit.bot,
        here=here or sit.bot is not None,
        rating=sit.rating,
        provisional=sit.provisional,
    )
