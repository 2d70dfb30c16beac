"""What lasts: matches, who sat at them, the log of each, and who owns it now.

Services write these rows, selectors read them; where the journal or the store write by SQL, the module says so.
"""

from games.models.log import Entry, Kind, Snapshot
from games.models.match import Match, Seat, Status
from games.models.owning import Command, Host, Lease
from games.models.presence import Presence, Watched

__all__ = ["Command", "Entry", "Host", "Kind", "Lease", "Match", "Presence", "Seat", "Snapshot", "Status", "Watched"]
