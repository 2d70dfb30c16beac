"""Laws of what is seen: views and patches agree, open games show one view to all, secret ones keep their secrets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from games.rules.base import Moves
from games.rules.laws.play import Law, Play, Position, Refuted, law, listed, viewer
from games.rules.laws.values import encoded, plain, shown

# `unknown` must really differ in a tenth of its draws, or it would prove nothing; that all is known now and then, as
# late in a match, is no fault.
_DIFFERENT_ONE_IN = 10

Apply = Callable[[Any, Any], Any]
"""How a client applies a patch to a view: `games.protocol.patch.apply`. Handed in, for rules know no protocol."""


def patches_agree(apply: Apply) -> Law:
    """The law that the view before, with the patch applied, is the view after, for every seat and the spectator."""

    @law
    def patches_agree(play: Play) -> None:
        for position in play.walk():
            for seat in play.viewers:
                _patched(play, position, seat, apply)

    return patches_agree


def _patched(play: Play, position: Position, seat: int | None, apply: Apply) -> None:
    rules, old, state = play.rules, position.old, position.state
    shared = rules.shared(old, state)
    view = rules.view(state, seat, shared)
    if encoded(view) != encoded(rules.view(state, seat, rules.shared(None, state))):
        raise Refuted(
            f"step {position.n}: the view of {viewer(seat)} depends on the state before; who comes late sees another"
        )
    if old is None:
        return
    patch = rules.changes(old, state, seat, shared)
    if patch is None:
        return
    shown(patch, f"the patch for {viewer(seat)}")
    before = plain(rules.view(old, seat, rules.shared(None, old)))
    after = apply(before, plain(patch))
    if after != plain(view):
        raise Refuted(
            f"step {position.n}: for {viewer(seat)} the patch {encoded(patch).decode()}"
            f" makes {encoded(after).decode()}, but the view is {encoded(view).decode()}"
        )


@law
def open_to_all(play: Play) -> None:
    """Without `per_seat` every seat and the spectator are shown the same, so that one encoding serves all."""
    rules = play.rules
    for position in play.walk() if not rules.per_seat else ():
        viewers, shared = play.viewers, rules.shared(position.old, position.state)
        views = {seat: encoded(rules.view(position.state, seat, shared)) for seat in viewers}
        patches = {}
        if position.old is not None:
            patches = {seat: encoded(rules.changes(position.old, position.state, seat, shared)) for seat in viewers}
        for what, frames in (("view", views), ("patch", patches)):
            if len(set(frames.values())) > 1:
                raise Refuted(
                    f"step {position.n}: the {what} differs between viewers, though per_seat is False: "
                    + "; ".join(f"{viewer(seat)}: {frame.decode()}" for seat, frame in frames.items())
                )


@law
def secrets_kept(play: Play) -> None:
    """What a viewer is shown is the same, byte for byte, for every state that it cannot tell from this one."""
    draws = different = 0
    for position in play.walk() if play.rules.secret else ():
        if play.rules.result(position.state) is not None:
            break
        for seat in play.viewers:
            other = play.rules.unknown(position.state, seat, play.judging)
            _indistinguishable(play, position, seat, other)
            _told_alike(play, position, seat)
            draws += 1
            different += encoded(other) != encoded(position.state)
    if different * _DIFFERENT_ONE_IN < draws:
        raise Refuted(
            f"unknown() gave another state in only {different} of {draws} draws; it must vary all that is hidden"
        )


def _indistinguishable(play: Play, position: Position, seat: int | None, other: Any) -> None:
    rules, state = play.rules, position.state
    for what, here, there in (
        ("view", *(rules.view(one, seat, rules.shared(None, one)) for one in (state, other))),
        ("seats in turn", *(sorted(rules.turns(one)) for one in (state, other))),
        ("result", *(rules.result(one) for one in (state, other))),
        ("moves", *(_told(play.asked(one).get(seat)) if seat is not None else None for one in (state, other))),
    ):
        if encoded(here) != encoded(there):
            raise Refuted(
                f"after step {position.n} the {what} told to {viewer(seat)} would differ if what it must not know were"
                f" different: {encoded(here).decode()} and {encoded(there).decode()}"
            )
    if seat is not None:
        _same_answers(play, position, seat, other)


def _told(moves: Moves[Any] | None) -> Any:
    """What a seat is told of its moves: the list, or the count where there is none."""
    if moves is None:
        return None
    known = listed(moves)
    return moves.count() if known is None else known


def _same_answers(play: Play, position: Position, seat: int, other: Any) -> None:
    """A move is legal in both states or in neither: else trying it would tell them apart."""
    here, there = play.asked(position.state).get(seat), play.asked(other).get(seat)
    if here is None or there is None or here.count() == 0:
        return
    for move in (here.sample(play.judging), there.sample(play.judging)):
        if (move in here) != (move in there):
            raise Refuted(
                f"after step {position.n} whether seat {seat} may play {move!r} depends on what it must not know"
            )


def _told_alike(play: Play, position: Position, seat: int | None) -> None:
    """A step from two states that the viewer cannot tell apart, after which it still cannot, is told it alike.

    The patch may hold no more than the view, and whether the step comes may not depend on what is hidden.
    """
    rules, old = play.rules, position.old
    if old is None or not position.moves:
        return
    other = rules.unknown(old, seat, play.judging)
    moves = _moves_elsewhere(play, other, position.moves, seat)
    if moves is None:
        return
    _step_comes_alike(play, position, seat, other, moves)
    after = rules.step(other, dict(moves), play.env(position.n))
    views = [rules.view(one, seat, rules.shared(None, one)) for one in (position.state, after)]
    if encoded(views[0]) != encoded(views[1]) or rules.result(after) != rules.result(position.state):
        return  # the step told something, as steps may
    patches = [rules.changes(*pair, seat, rules.shared(*pair)) for pair in ((old, position.state), (other, after))]
    if encoded(patches[0]) != encoded(patches[1]):
        raise Refuted(
            f"step {position.n}: {viewer(seat)} sees the same after it, but the patch tells what it must not know:"
            f" {encoded(patches[0]).decode()} and {encoded(patches[1]).decode()}"
        )


def _moves_elsewhere(play: Play, other: Any, moves: dict[int, Any], seat: int | None) -> dict[int, Any] | None:
    """The viewer's same move in the other state, of others the same or another; None: the viewer's is not legal."""
    asked, elsewhere = play.asked(other), dict(moves)
    for one, move in moves.items():
        if one not in asked or (one == seat and move not in asked[one]):
            return None
        if one != seat and (move not in asked[one] or play.judging.below(2)):
            elsewhere[one] = asked[one].sample(play.judging)
    return elsewhere


def _step_comes_alike(play: Play, position: Position, seat: int | None, other: Any, moves: dict[int, Any]) -> None:
    ready = play.rules.ready
    if len(play.rules.turns(position.old)) == 1:
        return  # nobody waits for anybody
    for one, move in position.moves.items():
        if moves[one] == move and ready(position.old, {one: move}) != ready(other, {one: move}):
            raise Refuted(
                f"step {position.n}: whether it comes when seat {one} plays {move!r} depends on what {viewer(seat)}"
                " must not know"
            )
