"""The thin driver round the live matches of this process: performs effects, loads, unloads, wakes, grants commands.

Everything here runs on the event loop's thread, so that each match has one writer; the database is reached through a
few threads of its own. Nothing here decides about a match: that is `games/host/match.py`.
"""

from games.driver.core import Driver

__all__ = ["Driver"]
