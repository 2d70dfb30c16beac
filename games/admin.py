"""Matches and their logs, for admins: to be looked at, never changed, since a record is what everyone was shown.

The page of a match shows its board after any entry (`?n=`), folded anew from the log like everywhere else.
"""

from __future__ import annotations

import json
from typing import Any, ClassVar

import msgspec
from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from games import store
from games.boards import board_of
from games.calling_off import CallsOff
from games.host.entries import MatchId
from games.models import Command, Entry, Host, Lease, Match, Seat, Snapshot, Status
from games.replay import Record, fold_to, spectator_view
from games.rules.catalog import UnknownGame, every_game
from games.selectors import record_told
from players.paging import BoundedPaginator

# Lines of the log shown around the one that the board shows.
_AROUND = 10
# As many names as a line of the list holds.
_NAMES = 4


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Nothing here is added, changed or deleted by hand, and no list counts a whole table."""

    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # each choice of a filter would be counted over the whole table
    list_per_page = 50
    ordering: ClassVar[tuple[str, ...]] = ("-pk",)
    actions: Any = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Rows come from the host, the journal and services."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """History stays as it was."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """History stays."""
        return False


class GameFilter(admin.SimpleListFilter):
    """By game, from the catalogue: asking the table which games there are would read all of it."""

    title = _("game")
    parameter_name = "game"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The games of this process."""
        return [(name, name) for name in sorted({rules.name for rules in every_game()})]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The matches of the chosen game."""
        return queryset.filter(game=self.value()) if self.value() else queryset


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
class MatchAdmin(CallsOff, ReadOnlyAdmin):
    """Matches; the page of one shows its board after any entry. Those under way can be called off."""

    actions = ("call_off",)
    change_form_template = "admin/games/match/moment.html"
    list_display = ("public_id", "game", "status", "listed", "who", "created_at", "finished_at", "finished_seq")
    list_filter = ("status", GameFilter, "listed")
    search_fields = ("=public_id", "^sitting__name", "=sitting__player__public_id")
    inlines = (SeatsInline,)
    # The seed decides what is still to be drawn: not even an admin, who may play as well, sees it before the end.
    exclude = ("seed",)
    readonly_fields = ("public_id", "created_at", "seed_when_over")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Match]:
        """With seats, for the list's two queries."""
        seats = Prefetch("sitting", queryset=Seat.objects.order_by("index"))
        matches: QuerySet[Match] = super().get_queryset(request)
        return matches.select_related("created_by", "rematch_of").prefetch_related(seats)

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
        moment = {} if match is None else {"moment": moment_of(match, request.GET.get("n", ""))}
        return super().change_view(request, object_id, form_url, (extra_context or {}) | moment)


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


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    """Lines of logs. Search by a match's public id."""

    list_display = ("match", "n", "kind", "seat", "c", "at", "ms", "board")
    list_filter = ("kind",)
    list_select_related = ("match",)
    search_fields = ("=match__public_id",)

    @admin.display(description=_("board"))
    def board(self, entry: Entry) -> SafeString:
        """A link to the board after this entry."""
        page = reverse("admin:games_match_change", args=[entry.match_id])
        return format_html('<a href="{}?n={}">{}</a>', page, entry.n, _("show"))


@admin.register(Seat)
class SeatAdmin(ReadOnlyAdmin):
    """Who sat where."""

    list_display = ("match", "index", "name", "player", "bot", "score")
    list_select_related = ("match", "player")
    search_fields = ("=match__public_id", "^name", "=player__public_id")


@admin.register(Snapshot)
class SnapshotAdmin(ReadOnlyAdmin):
    """Caches of folds; the bytes themselves are not shown."""

    list_display = ("match", "n", "digest", "created_at")
    list_select_related = ("match",)
    search_fields = ("=match__public_id",)
    exclude = ("state",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Snapshot]:
        """Without the bytes: a page of snapshots would be megabytes."""
        snapshots: QuerySet[Snapshot] = super().get_queryset(request)
        return snapshots.defer("state")


@admin.register(Host)
class HostAdmin(ReadOnlyAdmin):
    """Processes that own or owned matches."""

    list_display = ("name", "id", "started_at", "beat_at", "stopped_at", "told")
    search_fields = ("name", "=id")
    ordering = ("-beat_at",)


@admin.register(Lease)
class LeaseAdmin(ReadOnlyAdmin):
    """Who owns which match now. One that was suspected twice is in quarantine until someone lifts it here."""

    list_display = ("match", "host", "epoch", "suspect", "quarantined")
    actions = ("lift",)
    list_filter = ("suspect",)
    list_select_related = ("match", "host")
    search_fields = ("=match__public_id", "=host__id")

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
        """Whoever may change leases, though of a lease nothing else is changed by hand."""
        return request.user.has_perm("games.change_lease")


@admin.register(Command)
class CommandAdmin(ReadOnlyAdmin):
    """Wishes to owners of matches, and what was answered."""

    list_display = ("match", "kind", "by", "created_at", "done_at")
    list_filter = ("kind", ("done_at", admin.EmptyFieldListFilter))
    list_select_related = ("match", "by")
    search_fields = ("=match__public_id", "=by__public_id")
