"""What a person chooses when they challenge somebody, or when their party plays; checked once more by the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from games import timing
from games.rules.catalog import AnyRules, UnknownGame, all_newest, newest

DRAWN = ""
SEATS = [(DRAWN, _("Drawn")), ("0", _("First to move")), ("1", _("Second"))]
# Beside one person they fill the largest table that is not open to everyone.
MOST_PRACTICE = 7


def _clocks() -> list[tuple[str, Any]]:
    names = [(name, timing.control_name(control)) for name, control in timing.PRESETS.items()]
    return [(timing.NONE, _("No clock")), *names]


class _Chosen(forms.Form):
    """Game and clock. Games on the clock have their own time: for them the choice of a clock says nothing."""

    game = forms.ChoiceField(label=_("Game"))
    clock = forms.ChoiceField(label=_("Clock"), required=False, initial="5+0")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choose("game", [(rules.name, _(rules.title)) for rules in all_newest() if self.suits(rules)])
        self._choose("clock", _clocks())

    def suits(self, rules: AnyRules) -> bool:
        """Whether this game can be chosen here."""
        return rules.seats.stop - 1 >= 2

    def terms(self) -> dict[str, Any]:
        """Game and clock as the services take them; only after `is_valid()`."""
        game, clock = self.cleaned_data["game"], self.cleaned_data.get("clock") or timing.NONE
        return {"game": game, "clock": None if _ticks(game) else timing.PRESETS.get(clock)}

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


class NewChallenge(_Chosen):
    """A match for two."""

    rated = forms.BooleanField(label=_("Rated"), required=False)
    seat = forms.ChoiceField(label=_("Your seat"), choices=SEATS, required=False)

    def suits(self, rules: AnyRules) -> bool:
        """Games for two, and not those where people come and go."""
        return 2 in rules.seats and not rules.entered

    def choices(self) -> dict[str, Any]:
        """The arguments of `challenge_create`; only after `is_valid()`."""
        seat = self.cleaned_data.get("seat") or DRAWN
        return self.terms() | {
            "rated": self.cleaned_data["rated"],
            "seat": None if seat == DRAWN else int(seat),
        }


class PartyMatch(_Chosen):
    """A match of the party alone."""

    practice = forms.IntegerField(
        label=_("Practice opponents beside you"), min_value=0, max_value=MOST_PRACTICE, initial=0, required=False
    )

    def choices(self) -> dict[str, Any]:
        """The arguments of `party_play`; only after `is_valid()`."""
        return self.terms() | {"practice": self.cleaned_data.get("practice") or 0}


def _ticks(game: str) -> bool:
    try:
        return newest(game).hz > 0
    except UnknownGame:
        return False
