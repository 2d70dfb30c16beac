"""Template tags of company: `{% load company %}`, then `{% company_acts person %}` where somebody is shown."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import RequestContext

from players.company import selectors
from players.models import Player

register = template.Library()


@register.inclusion_tag("parts/company.html", takes_context=True)
def company_acts(context: RequestContext, person: Player) -> dict[str, Any]:
    """Buttons for what who asks can do about `person`: befriend, mute, block, report. Nothing for oneself and
    strangers."""
    request: Any = context["request"]
    asks = request.user if isinstance(request.user, Player) and request.user.pk != person.pk else None
    standing = selectors.standing(asks.pk, person.pk) if asks else set()
    return {"request": request, "csrf_token": context.get("csrf_token"), "person": person, "asks": asks} | {
        "standing": standing,
        "friend": "friend" in standing,
    }


@register.simple_tag(takes_context=True)
def waiting_friends(context: RequestContext) -> int:
    """How many people wait for a word of who asks."""
    user = context["request"].user if "request" in context else None
    return selectors.waiting_count(user.pk) if isinstance(user, Player) else 0
