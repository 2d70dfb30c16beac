"""The desk of those who keep order: players, reports, the house's own words, the log of acts."""

from moderation.admin import house, people, reports

__all__ = ["house", "people", "reports"]
