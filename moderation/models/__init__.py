"""What it takes to keep order: reports, macro answers, notes, notices, announcements, and the log of admins' acts.

Services write these rows, selectors read them; there is no behaviour here.
"""

from moderation.models.act import Act
from moderation.models.announcement import Announcement
from moderation.models.macro import Macro
from moderation.models.note import Note, Notice
from moderation.models.report import Report

__all__ = ["Act", "Announcement", "Macro", "Note", "Notice", "Report"]
