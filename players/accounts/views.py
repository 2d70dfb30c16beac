"""The pages of one's own account that django-allauth does not have: profile, keys, data, farewell."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps

from allauth.core import ratelimit
from allauth.socialaccount.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from players import export
from players.accounts import services
from players.accounts.forms import FarewellForm, KeyForm, ProfileForm
from players.errors import ServiceError
from players.models import Player
from players.services import key_create, player_language_set, player_rename

A_YEAR_S = 60 * 60 * 24 * 365

View = Callable[[HttpRequest], HttpResponseBase]
OwnView = Callable[[HttpRequest, Player], HttpResponseBase]


def _account(action: str = "profile") -> Callable[[OwnView], View]:
    """For views of one's own account. What it changes is counted as `action`."""

    def decorate(view: OwnView) -> View:
        @never_cache
        @login_required
        @wraps(view)
        def admitted(request: HttpRequest) -> HttpResponseBase:
            player = request.user
            assert isinstance(player, Player)
            refused: HttpResponseBase | None = ratelimit.consume_or_429(request, action=action, user=player)
            return refused or view(request, player)

        return admitted

    return decorate


@_account()
def profile(request: HttpRequest, player: Player) -> HttpResponse:
    """What one tells of oneself, and the way to everything else that can be set."""
    form = ProfileForm(player, request.POST or None)
    if not form.is_valid():
        return _profile_page(request, player, form)
    chosen = form.cleaned_data
    try:
        if chosen["name"] != player.name:
            player_rename(player=player, name=chosen["name"])
        player_language_set(player=player, language=chosen["language"])
        services.player_country_set(player=player, country=chosen["country"])
    except ServiceError as refused:  # the name was free a moment ago
        form.add_error("name", refused.why)
        return _profile_page(request, player, form)
    messages.success(request, _("Saved."))
    answer = redirect("profile")
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen["language"],
        max_age=A_YEAR_S,
        samesite="Lax",
        secure=settings.LANGUAGE_COOKIE_SECURE,
    )
    return answer


def _profile_page(request: HttpRequest, player: Player, form: ProfileForm) -> HttpResponse:
    names = [provider.name for provider in get_adapter(request).list_providers(request)]
    context = {"form": form, "person": player, "providers": names}
    return render(request, "account/profile.html", context, status=422 if form.errors else 200)


@_account()
@require_POST
def sign_out_everywhere(request: HttpRequest, player: Player) -> HttpResponse:
    """End every session but this one."""
    services.player_sign_out_everywhere(player=player)
    update_session_auth_hash(request, player)
    messages.success(request, _("Every other browser is signed out."))
    return redirect("profile")


@_account("export")
@require_POST
def data(request: HttpRequest, player: Player) -> HttpResponse:
    """Everything that is kept about the player, to be saved as a file."""
    text = json.dumps(export.export(player), ensure_ascii=False, indent=1, default=str)
    return HttpResponse(
        text,
        content_type="application/json; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="madang-{player.public_id}.json"'},
    )


@_account()
def keys(request: HttpRequest, player: Player) -> HttpResponse:
    """Keys of programs: which there are, a new one, told once, and one less."""
    form, secret = KeyForm(request.POST if "label" in request.POST else None), ""
    if "revoke" in request.POST:
        number = request.POST["revoke"]
        services.key_revoke(player=player, key=int(number) if number.isascii() and number.isdigit() else 0)
        messages.success(request, _("The key opens nothing any more."))
        return redirect("keys")
    if form.is_valid() and player.keys.count() >= services.MOST_KEYS:
        form.add_error("label", _("You have as many keys as one player may have; revoke one first."))
    elif form.is_valid():
        secret, form = key_create(player=player, label=form.cleaned_data["label"]), KeyForm()
    context = {"form": form, "secret": secret, "keys": player.keys.order_by("-pk")}
    return render(request, "account/keys.html", context, status=422 if form.errors else 200)


@sensitive_post_parameters("proof")
@_account()
def delete(request: HttpRequest, player: Player) -> HttpResponse:
    """Farewell: the person goes, the records stay."""
    form = FarewellForm(player, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            services.player_delete(player=player)
        except ServiceError as refused:
            form.add_error(None, refused.why)
        else:
            logout(request)
            messages.success(request, _("Your account is deleted. Farewell."))
            return redirect("home")
    return render(request, "account/delete.html", {"form": form}, status=422 if form.errors else 200)
