"""How games are offered, for admins: one page for each game, also before anybody has set anything."""

from __future__ import annotations

from typing import Any

import msgspec
from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from games.models import GameSetting
from games.offers import offers
from games.rules.catalog import AnyRules, UnknownGame, all_newest, newest


class GameSettingForm(forms.ModelForm):  # type: ignore[type-arg]
    """Values of options are checked against the rules, so that no match is offered that cannot be begun."""

    def clean_allowed(self) -> dict[str, list[Any]]:
        """`{"option": [value, …]}`, every value one that the game takes."""
        allowed: Any = self.cleaned_data["allowed"] or {}
        game = self.cleaned_data.get("game") or self.instance.game
        try:
            rules = newest(game)
        except UnknownGame:
            raise ValidationError(gettext("There is no such game here.")) from None
        if not isinstance(allowed, dict) or not all(isinstance(values, list) and values for values in allowed.values()):
            raise ValidationError(gettext('Write {"option": [value, value]}, with at least one value for each option.'))
        for name, values in allowed.items():
            _check(rules, name, values)
        return allowed


def _check(rules: AnyRules, name: str, values: list[Any]) -> None:
    known = rules.options.__struct_fields__
    if name not in known:
        told = {"option": name, "known": ", ".join(known) or "–"}
        raise ValidationError(gettext("This game has no option “%(option)s”; it has: %(known)s.") % told)
    for value in values:
        try:
            msgspec.convert({name: value}, rules.options, strict=True)
        except msgspec.ValidationError as error:
            raise ValidationError(str(error)) from None


@admin.register(GameSetting)
class GameSettingAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A switch for each game; it holds in all processes within two seconds."""

    form = GameSettingForm
    list_display = ("game", "playable", "rated", "practice", "most_live")
    ordering = ("game",)

    def get_readonly_fields(self, request: HttpRequest, obj: GameSetting | None = None) -> tuple[str, ...]:
        """Of which game it is stays."""
        return ("game",) if obj else ()

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A game is chosen from those that this process has and that have no row yet."""
        if db_field.name != "game":
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        taken = set(GameSetting.objects.values_list("game", flat=True))
        free = [rules for rules in all_newest() if rules.name not in taken]
        return forms.ChoiceField(label=_("game"), choices=[(rules.name, gettext(rules.title)) for rules in free])

    def save_model(self, request: HttpRequest, obj: GameSetting, form: Any, change: bool) -> None:
        """The admin sees it hold at once."""
        super().save_model(request, obj, form, change)
        offers.forget()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A game without limits is one whose switches are all on."""
        return False
