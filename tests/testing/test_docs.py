"""docs/testing-a-game.md is true: every example on that page runs as it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "testing-a-game.md"


def examples() -> Iterator[tuple[str, dict[str, object]]]:
    """Each test function of the page, with the names that its block gives it."""
    for number, code in enumerate(re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)):
        names: dict[str, object] = {"__name__": f"example_{number}"}
        exec(compile(code, str(PAGE), "exec"), names)
        yield from ((name, names) for name in names if name.startswith("test_"))


EXAMPLES = list(examples())


@pytest.mark.parametrize(("name", "names"), EXAMPLES, ids=[name for name, _ in EXAMPLES])
def test_an_example_of_the_page_runs(name: str, names: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    example = names[name]
    assert callable(example)
    example()


def test_the_page_has_examples_and_names_all_of_the_kit() -> None:
    from games import testing

    assert len(EXAMPLES) > 10
    text = PAGE.read_text(encoding="utf-8")
    assert [name for name in testing.__all__ if f"`{name}" not in text] == []
