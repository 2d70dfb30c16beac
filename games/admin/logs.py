"""Lines of logs and chat, seats and snapshots, for admins."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from games.admin.base import FoundByMatch, matches_found
from games.models import ChatLine, Entry, Seat, Snapshot


@admin.register(Entry)
class EntryAdmin(FoundByMatch):
    """Lines of logs. Search by a match's public id."""

    list_display = ("match", "n", "kind", "seat", "c", "at", "ms", "board")
    list_select_related = ("match",)

    @admin.display(description=_("board"))
    def board(self, entry: Entry) -> SafeString:
        """A link to the board after this entry."""
        page = reverse("admin:games_match_change", args=[entry.match_id])
        return format_html('<a href="{}?n={}">{}</a>', page, entry.n, _("show"))


@admin.register(Seat)
class SeatAdmin(FoundByMatch):
    """Who sat where."""

    list_display = ("match", "index", "name", "player", "bot", "score")
    list_select_related = ("match", "player")
    search_help_text = _("The id of a match, or a player: the beginning of a name, an id, a sign-in name, an address")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Seat], search_term: str
    ) -> tuple[QuerySet[Seat], bool]:
        """The seats of the matches that are found, whoever sits there."""
        if not search_term:
            return queryset, False
        return queryset.filter(match_id__in=matches_found(search_term)), False


@admin.register(Snapshot)
class SnapshotAdmin(FoundByMatch):
    """Caches of folds; the bytes themselves are not shown."""

    list_display = ("match", "n", "digest", "created_at")
    list_select_related = ("match",)
    exclude = ("state",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Snapshot]:
        """Without the bytes: a page of snapshots would be megabytes."""
        snapshots: QuerySet[Snapshot] = super().get_queryset(request)
        return snapshots.defer("state")


@admin.register(ChatLine)
class ChatLineAdmin(FoundByMatch):
    """What was said at matches."""

    list_display = ("at", "match", "audience", "name", "text")
    list_select_related = ("match",)
