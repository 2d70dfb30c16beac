"""A kit for authors of games: scripted matches, a bad network, and the laws, in milliseconds and without Django.

Tests import it; nothing of the server does. docs/testing-a-game.md explains it. Time is virtual, chance comes from
seeds, and what is under test is the host itself: the same code that serves players.
"""

from games.testing.laws import assert_golden, assert_keeps_laws
from games.testing.network import Network
from games.testing.simulation import Story, simulate
from games.testing.table import Table

__all__ = ["Network", "Story", "Table", "assert_golden", "assert_keeps_laws", "simulate"]
