"""Each guard that `python -m tests.faults.guards` takes away is still found where it says."""

from __future__ import annotations

import pytest

from tests.faults.guards import GUARDS, Guard
from tests.servers import ROOT


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_a_guard_stands_once_where_it_is_named(guard: Guard) -> None:
    assert (ROOT / guard.file).read_text().count(guard.line) == 1, "name its new line in tests/faults/guards.py"
