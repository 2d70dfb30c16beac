"""The laws that every game keeps, and the golden record, as assertions for an author's own tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from games.protocol import patch
from games.rules.base import Rules
from games.rules.laws import broken, golden, laws_of, report, same_elsewhere, seeds

# Each of these starts two processes; what depends on the order of a set shows in the first match or two.
_MATCHES_ELSEWHERE = 2


def assert_keeps_laws(rules: Rules[Any, Any], *, matches: int = 50) -> None:
    """Plays `matches` at random and holds them to every law; fails with the finding that `checkgame` prints."""
    findings = list(broken(rules, laws_of(patch.apply), seeds(matches)))
    findings = findings or list(broken(rules, [same_elsewhere], seeds(min(matches, _MATCHES_ELSEWHERE))))
    if findings:
        raise AssertionError("\n".join([report.heading(rules), *map(report.finding, findings)]))


def assert_golden(rules: Rules[Any, Any], folder: Path) -> None:
    """The golden record of this game and edition in `folder` folds to the same end as ever."""
    path = golden.path_of(rules, folder)
    if not path.exists():
        raise AssertionError(f"There is no {path}; `checkgame --write-golden` writes it.")
    if why := golden.fault(rules, path):
        raise AssertionError(why)
