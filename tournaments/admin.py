"""Tournaments and their logs, for admins: to be looked at; started, called off, and players taken out, by services."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from games.admin import ReadOnlyAdmin
from players.errors import ServiceError
from players.models import Player
from tournaments import services
from tournaments.models import Entry, Pairing, Tournament


class WithPlayer(ActionForm):
    """Beside the choice of an action."""

    player = forms.CharField(label=_("Player (public id):"), max_length=20, required=False, strip=True)


@admin.register(Tournament)
class TournamentAdmin(ReadOnlyAdmin):
    """Tournaments. What is done to one is done by its services, as from its page."""

    action_form = WithPlayer
    actions = ("start_now", "call_off", "take_out")
    list_display = ("name", "public_id", "format", "game", "status", "players", "start_at", "created_by")
    list_filter = ("status", "format", "rated")
    list_select_related = ("created_by",)
    search_fields = ("=public_id", "name")
    readonly_fields = ("public_id",)

    @admin.action(description=_("Start now"), permissions=["organise"])
    def start_now(self, request: HttpRequest, chosen: QuerySet[Tournament]) -> None:
        """Each of them begins."""
        self._each(request, chosen, services.tournament_start, gettext("Started."))

    @admin.action(description=_("Call off"), permissions=["organise"])
    def call_off(self, request: HttpRequest, chosen: QuerySet[Tournament]) -> None:
        """None of them takes place, or goes on."""
        self._each(request, chosen, services.tournament_cancel, gettext("Called off."))

    @admin.action(description=_("Take the player out"), permissions=["organise"])
    def take_out(self, request: HttpRequest, chosen: QuerySet[Tournament]) -> None:
        """The player whose public id is written beside the action is paired no more in any of them."""
        asked = request.POST.get("player", "").strip()
        player = Player.objects.filter(public_id=asked).first() if asked.isalnum() else None
        if player is None:
            told = gettext("Write the public id of the player first, as in the address of their page.")
            self.message_user(request, told, messages.ERROR)
            return

        def remove(*, tournament: Tournament, by: Player) -> None:
            services.tournament_remove(tournament=tournament, player=player, by=by)

        self._each(request, chosen, remove, gettext("%(name)s is out.") % {"name": player.name})

    def has_organise_permission(self, request: HttpRequest) -> bool:
        """Whoever may change tournaments, though of one nothing is changed by hand."""
        return request.user.has_perm("tournaments.change_tournament")

    def _each(self, request: HttpRequest, chosen: QuerySet[Tournament], do: Callable[..., None], told: str) -> None:
        by: Any = request.user
        for tournament in chosen:
            level, text = messages.SUCCESS, told
            try:
                do(tournament=tournament, by=by)
                self.log_change(request, tournament, told)
            except ServiceError as refused:
                level, text = messages.WARNING, refused.why
            self.message_user(request, f"{tournament.name}: {text}", level)


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    """The logs of tournaments, line by line."""

    list_display = ("tournament", "n", "kind", "at", "body")
    list_filter = ("kind",)
    list_select_related = ("tournament",)
    search_fields = ("=tournament__public_id",)


@admin.register(Pairing)
class PairingAdmin(ReadOnlyAdmin):
    """Which match belongs to which tournament."""

    list_display = ("match", "tournament", "round", "board", "open", "begun")
    list_filter = ("open",)
    list_select_related = ("match", "tournament")
    search_fields = ("=match__public_id", "=tournament__public_id")
