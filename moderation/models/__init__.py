"""What keeping order leaves behind. Services write these rows, selectors read them; there is no behaviour here."""

from moderation.models.report import Report

__all__ = ["Report"]
