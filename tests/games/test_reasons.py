"""Every reason for which a match can end is said in words on its page."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path
from textwrap import dedent

import pytest

from games.rules.catalog import GAMES, AnyRules

WORDS = Path(__file__).parents[2] / "static" / "pages" / "words.js"
# What the host itself ends a match with.
OF_THE_HOST = {"resigned", "gone", "flagged", "agreement", "aborted"}


def said() -> set[str]:
    listed = WORDS.read_text().split("export function reasonOf")[1].split("]);")[0]
    return set(re.findall(r'\["([a-z-]+)", gettext\(', listed))


def reasons(rules: AnyRules) -> set[str]:
    """The slugs that its `result` names."""
    tree = ast.parse(dedent(inspect.getsource(type(rules).result)))
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return {text for text in texts if re.fullmatch(r"[a-z]+(-[a-z]+)*", text)}


@pytest.mark.parametrize("rules", GAMES, ids=lambda rules: rules.name)
def test_a_games_reasons_are_said_in_words(rules: AnyRules) -> None:
    assert reasons(rules)
    assert reasons(rules) <= said()


def test_the_hosts_reasons_are_said_in_words() -> None:
    assert said() >= OF_THE_HOST
