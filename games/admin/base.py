"""What the lists of history have in common: nothing is changed by hand, and every search is answered by an index."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from games.models import Match, Seat
from games.rules.catalog import every_game
from players.ids import ID_LENGTH
from players.paging import BoundedPaginator
from players.search import players_found

# As many matches of the players that were found: beyond it one searches more exactly.
MOST = 1000


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Nothing here is added, changed or deleted by hand, and no list counts a whole table."""

    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # each choice of a filter would be counted over the whole table
    list_per_page = 50
    ordering: ClassVar[tuple[str, ...]] = ("-pk",)
    sortable_by: ClassVar[tuple[str, ...]] = ()  # by any other column a large table would be sorted whole
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


class FoundByMatch(ReadOnlyAdmin):
    """Searched by a match's public id alone."""

    search_fields = ("match",)  # so that there is a box; what is typed goes to `get_search_results`
    search_help_text: ClassVar[Any] = _("The id of a match, as its address shows it")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """First the match, then its rows: by the index of each."""
        if not search_term:
            return queryset, False
        return queryset.filter(match_id__in=matches_named(search_term)), False


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


def matches_named(term: str) -> list[int]:
    """The match with this public id, if there is one."""
    term = term.strip()
    return list(Match.objects.filter(public_id=term).values_list("pk", flat=True)) if len(term) == ID_LENGTH else []


def matches_found(term: str) -> list[int]:
    """The match with this id, or the newest matches of the players whom `term` names."""
    named = matches_named(term)
    players = [] if named else players_found(term)
    if not players:
        return named
    seats = Seat.objects.filter(player__in=players).order_by("-match_id")
    return list(seats.values_list("match_id", flat=True)[:MOST])
