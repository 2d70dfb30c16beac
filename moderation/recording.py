"""The house rules of every page of the admin: what is done there is written down, and no list counts a whole table.

`HouseSite.register` puts `Recorded` in front of each `ModelAdmin`, so that none can forget it, whichever app it is of.
"""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.http import HttpRequest

from moderation import acts
from players.models import Player
from players.paging import BoundedPaginator

# What no log may hold, not even as "was changed to".
SECRET = ("password",)
# A value is cut there: a log says that a text changed, and need not be the text.
LONGEST_VALUE = 300


class Recorded(admin.ModelAdmin):  # type: ignore[type-arg]
    """Writes acts in the transaction of the change itself."""

    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # each choice of a filter would be counted over the whole table

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Somebody added `obj`."""
        acts.record(by=_who(request), what="add", about=obj, after=_values(obj), request=request)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Somebody changed `obj`, or did with it what `message` says."""
        before, after = getattr(request, "changed_values", (None, None))
        words = message if isinstance(message, str) else _told(message)
        acts.record(
            by=_who(request), what="change", about=obj, words=words, before=before, after=after, request=request
        )
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        """Somebody is about to delete these."""
        for obj in queryset:
            acts.record(by=_who(request), what="delete", about=obj, before=_values(obj), request=request)
        return super().log_deletions(request, queryset)

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """Django's message; and the values are kept for the act."""
        request.changed_values = _changed(form)  # type: ignore[attr-defined]
        return super().construct_change_message(request, form, formsets, add)


def _who(request: HttpRequest) -> Player | None:
    return request.user if isinstance(request.user, Player) else None


def _changed(form: BaseForm) -> tuple[dict[str, str], dict[str, str]]:
    names = [name for name in form.changed_data if not name.startswith(SECRET)]
    before = {name: _short(form.get_initial_for_field(form.fields[name], name)) for name in names}
    return before, {name: _short(form.cleaned_data.get(name)) for name in names}


def _values(obj: Model) -> dict[str, str]:
    fields = [field for field in obj._meta.concrete_fields if not field.name.startswith(SECRET)]
    return {field.name: _short(getattr(obj, field.attname)) for field in fields}


def _short(value: Any) -> str:
    if isinstance(value, QuerySet | list | tuple):
        value = ", ".join(str(one) for one in value)
    return str(value)[:LONGEST_VALUE]


def _told(message: Any) -> str:
    return "" if not message else json.dumps(message, ensure_ascii=False)[:LONGEST_VALUE]
