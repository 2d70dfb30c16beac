"""Processes, who owns which match, and wishes to owners, for admins."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from games import store
from games.admin.base import FoundByMatch, ReadOnlyAdmin
from games.host.entries import MatchId
from games.models import Command, Host, Lease


@admin.register(Host)
class HostAdmin(ReadOnlyAdmin):
    """Processes that own or owned matches."""

    list_display = ("name", "id", "started_at", "beat_at", "stopped_at", "told")
    search_fields = ("name", "=id")
    ordering = ("-beat_at",)


class SuspectFilter(admin.SimpleListFilter):
    """Those that have hung a process: the few that an index has."""

    title = _("suspected")
    parameter_name = "suspected"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Two, without asking the table."""
        return [("yes", gettext("hung a process")), ("kept", gettext("in quarantine"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those that hung one process, or as many as put a match in quarantine."""
        least = {"yes": 1, "kept": store.QUARANTINE}.get(self.value() or "")
        return queryset if least is None else queryset.filter(suspect__gt=0, suspect__gte=least)


@admin.register(Lease)
class LeaseAdmin(FoundByMatch):
    """Who owns which match now. One that was suspected twice is in quarantine until someone lifts it here."""

    list_display = ("match", "host", "epoch", "suspect", "quarantined")
    actions = ("lift",)
    list_filter = (SuspectFilter,)
    list_select_related = ("match", "host")

    @admin.display(description=_("in quarantine"), boolean=True)
    def quarantined(self, lease: Lease) -> bool:
        """Whether no process takes the match, since its steps have hung two."""
        return lease.suspect >= store.QUARANTINE

    @admin.action(description=_("Lift the quarantine: the next who comes may play on"), permissions=["lift"])
    def lift(self, request: HttpRequest, chosen: QuerySet[Lease]) -> None:
        """Forget what they were suspected of."""
        leases = list(chosen)
        store.matches_trust([MatchId(lease.match_id) for lease in leases])
        for lease in leases:
            self.log_change(request, lease, gettext("Quarantine lifted."))

    def has_lift_permission(self, request: HttpRequest) -> bool:
        """A right of its own; of a lease nothing else is done by hand."""
        return request.user.has_perm("moderation.lift_quarantine")


@admin.register(Command)
class CommandAdmin(FoundByMatch):
    """Wishes to owners of matches, and what was answered."""

    list_display = ("match", "kind", "by", "created_at", "done_at")
    list_select_related = ("match", "by")
