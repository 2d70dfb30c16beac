"""The pages of finding a match: challenging somebody, and a party. Quick match itself is a part of the first page.

Each reads by selectors, writes by services, and renders one template; what moves on them comes by `pages/you.js`.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from games.finding import selectors, services
from games.finding.forms import NewChallenge, PartyMatch
from games.finding.limits import count_invitation
from games.models import Party
from players.errors import ServiceError
from players.models import Player
from players.selectors import account_named, player_get
from players.services import player_of


@require_safe
def challenge_named(request: HttpRequest) -> HttpResponseBase:
    """To the page where the account of this name is challenged."""
    name = request.GET.get("name", "").strip()
    person = account_named(name) if name else None
    if person is None:
        messages.error(request, _("Nobody has this name. Guests are challenged from their own page, or by a link."))
        return redirect("home")
    return redirect("challenge", person.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
def challenge(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Choose what to play with this person, and ask them."""
    person = player_get(public_id)
    if person is None or not person.is_active:
        raise Http404
    form = NewChallenge(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            _challenge(request, person, form)
            messages.success(request, _("%(name)s is asked. Stay here: the match opens by itself.") % _named(person))
            return redirect("home")
        except ServiceError as refused:
            form.add_error(None, refused.why)
    context = {"person": person, "form": form}
    return render(request, "challenge.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def party(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """A party: for who is in it, who is there and what to play; for others, a way in. A POST is the leader's match."""
    found, asks = selectors.party_get(public_id), player_of(request)
    if found is None:
        raise Http404
    leads = asks is not None and asks.pk == found.leader_id
    form = PartyMatch(request.POST if request.method == "POST" and leads else None)
    if asks is not None and leads and form.is_valid():
        try:
            match = services.party_play(by=asks, **form.choices())
            return redirect("match", match.public_id)
        except ServiceError as refused:
            form.add_error(None, refused.why)
    return render(request, "party.html", _party(request, found, asks, form), status=422 if form.errors else 200)


@require_POST
def party_join(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """One click and one is in, also for someone who was never here before."""
    return _done(request, public_id, lambda player: services.party_join(by=player, party=public_id))


@require_POST
def party_leave(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Out of the party, and back to the first page."""
    return _done(request, None, lambda player: services.party_leave(by=player))


@require_POST
def party_away(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Send somebody away."""
    who = request.POST.get("player", "")
    return _done(request, public_id, lambda player: services.party_send_away(by=player, player=who))


@require_POST
def party_new(request: HttpRequest) -> HttpResponseBase:
    """A party of one's own, and its page; whoever is in one is shown that one."""
    try:
        player = _arrived(request)
        own = selectors.personal_of(player.pk).party
        if own is None:
            count_invitation(player)
            return redirect("party", services.party_create(by=player).public_id)
        return redirect("party", own.id)
    except ServiceError as refused:
        messages.error(request, refused.why)
        return redirect("home")


def _challenge(request: HttpRequest, person: Player, form: NewChallenge) -> None:
    player = _arrived(request)
    count_invitation(player)
    services.challenge_create(by=player, to=person, **form.choices())


def _done(request: HttpRequest, party_id: str | None, act: Any) -> HttpResponse:
    try:
        act(_arrived(request))
    except ServiceError as refused:
        messages.error(request, refused.why)
        return redirect("home")
    return redirect("party", party_id) if party_id else redirect("home")


def _arrived(request: HttpRequest) -> Player:
    player = player_of(request, create=True)
    assert player is not None
    return player


def _party(request: HttpRequest, found: Party, asks: Player | None, form: PartyMatch) -> dict[str, Any]:
    members = selectors.members_of(found)
    return {
        "party": found,
        "members": members,
        "inside": asks in members,
        "leads": asks is not None and asks.pk == found.leader_id,
        "form": form,
        "invitation": request.build_absolute_uri(request.path),
    }


def _named(person: Player) -> dict[str, str]:
    return {"name": person.name}
