"""The laws that every game keeps, and the search for a match that breaks one.

Used by `tests/rules` over the whole catalogue and by `manage.py checkgame` for authors. A law is a function of rules
and a seed that raises `Broken`; what every game must keep belongs here, not into a game's own tests. A server
asks `declared` alone, and only of games from other packages.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from games.rules.base import Rules
from games.rules.laws.declared import declared
from games.rules.laws.folding import arguments_unchanged, same_again, same_elsewhere, survives_storage, whole_values
from games.rules.laws.play import Broken, Law, Log
from games.rules.laws.seeing import Apply, open_to_all, patches_agree, secrets_kept
from games.rules.laws.turning import absences_end, ends, moves_readable, moves_told_truly, result_when_done

__all__ = ["Broken", "Law", "Log", "broken", "declared", "laws_of", "same_elsewhere", "seeds"]


def laws_of(apply: Apply) -> tuple[Law, ...]:
    """Every law of a match but `same_elsewhere`, which starts processes. `apply`: how clients apply a patch."""
    return (
        same_again,
        ends,
        result_when_done,
        moves_told_truly,
        moves_readable,
        absences_end,
        whole_values,
        arguments_unchanged,
        survives_storage,
        patches_agree(apply),
        open_to_all,
        secrets_kept,
    )


def seeds(count: int, first: int = 0) -> Iterator[bytes]:
    """`count` seeds from number `first` on: the same each time, so that what was found is found again."""
    for index in range(first, first + count):
        yield index.to_bytes(32, "big")


def broken(rules: Rules[Any, Any], laws: Iterable[Law], tried: Iterable[bytes]) -> Iterator[Broken]:
    """The shortest match found of each law that is broken. A wrong declaration, or chance of its own, comes alone."""
    try:
        declared(rules)
    except Broken as found:
        yield found
        return
    tried = tuple(tried)
    for law in laws:
        findings = filter(None, (_finding(law, rules, seed) for seed in tried))
        shortest = min(findings, key=lambda one: len(one.log.steps) if one.log else 0, default=None)
        if shortest:
            yield shortest
            if law is same_again:
                return  # matches that cannot be played twice would break other laws by accident, and hide the cause


def _finding(law: Law, rules: Rules[Any, Any], seed: bytes) -> Broken | None:
    try:
        law(rules, seed)
    except Broken as found:
        return found
    return None
