"""The README's game is a game: it keeps every law, as it stands there."""

from __future__ import annotations

import re
import sys
import types
from pathlib import Path

from games.protocol import patch
from games.rules.laws import broken, laws_of, seeds

README = Path(__file__).parent.parent / "README.md"


def test_the_game_of_the_readme_keeps_every_law_and_has_twenty_lines() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    lines = [line for line in code.splitlines() if line.strip()]
    assert len(lines) <= 20
    module = types.ModuleType("readme_game")
    sys.modules["readme_game"] = module
    exec(compile(code, str(README), "exec"), module.__dict__)
    assert not list(broken(module.Sticks(), laws_of(patch.apply), seeds(20)))
