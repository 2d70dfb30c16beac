"""What an admin does to one match, from its page: call it off, decide its result, say something to all who are there.

A part of `MatchAdmin`. Each is a wish to the match's owner, which answers in the row; the page shows rows and answers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from asgiref.sync import async_to_sync
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from games import commands
from games.forms import seat_name
from games.models import ChatLine, Command, Match, Status
from games.rules.catalog import UnknownGame, edition_of
from games.selectors import seats_of

# What the page shows of the talk and of what was asked: enough to see how it came about.
LINES, WISHES = 60, 12
# Two a win, one a draw; games of points know larger ones, but none beyond this.
LARGEST_SCORE = 1_000_000


class CallOff(forms.Form):
    """End a match without a result."""

    words = forms.CharField(label=_("Why, as the players are told"), max_length=200)

    def body(self) -> dict[str, Any]:
        """Of the wish."""
        return {"why": "organiser", "words": self.cleaned_data["words"]}


class Rule(forms.Form):
    """A score for each side."""

    words = forms.CharField(label=_("Why, as the players are told"), max_length=200)

    def __init__(self, match: Match, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = [f"side_{side}" for side in range(len(_sides(match)))]
        for name, who in zip(self.names, _sides(match), strict=True):
            label = gettext("Score of %(who)s (two sides: 2 wins, 1 each is a draw)") % {"who": ", ".join(who)}
            self.fields[name] = forms.IntegerField(label=label, min_value=0, max_value=LARGEST_SCORE, initial=0)

    def body(self) -> dict[str, Any]:
        """Of the wish."""
        scores = [self.cleaned_data[name] for name in self.names]
        return {"scores": scores, "words": self.cleaned_data["words"]}


class Say(forms.Form):
    """A line to players and spectators."""

    words = forms.CharField(label=_("To all who are at the match"), max_length=300)

    def body(self) -> dict[str, Any]:
        """Of the wish."""
        return {"words": self.cleaned_data["words"]}


def _sides(match: Match) -> list[list[str]]:
    """Who sits on each side, by name; a free seat by its number."""
    seats = seats_of(match)
    names = [seat.name if seat else str(seat_name(index)) for index, seat in enumerate(seats)]
    try:
        rules = edition_of(match.game, match.edition)
        sides = list(rules.sides(msgspec.convert(match.options, rules.options), match.seats))
    except (UnknownGame, msgspec.ValidationError):
        return []  # it cannot be ruled here; its owner has the game
    return [[names[seat] for seat, one in enumerate(sides) if one == side] for side in range(max(sides) + 1)]


WISHES_OF: dict[str, tuple[str, str, Callable[..., Any]]] = {
    "call-off": (Command.Wish.ABORT, "moderation.call_off_match", lambda match, *data: CallOff(*data)),
    "rule": (Command.Wish.RULE, "moderation.rule_match", Rule),
    "say": (Command.Wish.SAY, "moderation.say_at_match", lambda match, *data: Say(*data)),
}
TITLES = {"call-off": _("End without a result"), "rule": _("Decide the result"), "say": _("Say something")}


class Decides(admin.ModelAdmin):  # type: ignore[type-arg]
    """Whoever inherits adds `deciding_urls` and shows `around`."""

    def deciding_urls(self) -> list[URLPattern]:
        """One address for each wish."""
        view = self.admin_site.admin_view(self.decide)
        return [path("<int:pk>/wish/<slug:wish>/", view, name="games_match_decide")]

    def around(self, request: HttpRequest, match: Match) -> dict[str, Any]:
        """What the page shows beside the board."""
        open_to = {"call-off": (Status.WAITING, Status.LIVE), "rule": (Status.LIVE,), "say": tuple(Status)}
        acts = [
            {
                "title": TITLES[wish],
                "form": form(match),
                "danger": wish != "say",
                "address": reverse("admin:games_match_decide", args=[match.pk, wish]),
            }
            for wish, (_kind, right, form) in WISHES_OF.items()
            if request.user.has_perm(right) and match.status in open_to[wish]
        ]
        talk = ChatLine.objects.filter(match=match).order_by("-pk")[:LINES]
        asked = Command.objects.filter(match=match).exclude(kind=Command.Wish.SIT).select_related("by")
        return {
            "deeds": acts,
            "talk": list(talk)[::-1],
            "wishes": [(one, _answered(one)) for one in asked.order_by("-pk")[:WISHES]],
            "live": match.status in (Status.WAITING, Status.LIVE),
        }

    def decide(self, request: HttpRequest, pk: int, wish: str) -> HttpResponseBase:
        """Ask the owner, and say what it answered."""
        match = Match.objects.filter(pk=pk).first()
        if wish not in WISHES_OF or match is None:
            raise Http404
        kind, right, form_of = WISHES_OF[wish]
        if not request.user.has_perm(right):
            raise PermissionDenied
        form = form_of(match, request.POST)
        if request.method == "POST" and form.is_valid():
            self._ask(request, match, kind, form.body())
        elif request.method == "POST":
            why = "; ".join(f"{form.fields[name].label}: {errors[0]}" for name, errors in form.errors.items())
            self.message_user(request, why, messages.ERROR)
        return _back(match)

    def _ask(self, request: HttpRequest, match: Match, kind: str, body: dict[str, Any]) -> None:
        # Written down first: what nobody knows of must not happen.
        self.log_change(request, match, f"{Command.Wish(kind).label}: {body}")
        answer = async_to_sync(commands.execute)(match=match, kind=kind, by=request.user, body=body)  # type: ignore[arg-type]
        if answer is None:
            text = gettext("Its process has not answered yet; it will be done as soon as it does.")
            self.message_user(request, text, messages.WARNING)
        elif answer["ok"]:
            self.message_user(request, gettext("Done: %(what)s.") % {"what": Command.Wish(kind).label})
        else:
            self.message_user(request, gettext(answer["why"]), messages.ERROR)


def _answered(wish: Command) -> str:
    if wish.answer is None:
        return gettext("no answer yet")
    return gettext("done") if wish.answer.get("ok") else gettext(wish.answer.get("why", ""))


def _back(match: Match) -> HttpResponse:
    return redirect("admin:games_match_change", match.pk)
