"""What it takes to keep order: the log of admins' acts, notes, notices, macro answers, announcements.

Services write these rows, selectors read them; there is no behaviour here.
"""

from moderation.models.act import Act
from moderation.models.announcement import Announcement
from moderation.models.macro import Macro
from moderation.models.note import Note, Notice

__all__ = ["Act", "Announcement", "Macro", "Note", "Notice"]
