"""Matches for admins: the list, and the page of one with its board after any entry (`?n=`), folded from the log."""

from __future__ import annotations

import json
from typing import Any

import msgspec
from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from games.admin.base import GameFilter, ReadOnlyAdmin, matches_found
from games.admin.calling_off import CallsOff
from games.admin.deciding import Decides
from games.boards import board_of
from games.models import Match, Seat, Status
from games.replay import Record, fold_to, spectator_view
from games.rules.catalog import UnknownGame
from games.selectors import record_told

# Lines of the log shown around the one that the board shows.
_AROUND = 10
# As many names as a line of the list holds.
_NAMES = 4


class SeatsInline(admin.TabularInline):  # type: ignore[type-arg]
    """Who sits at the match."""

    model = Seat
    extra = 0
    can_delete = False
    fields = ("index", "name", "player", "bot", "score")
    readonly_fields = fields
    ordering = ("index",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Seat]:
        """With players, for one query."""
        return super().get_queryset(request).select_related("player")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A seat is taken by an entry."""
        return False


@admin.register(Match)
class MatchAdmin(CallsOff, Decides, ReadOnlyAdmin):
    """Matches; the page of one shows its board after any entry. Those under way can be called off."""

    actions = ("call_off",)
    change_form_template = "admin/games/match/moment.html"
    list_display = ("public_id", "game", "status", "who", "created_at", "finished_at")
    list_filter = ("status", GameFilter)
    search_fields = ("public_id",)  # so that there is a box; what is typed goes to `get_search_results`
    search_help_text = _("The id of a match, or a player: the beginning of a name, an id, a sign-in name, an address")
    inlines = (SeatsInline,)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "game",
                    "status",
                    "result",
                    "rated",
                    "pool",
                    "clock",
                    "created_by",
                    "started_at",
                    "finished_at",
                )
            },
        ),
        (
            _("All that the row holds"),
            {
                "classes": ("collapse",),
                "fields": (
                    "public_id",
                    "edition",
                    "fold",
                    "options",
                    "seats",
                    "listed",
                    "seed_hash",
                    "seed_when_over",
                    "rematch_of",
                    "created_at",
                    "finished_seq",
                    "due_at",
                    "end_n",
                    "digest",
                ),
            },
        ),
    )
    # The seed decides what is still to be drawn: not even an admin, who may play as well, sees it before the end.
    exclude = ("seed",)
    readonly_fields = ("public_id", "created_at", "seed_when_over")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Match]:
        """With seats, for the list's two queries."""
        seats = Prefetch("sitting", queryset=Seat.objects.order_by("index"))
        matches: QuerySet[Match] = super().get_queryset(request)
        return matches.select_related("created_by", "rematch_of").prefetch_related(seats)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Match], search_term: str
    ) -> tuple[QuerySet[Match], bool]:
        """First whom or what it names, then the matches: by the index of each."""
        if not search_term:
            return queryset, False
        return queryset.filter(pk__in=matches_found(search_term)), False

    @admin.display(description=_("seats"))
    def who(self, match: Match) -> str:
        """Names by seat; of a crowd the first, and how many more."""
        names = [seat.name for seat in match.sitting.all()]
        more = [f"+{len(names) - _NAMES}"] if len(names) > _NAMES else []
        return ", ".join([*names[:_NAMES], *more])

    @admin.display(description=_("seed"))
    def seed_when_over(self, match: Match) -> str:
        """The seed, once nothing is drawn from it any more."""
        return match.seed if match.status in (Status.OVER, Status.ABORTED) else gettext("told when the match is over")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The match, with the moment that `?n=` names; the last one without."""
        match = self.get_object(request, object_id)
        if match is None:
            return super().change_view(request, object_id, form_url, extra_context)
        shown = {"moment": moment_of(match, request.GET.get("n", "")), **self.around(request, match)}
        return super().change_view(request, object_id, form_url, (extra_context or {}) | shown)

    def get_urls(self) -> list[URLPattern]:
        """Django's, and what can be done to a match."""
        return self.deciding_urls() + super().get_urls()


def moment_of(match: Match, asked: str) -> dict[str, Any]:
    """What the page shows of the match after entry `asked` (text, perhaps nonsense: the last entry then)."""
    try:
        record = record_told(match)
    except msgspec.ValidationError as error:
        return {"fault": str(error)}
    last = len(record.entries)
    n = min(int(asked), last) if asked.isascii() and asked.isdigit() and len(asked) < 10 else last
    return {
        "n": n,
        "last": last,
        "before": n - 1 if n > 0 else None,
        "after": n + 1 if n < last else None,
        "lines": record.entries[max(n - _AROUND, 0) : n + _AROUND],
        **_board(record, n),
    }


def _board(record: Record, n: int) -> dict[str, Any]:
    try:
        fold = fold_to(record, n)
    except (UnknownGame, ValueError, LookupError, msgspec.MsgspecError) as error:
        return {"fault": str(error)}
    view = spectator_view(fold)
    return {
        "game": record.game,
        "board": board_of(fold.rules),
        "status": Status(fold.status).label,
        "view": json.dumps(view, ensure_ascii=False),
        "text": json.dumps(view, ensure_ascii=False, indent=1),
    }
