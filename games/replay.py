"""A record, and what can be told from it alone: the view after each version, the state after any entry, its faults.

Called by selectors, the admin and `verifyrecords`; a downloaded record is read by the same code. Pure but for the
catalogue: no database, no clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from games import gone
from games.host import clock as clocks
from games.host import recovery
from games.host.entries import FOLD, Entry, Kind, MatchId, chained, seed_hash
from games.host.fold import Fold, Status
from games.host.frames import view_shown
from games.host.kinds import Change, ticks_of
from games.rules.base import Result
from games.rules.catalog import UnknownGame, edition_of
from players.gone import NAME


class Line(msgspec.Struct, frozen=True):
    """An entry as a record shows it. `at`: the database's time, ISO 8601; `body`: the very text that the digest
    covers."""

    n: int
    kind: Kind
    seat: int | None
    c: int | None
    at: str
    ms: int
    body: str
    digest: str


class Sitting(msgspec.Struct, frozen=True):
    """Who sat at `seat`. `player`: the public id, None for a bot; `bot`: its kind, None for a player."""

    seat: int
    name: str
    player: str | None
    bot: str | None
    score: int | None


class Record(msgspec.Struct, frozen=True):
    """A match with everything needed to fold it again. `seed` is None while the match lasts; only its hash is told
    then."""

    match: str
    game: str
    edition: int
    fold: int
    options: dict[str, Any]
    clock: dict[str, Any] | None
    seats: int
    seed_hash: str
    seed: str | None
    status: Status
    created_at: str
    started_at: str | None
    finished_at: str | None
    rematch_of: str | None
    sitting: tuple[Sitting, ...]
    result: Result | None
    digest: str
    entries: tuple[Line, ...]


class Frame(msgspec.Struct, frozen=True):
    """What a viewer saw at version `v`, and the entry that made it; frame 0, without an entry, is the setup.

    `by`: the inputs of the step, `[seat, c, move]` each; `spent`: for how long each of them was thought about, in
    charged milliseconds; `move`: of a `move` entry; `turns`: the seats asked now; `clock`: as in the wire's `update`,
    None where nobody's time is measured; `host`: what the host decided, as there.
    """

    v: int
    n: int
    kind: Kind | None
    seat: int | None
    c: int | None
    at: str | None
    ms: int
    move: Any
    by: tuple[tuple[int, int, Any], ...]
    spent: tuple[int, ...]
    view: Any
    turns: tuple[int, ...]
    clock: Any
    host: Any
    status: Status
    result: Result | None


def begin(record: Record) -> Fold:
    """The fold before the first entry; raises UnknownGame where this process lacks an edition or the seed is not told
    yet."""
    if record.fold != FOLD:
        raise UnknownGame(f"This process folds by edition {FOLD}, and the record was written by edition {record.fold}.")
    if record.seed is None:
        raise UnknownGame("The seed is told when the match is over; until then nobody outside can fold this record.")
    # As if it were loaded to be played on; a record knows no primary keys, and folding needs none.
    same = ("game", "edition", "fold", "options", "clock", "seats", "seed_hash")
    return recovery.begin(
        recovery.Loaded(
            id=MatchId(0),
            public_id=record.match,
            listed=True,
            seed=bytes.fromhex(record.seed),
            players={},
            snapshot=None,
            entries=(),
            **{name: getattr(record, name) for name in same},
        )
    )


def frames(record: Record, seat: int | None = None) -> Iterator[Frame]:
    """The frames of all versions, in order, as `seat` saw them; None: as spectators did."""
    fold, thought = begin(record), _Thought()
    yield _frame(fold, None, None, seat, ())
    for line in record.entries:
        change = fold.apply(_entry(line))
        spent = thought.after(fold, line, change)
        if change.raised:
            yield _frame(fold, line, change, seat, spent)


class _Thought:
    """Since when each seat is asked, and when it answered: how long its moves took, with a clock or without."""

    def __init__(self) -> None:
        self._since: dict[int, int] = {}
        self._answered: dict[int, int] = {}

    def after(self, fold: Fold, line: Line, change: Change) -> tuple[int, ...]:
        """What each input of the step that `line` made was thought about, in the order of `change.by`."""
        if line.kind == "move" and line.seat is not None:
            self._answered[line.seat] = line.ms
        spent = tuple(self._spent(seat) for seat, _, _ in change.by)
        if change.stepped or change.whole or not self._since:
            self._since, self._answered = dict.fromkeys(fold.turns, fold.ms), {}
        return spent

    def _spent(self, seat: int) -> int:
        answered_ms = self._answered.get(seat, 0)
        return max(0, answered_ms - self._since.get(seat, answered_ms))


def fold_to(record: Record, n: int) -> Fold:
    """The fold after entry `n`, or after the last one where the record is shorter."""
    fold = begin(record)
    for line in record.entries[: max(n, 0)]:
        fold.apply(_entry(line))
    return fold


def told_live(record: Record) -> Record:
    """What everyone may know of a match that goes on: no seed, and nothing from a move on that waits for the others'.

    Not even by its digest: where there are few moves, one would be found by trying.
    """
    if edition_of(record.game, record.edition).hz:
        return msgspec.structs.replace(record, seed=None)  # no move waits where steps come by the clock
    waiting = {(seat, c) for seat, (c, _) in fold_to(record, len(record.entries)).pool.items()}
    known = [line.n for line in record.entries if (line.seat, line.c) in waiting and line.kind == "move"]
    entries = record.entries[: min(known) - 1] if known else record.entries
    digest = entries[-1].digest if entries else begin(record).digest
    return msgspec.structs.replace(record, seed=None, digest=digest, entries=entries)


def spectator_view(fold: Fold) -> Any:
    """What everyone may see of this state, as plain values; where spectators are told later, what they are told."""
    return _view(fold, None)


def _view(fold: Fold, seat: int | None) -> Any:
    return msgspec.to_builtins(view_shown(fold, seat), str_keys=True)


def _entry(line: Line) -> Entry:
    return Entry(line.n, line.kind, line.seat, line.c, line.ms, line.body, line.digest)


def _clock(fold: Fold, seat: int | None) -> dict[str, Any] | None:
    """What `seat` was told of the clocks; after the end there is nothing to hide."""
    if fold.control is None or fold.clock is None:
        return None
    paused = fold.paused_by is not None
    secret = fold.rules.secret and not fold.over
    return clocks.shown(fold.control, fold.clock, fold.ms, viewer=seat, secret=secret, paused=paused)


def _frame(fold: Fold, line: Line | None, change: Change | None, seat: int | None, spent: tuple[int, ...]) -> Frame:
    return Frame(
        v=fold.v,
        n=fold.n,
        kind=line.kind if line else None,
        seat=line.seat if line else None,
        c=line.c if line else None,
        at=line.at if line else None,
        ms=fold.ms,
        move=msgspec.json.decode(line.body) if line and line.kind == "move" else None,
        by=change.by if change else (),
        spent=spent,
        view=_view(fold, seat),
        turns=tuple(sorted(fold.turns)),
        clock=_clock(fold, seat),
        host=change.host if change else None,
        status=fold.status,
        result=fold.outcome if fold.over else None,
    )


# ── checking ────────────────────────────────────────────────────────────────────────────────────────────────


def faults(record: Record) -> list[str]:
    """What is wrong with a finished record, a sentence each; none: it folds to the end that it claims."""
    try:
        fold = begin(record)
        before_end = _fold_checked(fold, record)
    except (UnknownGame, ValueError, LookupError, msgspec.MsgspecError) as error:
        return [str(error)]
    return [*_end_faults(fold, before_end, record), *_sitting_faults(fold, record)]


def _fold_checked(fold: Fold, record: Record) -> Result | None:
    """Fold all entries, each checked against digest and rules; gives the outcome as it was before the `end` entry."""
    outcome: Result | None = None
    for line in record.entries:
        outcome = fold.outcome
        made = chained(fold.digest, n=line.n, kind=line.kind, seat=line.seat, c=line.c, ms=line.ms, body=line.body)
        if made.digest != line.digest and not gone.is_masked(line):
            raise ValueError(f"entry {line.n}: the digest does not continue the chain")
        if fold.over:
            raise ValueError(f"entry {line.n} comes after the end")
        if line.kind == "move":
            _check_move(fold, line)
        elif line.kind == "chunk":
            _check_ticks(fold, line)
        fold.apply(_entry(line))
    return outcome


def _check_move(fold: Fold, line: Line) -> None:
    move = msgspec.json.decode(line.body, type=fold.rules.move)
    if line.seat is None or line.seat in fold.pool or move not in fold.turns.get(line.seat, ()):
        raise ValueError(f"entry {line.n}: the rules do not allow this move")


def _check_ticks(fold: Fold, line: Line) -> None:
    """Every input of a chunk is legal at its tick, and raises its seat's number."""
    ahead = fold.copy()
    for moves in ticks_of(fold, _entry(line)):
        for seat, (c, move) in moves.items():
            if move not in ahead.turns.get(seat, ()) or c <= ahead.cs[seat]:
                raise ValueError(f"entry {line.n}, tick {ahead.ticks + 1}: the rules do not allow this move")
        ahead.tick(moves)


def _end_faults(fold: Fold, before_end: Result | None, record: Record) -> Iterator[str]:
    if record.seed is not None and seed_hash(bytes.fromhex(record.seed)) != record.seed_hash:
        yield "the seed does not have the hash that was told at the beginning"
    if not fold.over:
        yield "the log has no end"
    if fold.status != record.status:
        yield f"the log ends as {fold.status}, the match says {record.status}"
    if fold.outcome != before_end:
        yield "the end entry claims another result than the entries before it fold to"
    if fold.outcome != record.result:
        yield "the stored result is not the one that the log folds to"
    if fold.digest != record.digest:
        yield "the stored digest is not that of the last entry"


def _sitting_faults(fold: Fold, record: Record) -> Iterator[str]:
    told = {one.seat: (one.name, one.player, one.bot) for one in record.sitting}
    left = {seat for seat, (name, _, bot) in told.items() if name == NAME and not bot}
    sat = {seat: (sit.name, sit.player, sit.bot) for seat, sit in fold.sitting.items()}
    if told != sat | {seat: (NAME, *sat[seat][1:]) for seat in left & sat.keys()}:
        yield "the seats are not those of the log"
    scores = record.result.scores if record.result else ()
    if any(one.score != scores[fold.sides[one.seat]] for one in record.sitting if scores):
        yield "the seats' scores are not those of the result"
