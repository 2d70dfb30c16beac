"""Matches and what belongs to them, for admins: to be looked at, since a record is what everyone was shown.

Nothing of a match is changed by hand: what an admin wants of one is a wish to its owner (`deciding.py`).
"""

from games.admin import logs, machines, matches, offers
from games.admin.base import ReadOnlyAdmin

__all__ = ["ReadOnlyAdmin", "logs", "machines", "matches", "offers"]
