"""Inputs are numbered without gaps: what would leave one is refused, stores nothing, and the answer says the last."""

from __future__ import annotations

import pytest

from games.protocol.messages import Move, Resign
from games.rules.connect_four import ConnectFour
from tests.host.kit import Table


@pytest.mark.parametrize("c", [3, 4, 1_000_000])
def test_an_input_that_would_leave_a_gap_is_refused_with_the_last_number(c: int) -> None:
    table = Table(ConnectFour())
    table.move(0, 3)
    table.move(1, 4)
    entries = len(table.log)
    (refused,) = table.send(0, Move(c, 2, 4))
    assert (refused["type"], refused["code"], refused["last"]) == ("reject", "c_gap", 1)
    (refused,) = table.send(0, Resign(c))
    assert (refused["code"], refused["last"]) == ("c_gap", 1)
    assert len(table.log) == entries
    table.move(0, 2)
    assert table.guests[0].heard[-1]["by"] == [[0, 2, 2]], "and the next number counts"
