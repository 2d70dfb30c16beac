"""Template tags about people: `{% load people %}`, then `{% avatar player.public_id %}`."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from players import avatars

register = template.Library()


@register.simple_tag
def avatar(public_id: str) -> SafeString:
    """The player's picture, sized by the class `avatar`. It says nothing that the name beside it does not say."""
    # Made of numbers and our own colours alone.
    picture = mark_safe(avatars.picture(public_id))  # noqa: S308
    return format_html(
        '<svg class="avatar" viewBox="0 0 {} {}" aria-hidden="true" focusable="false">{}</svg>',
        avatars.SIZE,
        avatars.SIZE,
        picture,
    )
