"""The pages of tournaments: what there is, one of them, a new one; and the buttons on them.

Each reads by selectors, writes by services, and renders one template. What moves on a page comes by its script, from
the API.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from players.errors import ServiceError
from players.models import Player
from players.services import player_of
from tournaments import limits, log, selectors, services, shown, told
from tournaments.forms import NewTournament
from tournaments.models import Format, Status, Tournament

LISTED = 30
"""Of each kind: beyond it one looks for a name, not through a list."""
MOST_PAGES = 20


@require_safe
def tournaments(request: HttpRequest) -> HttpResponse:
    """What is played, what comes, what was."""
    context = {
        "running": _lines(Status.RUNNING),
        "coming": _lines(Status.COMING),
        "finished": _lines(Status.FINISHED),
        "may_create": request.user.has_perm(limits.ADD),
    }
    return render(request, "tournaments/list.html", context)


@require_safe
def tournament(request: HttpRequest, public_id: str) -> HttpResponse:
    """One tournament: how it stands now; the page's script goes on from there."""
    found = _tournament(public_id)
    player = player_of(request)
    page = _page(request)
    stands = shown.page_of(found, page)
    with log.shown.reading(found) as fold:
        round_told = told.round_of(fold)
    you = shown.you_of(found, player)
    context = {
        "tournament": found,
        "stands": stands,
        "you": you,
        "line": told.line_of(found),
        "rules": told.rules_of(found),
        "round": round_told,
        "live": json.dumps({"n": stands["n"], "page": page, "you": you, "again_s": shown.again_s(found)}),
        "tie_names": [told.tie_name(name) for name in stands["ties"]],
        "organises": player is not None and limits.may_organise(found, player),
        "over": found.status in (Status.FINISHED, Status.CANCELLED),
        "arena": found.format == Format.ARENA,
    }
    return render(request, "tournaments/tournament.html", context)


def new(request: HttpRequest) -> HttpResponse:
    """The form of a new tournament, for who may create one."""
    if not isinstance(request.user, Player) or not request.user.has_perm(limits.ADD):
        return render(request, "tournaments/not_allowed.html", status=403)
    form = NewTournament(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.tournament_create(by=request.user, wish=form.wish())
            return redirect("tournament", made.public_id)
        except ServiceError as refused:
            form.add_error(None, refused.why)
    return render(request, "tournaments/new.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
def join(request: HttpRequest, public_id: str) -> HttpResponse:
    """Be in: one click, also for someone who was never here before."""
    return _done(request, public_id, services.tournament_join, create=True)


@require_POST
def withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    """Be out."""
    return _done(request, public_id, services.tournament_withdraw)


@require_POST
def start(request: HttpRequest, public_id: str) -> HttpResponse:
    """Let it begin now."""
    return _done(request, public_id, services.tournament_start)


@require_POST
def cancel(request: HttpRequest, public_id: str) -> HttpResponse:
    """Call it off."""
    return _done(request, public_id, services.tournament_cancel)


def _done(request: HttpRequest, public_id: str, do: Callable[..., None], *, create: bool = False) -> HttpResponse:
    found = _tournament(public_id)
    try:
        player = player_of(request, create=create)
        if player is not None:
            do(tournament=found, by=player)
    except ServiceError as refused:
        messages.error(request, refused.why)
    return redirect("tournament", public_id)


def _tournament(public_id: str) -> Tournament:
    found = selectors.tournament_get(public_id)
    if found is None:
        raise Http404
    return found


def _page(request: HttpRequest) -> int:
    asked = request.GET.get("page", "")
    return min(max(int(asked), 1), MOST_PAGES) if asked.isdecimal() and len(asked) < 4 else 1


def _lines(status: Status) -> list[dict[str, object]]:
    found = selectors.tournaments_of(status)[:LISTED]
    return [{"tournament": one, "line": told.line_of(one)} for one in found]
