"""What lasts: matches, who sat at them, the log of each, and who owns it now; and who waits for a match.

Services write these rows, selectors read them; where the journal or the store write by SQL, the module says so.
"""

from games.models.chat import Audience, ChatLine
from games.models.finding import (
    Challenge,
    Missed,
    Pairing,
    Party,
    PartyMember,
    Queue,
    Seek,
    Seeker,
    Summons,
)
from games.models.house import GameSetting, HostMinute
from games.models.log import Entry, Kind, Snapshot
from games.models.match import Match, Seat, Status
from games.models.owning import Command, Host, Lease
from games.models.presence import Presence, Watched

__all__ = [
    "Audience",
    "Challenge",
    "ChatLine",
    "Command",
    "Entry",
    "GameSetting",
    "Host",
    "HostMinute",
    "Kind",
    "Lease",
    "Match",
    "Missed",
    "Pairing",
    "Party",
    "PartyMember",
    "Presence",
    "Queue",
    "Seat",
    "Seek",
    "Seeker",
    "Snapshot",
    "Status",
    "Summons",
    "Watched",
]
