"""What is asked of an admin before something is done to a player; each form knows the service that does it."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from moderation import keeping
from players.models import Ban, Player, Pool

HOURS: list[tuple[str, Promise]] = [
    ("1", _("1 hour")),
    ("24", _("1 day")),
    ("72", _("3 days")),
    ("168", _("1 week")),
    ("720", _("30 days")),
    ("8760", _("1 year")),
]
FOR_EVER = ("", _("for good"))


class Deed(forms.Form):
    """One thing that can be done. `right`: who may; `when`: to whom it applies."""

    right: ClassVar[str]
    title: ClassVar[Promise]
    danger: ClassVar[bool] = False

    @staticmethod
    def when(player: Player, ban: Ban | None, *, silenced: bool) -> bool:
        """Whether it makes sense now."""
        return True

    def do(self, player: Player, request: HttpRequest) -> None:
        """Do it. Raises ServiceError."""
        raise NotImplementedError


class BanIt(Deed):
    """Shut out."""

    right, title, danger = "moderation.ban_player", _("Ban"), True
    reason = forms.ChoiceField(label=_("Reason"), choices=Ban.Reason.choices)
    hours = forms.ChoiceField(label=_("Term"), choices=[*HOURS, FOR_EVER], initial="24", required=False)
    words = forms.CharField(
        label=_("Words to the player"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def do(self, player: Player, request: HttpRequest) -> None:
        """Everything that they have open closes within a second."""
        chosen = self.cleaned_data
        hours = int(chosen["hours"]) if chosen["hours"] else None
        keeping.ban(player=player, reason=chosen["reason"], hours=hours, words=chosen["words"], request=request)


class LiftIt(Deed):
    """Let in again."""

    right, title = "moderation.ban_player", _("Lift the ban")
    words = forms.CharField(label=_("Why, for the log"), max_length=200)

    @staticmethod
    def when(player: Player, ban: Ban | None, *, silenced: bool) -> bool:
        """Of whom is banned."""
        return ban is not None

    def do(self, player: Player, request: HttpRequest) -> None:
        """At once."""
        keeping.unban(player=player, words=self.cleaned_data["words"], request=request)


class MuteIt(Deed):
    """No chat for a time."""

    right, title, danger = "moderation.mute_player", _("Take the chat"), True
    hours = forms.ChoiceField(label=_("Term"), choices=HOURS, initial="24")
    words = forms.CharField(label=_("Why, for the log"), max_length=200)

    def do(self, player: Player, request: HttpRequest) -> None:
        """In all matches, within two seconds."""
        hours = int(self.cleaned_data["hours"])
        keeping.mute(player=player, hours=hours, words=self.cleaned_data["words"], request=request)


class UnmuteIt(Deed):
    """The chat back."""

    right, title = "moderation.mute_player", _("Give the chat back")
    words = forms.CharField(label=_("Why, for the log"), max_length=200)

    @staticmethod
    def when(player: Player, ban: Ban | None, *, silenced: bool) -> bool:
        """Of whom it was taken."""
        return silenced

    def do(self, player: Player, request: HttpRequest) -> None:
        """At once."""
        keeping.unmute(player=player, words=self.cleaned_data["words"], request=request)


class WarnIt(Deed):
    """A word that must be put away."""

    right, title = "moderation.warn_player", _("Warn")
    words = forms.CharField(
        label=_("Words to the player"),
        max_length=keeping.LONGEST_NOTICE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Shown at the head of every page until they put it away."),
    )

    def do(self, player: Player, request: HttpRequest) -> None:
        """On their next page."""
        keeping.warn(player=player, words=self.cleaned_data["words"], request=request)


class RenameIt(Deed):
    """Another name."""

    right, title = "moderation.rename_player", _("Rename")
    name = forms.CharField(label=_("New name"), max_length=24)
    words = forms.CharField(label=_("Why, for the log"), max_length=200)

    def do(self, player: Player, request: HttpRequest) -> None:
        """Records keep the name that was shown then."""
        chosen: dict[str, Any] = self.cleaned_data
        keeping.rename(player=player, name=chosen["name"], words=chosen["words"], request=request)


class ResetIt(Deed):
    """A rating anew."""

    right, title, danger = "moderation.reset_rating", _("Reset a rating"), True
    pool = forms.ModelChoiceField(label=_("Game and pool"), queryset=Pool.objects.order_by("game", "name"))
    words = forms.CharField(label=_("Why, for the log"), max_length=200)

    def do(self, player: Player, request: HttpRequest) -> None:
        """The next match counts from 1500."""
        pool, words = self.cleaned_data["pool"], self.cleaned_data["words"]
        keeping.rating_reset(player=player, game=pool.game, pool=pool.name, words=words, request=request)


class NoteIt(Deed):
    """A remark."""

    right, title = "moderation.note_player", _("Add a note")
    text = forms.CharField(
        label=_("For those who keep order"),
        max_length=keeping.LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A note stays as it is; a wrong one is answered by another."),
    )

    def do(self, player: Player, request: HttpRequest) -> None:
        """It stays."""
        keeping.note(player=player, text=self.cleaned_data["text"], request=request)


DEEDS: dict[str, type[Deed]] = {
    "ban": BanIt,
    "unban": LiftIt,
    "mute": MuteIt,
    "unmute": UnmuteIt,
    "warn": WarnIt,
    "rename": RenameIt,
    "rate": ResetIt,
    "note": NoteIt,
}
