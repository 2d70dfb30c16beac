"""The house's own words and its memory: announcements, macro answers, and the log of acts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from games.admin.base import ReadOnlyAdmin
from moderation.announcing import board
from moderation.models import Act, Announcement, Macro


@admin.register(Announcement)
class AnnouncementAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Banners on all pages, within two seconds; on pages that are open within a minute."""

    list_display = ("text_en", "level", "begins_at", "ends_at", "by")
    list_select_related = ("by",)
    ordering = ("-pk",)
    sortable_by = ()

    def save_model(self, request: HttpRequest, obj: Announcement, form: Any, change: bool) -> None:
        """Whoever wrote it last stands for it."""
        obj.by = request.user  # type: ignore[assignment]  # staff are players
        super().save_model(request, obj, form, change)
        board.forget()

    def delete_model(self, request: HttpRequest, obj: Announcement) -> None:
        """Gone from this process's pages at once."""
        super().delete_model(request, obj)
        board.forget()


class MacroForm(forms.ModelForm):  # type: ignore[type-arg]
    """Says in words what the constraints of the table demand."""

    def clean(self) -> dict[str, Any]:
        """What happens needs its term, its reason, its words."""
        said = super().clean() or self.cleaned_data
        action = said.get("action")
        if action == Macro.Action.MUTE and not said.get("hours"):
            raise ValidationError(gettext("Say for how many hours the chat is taken."))
        if action == Macro.Action.BAN and not said.get("reason"):
            raise ValidationError(gettext("Choose the reason of the ban."))
        if action == Macro.Action.WARN and not said.get("text_en"):
            raise ValidationError(gettext("A warning needs its words, at least in English."))
        return said


@admin.register(Macro)
class MacroAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Answers with one click."""

    form = MacroForm
    list_display = ("title", "action", "hours", "reason", "place")
    ordering = ("place", "title")


class WhatFilter(admin.SimpleListFilter):
    """By kind of act, without asking the table which there are."""

    title = _("act")
    parameter_name = "what"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The slugs that this release writes."""
        whats = (
            "ban",
            "unban",
            "mute",
            "unmute",
            "warn",
            "rename",
            "rate",
            "note",
            "answer",
            "add",
            "change",
            "delete",
        )
        return [(what, what) for what in (*whats, "sign in", "sign out")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Acts of this kind."""
        return queryset.filter(what=self.value()) if self.value() else queryset


@admin.register(Act)
class ActAdmin(ReadOnlyAdmin):
    """What was done. Nobody changes a line, and the database would refuse it."""

    list_display = ("at", "by_name", "what", "about", "words", "network")
    list_filter = (WhatFilter,)
