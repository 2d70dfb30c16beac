"""Fleets for the fault tests: private servers, or a skip that says what this machine lacks (CI lacks nothing)."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests import servers
from tests.conftest import CI
from tests.faults.fleet import Fleet, fleet


@pytest.fixture
def a_fleet() -> Iterator[Callable[..., Fleet]]:
    """A factory: `a_fleet(2)` starts PostgreSQL, Redis and two processes."""
    with contextlib.ExitStack() as stack:

        def start(webs: int = 2, **wishes: Any) -> Fleet:
            try:
                return stack.enter_context(fleet(webs, **wishes))
            except servers.Unavailable as why:
                if CI:
                    pytest.fail(str(why))
                pytest.skip(str(why))

        yield start
