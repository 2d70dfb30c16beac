"""Players as those who keep order need them: found quickly, with all that is known, and with what can be done.

What is done goes through `keeping.py`; nothing about a player is changed by editing a row, but a superuser's own forms
for rights.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from games.admin.base import ReadOnlyAdmin
from moderation.admin.forms import DEEDS
from moderation.models import Note, Notice
from moderation.selectors import file_of
from players import admin as people
from players.errors import ServiceError
from players.models import Ban, Player
from players.search import players_found

admin.site.unregister(Player)


class BannedFilter(admin.SimpleListFilter):
    """The few that an index has."""

    title = _("standing")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Each answered by an index of its own."""
        return [("out", gettext("shut out")), ("staff", gettext("keeps order")), ("accounts", gettext("accounts"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Players who stand so."""
        wanted = {"out": {"is_active": False}, "staff": {"is_staff": True}, "accounts": {"is_guest": False}}
        return queryset.filter(**wanted.get(self.value() or "", {}))


@admin.register(Player)
class PlayerAdmin(people.PlayerAdmin):
    """One page with everything about a player."""

    change_form_template = "admin/players/player/file.html"
    list_filter: ClassVar[Any] = (BannedFilter,)
    search_fields: ClassVar[Any] = ("name",)  # so that there is a box; what is typed goes to `get_search_results`
    search_help_text = _("The beginning of a name, an id, a sign-in name, or a whole address")
    sortable_by = ()

    def get_fieldsets(self, request: HttpRequest, obj: Player | None = None) -> Any:
        """Behind what everybody sees, and closed: nobody changes these by the way."""
        sets = super().get_fieldsets(request, obj)
        if obj is None:
            return sets
        return [(name or _("The row"), {**facts, "classes": ("collapse",)}) for name, facts in sets]

    def get_readonly_fields(self, request: HttpRequest, obj: Player | None = None) -> tuple[str, ...]:
        """Nobody is shut out but by a ban, which has a reason and an end."""
        return (*super().get_readonly_fields(request, obj), "is_active")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Player], search_term: str
    ) -> tuple[QuerySet[Player], bool]:
        """Each way to name somebody by an index of its own."""
        if not search_term:
            return queryset, False
        return queryset.filter(pk__in=players_found(search_term)), False

    def get_urls(self) -> list[URLPattern]:
        """Django's, and what can be done to a player."""
        deed = path("<int:pk>/deed/<slug:deed>/", self.admin_site.admin_view(self.deed), name="players_player_deed")
        return [deed, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The form for superusers, and round it what everybody sees."""
        player = self.get_object(request, object_id)
        shown = {} if player is None else self._around(request, player)
        return super().change_view(request, object_id, form_url, (extra_context or {}) | shown)

    def _around(self, request: HttpRequest, player: Player) -> dict[str, Any]:
        file = file_of(player)
        deeds = [
            {
                "title": form.title,
                "form": form(auto_id=f"{name}_%s"),
                "danger": form.danger,
                "address": reverse("admin:players_player_deed", args=[player.pk, name]),
            }
            for name, form in DEEDS.items()
            if request.user.has_perm(form.right) and form.when(player, file.ban, silenced=file.silenced)
        ]
        return {"file": file, "deeds": deeds}

    def deed(self, request: HttpRequest, pk: int, deed: str) -> HttpResponseBase:
        """Do it, and say what came of it."""
        player = Player.objects.filter(pk=pk).first()
        if deed not in DEEDS or player is None:
            raise Http404
        form = DEEDS[deed](request.POST)
        if not request.user.has_perm(form.right):
            raise PermissionDenied
        if request.method == "POST" and form.is_valid():
            try:
                form.do(player, request)
                self.message_user(request, gettext("Done: %(what)s.") % {"what": form.title})
            except ServiceError as refused:
                self.message_user(request, refused.why, messages.ERROR)
        elif request.method == "POST":
            why = "; ".join(f"{form.fields[name].label}: {errors[0]}" for name, errors in form.errors.items())
            self.message_user(request, why, messages.ERROR)
        return redirect("admin:players_player_change", pk)


class AboutPlayer(ReadOnlyAdmin):
    """Rows about players, found by whom they are about."""

    list_select_related: ClassVar[Any] = ("player", "by")
    search_fields = ("player",)
    search_help_text = _("A player: the beginning of a name, an id, a sign-in name, an address")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """First the players, then their rows."""
        if not search_term:
            return queryset, False
        return queryset.filter(player__in=players_found(search_term)), False


class InForceFilter(admin.SimpleListFilter):
    """Bans that hold."""

    title = _("in force")
    parameter_name = "in_force"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """One choice."""
        return [("yes", gettext("in force"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Not lifted, not over."""
        return queryset.filter(lifted_at=None) if self.value() else queryset


@admin.register(Ban)
class BanAdmin(AboutPlayer):
    """Who was shut out, and when it ended. A ban is made and lifted on the page of its player."""

    list_display = ("player", "reason", "since", "until", "by", "lifted_at", "lifted_by")
    list_filter = (InForceFilter,)
    list_select_related = ("player", "by", "lifted_by")


@admin.register(Note)
class NoteAdmin(AboutPlayer):
    """Remarks; added on the page of their player."""

    list_display = ("player", "text", "by", "at")


@admin.register(Notice)
class NoticeAdmin(AboutPlayer):
    """What players were told."""

    list_display = ("player", "kind", "text", "by", "at", "seen_at")
