"""Pages of admin lists over tables that only grow."""

from __future__ import annotations

from typing import Any, cast

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

# Rows. Counting all entries of a year reads them all, at every click; nobody turns 200 pages, they search.
COUNTED = 10_000


class BoundedPaginator(Paginator):  # type: ignore[type-arg]  # generic in its stubs only
    """Counts no further than `COUNTED` rows, so a list costs the same however long the table is."""

    @cached_property
    def count(self) -> int:
        """How many rows there are, or `COUNTED` where there are more."""
        rows = cast("QuerySet[Any]", self.object_list)
        # Any `COUNTED` rows tell as much, and none need be sorted; but of a whole table the primary key's index is
        # quicker read than its rows.
        whole = not rows.query.where
        return rows.order_by(*(["-pk"] if whole else []))[:COUNTED].count()
