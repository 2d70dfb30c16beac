"""How django-allauth makes, recognises and admits players: it asks here wherever the house has its own way."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from players import bans, revocations
from players.accounts import services
from players.accounts.strangers import guest_of
from players.ids import new_id
from players.models import Player
from players.throttle import network_of


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """A new account is the guest who asks for one, with all that hangs on the row; a stranger begins as a guest."""

    def new_user(self, request: HttpRequest) -> Player:
        """The guest, or a new one: nobody is an account before `services.account_settle`."""
        guest = guest_of(request)
        if guest is not None:
            return guest
        public_id = new_id()
        return Player(
            public_id=public_id, username=f"guest-{public_id}", is_guest=True, language=get_language() or "en"
        )

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Player:
        """Name, address and password, under the sign-in name that the row has already."""
        data, username = form.cleaned_data, user.username
        user.name, user.email = data["name"], data["email"]
        super().save_user(request, user, form, commit=False)
        user.username = username
        if commit:
            user.save()
        stay_signed_in(request, user)
        return user  # type: ignore[no-any-return]

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """Nobody signs in by one but admins: it is whatever is unique."""
        user.username = user.username or f"player-{user.public_id}"

    def login(self, request: HttpRequest, user: Any) -> None:
        """Sign in under a new session key, and close what hung on the old one. Whoever comes so far has an account."""
        before = request.session.session_key
        settle(request, user)
        super().login(request, user)
        if before == request.session.session_key:
            request.session.cycle_key()  # Django keeps the key where a guest signs in as themselves
        if before:
            revocations.end_session(before)

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        """Who is banned is told why and until when, once the password was right."""
        ban = bans.ban_of(user.pk)
        if ban is None:
            return super().respond_user_inactive(request, user)  # type: ignore[no-any-return]
        return render(request, "banned.html", {"ban": ban, "contact": settings.CONTACT}, status=403)

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address by which limits are kept. Headers count where uvicorn believed them: from `MADANG_PROXIES`."""
        address = str(request.META.get("REMOTE_ADDR", ""))
        try:
            one = ip_address(address)
        except ValueError:
            return address
        # Written as IPv6 all IPv4 addresses would be one network.
        mapped = one.ipv4_mapped if isinstance(one, IPv6Address) else None
        return str(mapped) if mapped else network_of(address)


class ProviderAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """The same for whoever comes by a provider."""

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> Player:
        """The guest becomes what the provider vouches for."""
        guest = guest_of(request)
        if guest is not None:
            guest.email = getattr(sociallogin.user, "email", "")
            sociallogin.user = guest
        return super().save_user(request, sociallogin, form)  # type: ignore[no-any-return]

    def new_user(self, request: HttpRequest, sociallogin: SocialLogin) -> Player:
        """A stranger, until the form is sent: it may take minutes, and the guest stays a guest meanwhile."""
        public_id = new_id()
        return Player(
            public_id=public_id, username=f"guest-{public_id}", is_guest=True, language=get_language() or "en"
        )

    def get_signup_form_initial_data(self, sociallogin: SocialLogin) -> dict[str, Any]:
        """What the provider tells, to begin with."""
        told: dict[str, Any] = super().get_signup_form_initial_data(sociallogin)
        return told | {"name": f"{told['first_name']} {told['last_name']}".strip() or told["username"]}


def stay_signed_in(request: HttpRequest, player: Player) -> None:
    """A guest whose password is new keeps playing meanwhile, under a new session key."""
    if request.session.get(SESSION_KEY) == str(player.pk):
        before = request.session.session_key
        request.session.cycle_key()
        request.session[HASH_SESSION_KEY] = player.get_session_auth_hash()
        if before:
            revocations.end_session(before)


def settle(request: HttpRequest | None, player: Player) -> None:
    """From now on an account; where the name was taken in the meantime, the player is told the new one."""
    wanted = player.name
    if services.account_settle(player=player) and player.name != wanted and request is not None:
        told = _("“%(name)s” was taken in the meantime, so you are “%(new)s”; your profile changes it.")
        messages.info(request, told % {"name": wanted, "new": player.name})


def _confirmed(*, request: HttpRequest | None, email_address: EmailAddress, **_: Any) -> None:
    settle(request, email_address.user)


def connect() -> None:
    """Listen for confirmed addresses. A second call changes nothing."""
    email_confirmed.connect(_confirmed, dispatch_uid="players.confirmed")
