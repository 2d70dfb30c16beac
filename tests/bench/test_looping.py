"""The loop without sockets: that each move is told to both is asserted by the bench itself."""

from __future__ import annotations

import asyncio

from bench import looping


def test_every_move_of_a_round_is_heard_stored_and_told() -> None:
    assert asyncio.run(looping._round(3, 2)) > 0
