"""Forms of accounts: signing up with a name, the profile, a key, the farewell."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import SignupForm
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.socialaccount.forms import SignupForm as FromProvider
from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from players import countries, names
from players.accounts.adapter import stay_signed_in
from players.accounts.strangers import guest_of
from players.errors import ServiceError
from players.models import Player
from players.services import name_check, player_rename


class Named(forms.Form):
    """A form that gives a name, to a new account or to one that is there."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = {"name": forms.CharField(label=_("Name"), max_length=names.LONGEST, help_text=_("As others see you."))}
        named["name"].widget.attrs |= {"autocomplete": "nickname"}
        self.fields = named | self.fields

    def named_player(self) -> Player | None:
        """Whose name it will be; None: somebody new."""
        return guest_of(context.request)

    def clean_name(self) -> str:
        """As it is kept."""
        try:
            return name_check(name=self.cleaned_data["name"], by=self.named_player())
        except ServiceError as refused:
            raise forms.ValidationError(refused.why, code=refused.code) from None


class SigningUp(Named):
    """What both ways of signing up share."""

    account_already_exists: bool

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        guest = guest_of(context.request)
        if guest is not None:
            self.initial["name"] = guest.name

    def clean_email(self) -> str:
        """Whoever asks again begins anew: the address that they have not confirmed is free."""
        guest = guest_of(context.request)
        if guest is not None:
            EmailAddress.objects.filter(user=guest, verified=False).delete()
        return super().clean_email()  # type: ignore[misc,no-any-return]  # of allauth's form, beside this one

    def try_save(self, request: HttpRequest) -> tuple[Player | None, HttpResponse | None]:
        """An address that is known already is answered by mail alone: here nothing may tell it from a new one."""
        guest = guest_of(request)
        if self.account_already_exists and guest is not None:
            player_rename(player=guest, name=self.cleaned_data["name"])
            stay_signed_in(request, guest)
        return super().try_save(request)  # type: ignore[misc,no-any-return]


class SignUp(SigningUp, SignupForm):  # type: ignore[misc]  # allauth has no types
    """By address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Instead of a list of four rules; which of them a password breaks is said when it does.
        self.fields["password1"].help_text = _("At least 8 characters, and none that everybody uses.")


class ProviderSignUp(SigningUp, FromProvider):  # type: ignore[misc]
    """By a provider that has vouched for somebody."""


class ProfileForm(Named):
    """What an account tells of itself."""

    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    country = forms.ChoiceField(label=gettext_lazy("Country"), required=False)

    def __init__(self, player: Player, *args: Any, **kwargs: Any) -> None:
        self._player = player
        super().__init__(*args, **kwargs)
        country: Any = self.fields["country"]
        country.choices = [("", _("Not told")), *countries.choices(get_language() or "")]
        self.initial = {"name": player.name, "language": player.language or get_language(), "country": player.country}

    def named_player(self) -> Player:
        """The account whose profile it is."""
        return self._player


class KeyForm(forms.Form):
    """A new key for a program."""

    label = forms.CharField(label=gettext_lazy("What it is for"), max_length=40)


class FarewellForm(forms.Form):
    """Proof that an account is deleted by who owns it: the password; where there is none, the name."""

    def __init__(self, player: Player, *args: Any, **kwargs: Any) -> None:
        self._player = player
        super().__init__(*args, **kwargs)
        if player.has_usable_password():
            widget = forms.PasswordInput(attrs={"autocomplete": "current-password"})
            self.fields["proof"] = forms.CharField(label=_("Your password"), widget=widget, strip=False)
        else:
            self.fields["proof"] = forms.CharField(label=_("Type your name, “%(name)s”") % {"name": player.name})

    def clean_proof(self) -> str:
        """Compared in the same way as when signing in, and counted there."""
        proof: str = self.cleaned_data["proof"]
        if not self._player.has_usable_password():
            if proof.strip() != self._player.name:
                raise forms.ValidationError(_("This is not your name as it is written above; type it once more."))
        elif not get_adapter().reauthenticate(self._player, proof):
            raise forms.ValidationError(_("This is not your password; type it once more."))
        return proof
