"""Ratings for admins: to be looked at only. They follow from matches; who must begin anew is reset by the service.

Registered by `players/admin.py`.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from players.models import Pool, Rating, RatingReset
from players.paging import BoundedPaginator
from players.search import players_found


class Derived(admin.ModelAdmin):  # type: ignore[type-arg]
    """What nobody writes by hand: recomputing would undo it."""

    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    sortable_by: ClassVar[tuple[str, ...]] = ()  # by any other column a large table would be sorted whole

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """First the players, then their lines: by the index of each."""
        if not search_term or not self.search_fields:
            return queryset, False
        return queryset.filter(player__in=players_found(search_term)), False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """The applier adds."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The applier changes."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A reset begins anew, and is remembered."""
        return False


@admin.register(Pool)
class PoolAdmin(Derived):
    """Which pools there are, and up to which match each is rated."""

    list_display = ("game", "name", "applied_seq")
    list_filter = ("game", "name")
    ordering = ("game", "name")


@admin.register(Rating)
class RatingAdmin(Derived):
    """The lines of all pools."""

    list_display = ("player", "pool", "rating", "deviation", "volatility", "matches", "last_at", "listed")
    list_select_related = ("player", "pool")
    list_filter = ("pool",)
    search_fields = ("player",)  # so that there is a box; what is typed goes to `get_search_results`
    ordering = ("-pk",)


@admin.register(RatingReset)
class RatingResetAdmin(Derived):
    """Who began anew, and after which match."""

    list_display = ("player", "pool", "after_seq", "at")
    list_select_related = ("player", "pool")
    search_fields = ("player",)  # so that there is a box; what is typed goes to `get_search_results`
    ordering = ("-pk",)
