"""From a client's message to what the log would keep of it: kind, body, and whether it may be stored.

`match.py` calls these for every numbered input but moves; they look at the newest fold and change nothing. Pure.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from games.host import checks
from games.host.entries import Aborted, Answered, Gone, Kind, Offered, text
from games.host.fold import Fold
from games.protocol import messages
from games.protocol.codes import Code


def entry_of(fold: Fold, seat: int, message: Any, gone: list[int], new_id: Callable[[], str]) -> tuple[Kind, str]:
    """The kind and body under which an input is stored; offering what another offered is answering yes.

    `gone`: the seats that have been away beyond the grace.
    """
    match message:
        case messages.Resign():
            return "resign", "{}"
        case messages.Abort():
            return "abort", text(Aborted("player"))
        case messages.Pause():
            return ("pause" if fold.paused_by is None else "resume"), "{}"
        case messages.Claim():
            return "gone", text(Gone(tuple(gone)))
        case messages.Answer(what=what, yes=yes):
            return "answer", answer_body(fold, what, yes, new_id)
    what = message.what
    if seat not in fold.offers.get(what, (seat,)):
        return "answer", answer_body(fold, what, True, new_id)
    return "offer", text(Offered(what))


def answer_body(fold: Fold, what: str, yes: bool, new_id: Callable[[], str]) -> str:
    """Body of `answer`; the last yes to a rematch names the next match."""
    agreed = what == "rematch" and yes and len(fold.offers.get(what, ())) == fold.seats - 1
    return text(Answered(what, yes, new_id() if agreed else None))


def refused(fold: Fold, seat: int, kind: Kind, message: Any, gone: list[int]) -> Code | None:
    """Why the input may not be stored, or None. `gone`: seats that have been away beyond the grace."""
    match kind:
        case "resign":
            return checks.resign(fold, seat)
        case "abort":
            return checks.abort(fold)
        case "gone":
            return checks.claim(fold, gone)
        case "pause" | "resume":
            return checks.pause(fold, seat)
        case "offer":
            return checks.offer(fold, seat, message.what)
        case _:
            return checks.answer(fold, seat, message.what)


def same(stored_kind: str, stored_body: str, kind: str, body: str) -> bool:
    """Whether an input sent again is the one that was stored.

    An offer may have been stored as an answer (it met the other's), and the id of a next match is drawn anew each time.
    """
    if stored_kind == kind == "gone" or {stored_kind, kind} <= {"pause", "resume"}:
        return True  # who was gone then may be back by now, and what a pause is depends on the last one
    if stored_kind != "answer":
        return stored_kind == kind and stored_body == body
    before = msgspec.json.decode(stored_body, type=Answered)
    if kind == "offer":
        return before.yes and before.what == msgspec.json.decode(body, type=Offered).what
    now = msgspec.json.decode(body, type=Answered)
    return kind == "answer" and (before.what, before.yes) == (now.what, now.yes)
