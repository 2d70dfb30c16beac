"""Pages of people who reported something: what became of it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from moderation import selectors
from players.services import player_of


@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """The reports that who asks has made, newest first."""
    player = player_of(request)
    return render(request, "reports.html", {"reports": selectors.reports_by(player) if player else []})
