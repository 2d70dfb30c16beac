"""A coroutine that was stepped outside of any task, as something that a task can await. `delivery.py` alone uses it."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any


class Started(Generator[Any, None, None]):
    """An awaitable whose first step was taken outside: it waits on the same future, then goes on where it stood."""

    __slots__ = ("_first", "_steps")

    def __init__(self, steps: Generator[Any, None, None], first: Any) -> None:
        self._steps = steps
        self._first: list[Any] = [first]

    def __await__(self) -> Generator[Any, None, None]:
        return self

    def send(self, value: None) -> Any:
        return self._first.pop() if self._first else self._steps.send(value)

    def throw(self, *error: Any) -> Any:
        """A cancelled task throws into the coroutine where it waits; so does a future that failed."""
        return self._steps.throw(*error)
