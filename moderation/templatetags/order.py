"""What templates of the admin ask for: how many reports wait."""

from __future__ import annotations

from django import template

from moderation.selectors import reports_waiting

register = template.Library()


@register.simple_tag
def waiting() -> str:
    """How many reports are open, as a badge says it; nothing where there are none."""
    return reports_waiting()
