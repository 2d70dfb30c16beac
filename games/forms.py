"""What a person may choose when they start a match; the options of a game become fields by their types.

Views make a form of it and hand its choices to `services.match_create`, which validates them once more against the
rules.
"""

from __future__ import annotations

from typing import Any

import msgspec
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from msgspec import inspect

from games import timing
from games.host.entries import SEED_BYTES
from games.offers import WITHOUT_LIMITS, Offer
from games.rules.base import Env
from games.rules.catalog import AnyRules
from games.services import CROWD

OPTION = "option_"
DRAWN = ""
"""The choice of seat that leaves it to chance."""

OPPONENTS = {
    "open": _("Anyone: the seat is listed on the first page"),
    "link": _("A friend: only who has the link finds it"),
    "practice": _("A practice opponent: it plays at random, at once"),
}
SEVERAL = _("Practice opponents in all other seats: they play at random, at once")
COMPANY = _("A few practice opponents, at once; others may join at any time")


class NewMatch(forms.Form):
    """Opponent, own seat, and a field for each of the game's options."""

    opponent = forms.ChoiceField(
        label=_("Against"), choices=list(OPPONENTS.items()), widget=forms.RadioSelect, initial="open"
    )
    seat = forms.ChoiceField(label=_("Your seat"), widget=forms.RadioSelect, required=False, initial=DRAWN)

    def __init__(self, rules: AnyRules, *args: Any, offer: Offer = WITHOUT_LIMITS, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._rules = rules
        self._choices_of("opponent", _opponents(rules))
        if rules.entered:
            self.fields["opponent"].initial = "practice"  # nobody waits for a second player where all may come later
        if len(rules.seats) > 1:
            self.fields["seats"] = _seats(rules)
        if _seats_differ(rules):
            names = [(str(one), seat_name(one)) for one in range(rules.seats.stop - 1)]
            self._choices_of("seat", [(DRAWN, _("Drawn")), *names])
        else:
            del self.fields["seat"]
        for field in _option_fields(rules):
            self.fields[OPTION + field.name] = _field(field)
        if not rules.hz:
            self.fields |= timing.fields()
        if not rules.entered and rules.seats.stop > 2:
            self.fields["rated"] = forms.BooleanField(
                label=_("Rated"), help_text=_("It counts for the ratings of all who play."), required=False
            )

        self._offer(offer)

    def _offer(self, offer: Offer) -> None:
        """What the house does not offer cannot be chosen; whoever sends it all the same is refused by the service."""
        if not offer.practice:
            self._choices_of("opponent", [one for one in _opponents(self._rules) if one[0] != "practice"])
            self.fields["opponent"].initial = "open"
        if not offer.rated:
            self.fields.pop("rated", None)
        for name, values in offer.allowed.items():
            field, allowed = self.fields.get(OPTION + name), {str(one) for one in values}
            if isinstance(field, forms.ChoiceField):
                choices: Any = field.choices
                field.choices = [one for one in choices if str(one[0]) in allowed]

    def _choices_of(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        """Who wants a clock of their own must say how long it runs."""
        cleaned = super().clean() or self.cleaned_data
        silent = not cleaned.get("clock_minutes") and "clock_minutes" not in self.errors
        if cleaned.get("clock") == timing.CUSTOM and silent:
            self.add_error("clock_minutes", _("Say how many minutes each player has."))
        return cleaned

    def choices(self) -> dict[str, Any]:
        """The arguments of `match_create`; only after `is_valid()`."""
        chosen = self.cleaned_data
        opponent = chosen["opponent"]
        return {
            "options": {
                name.removeprefix(OPTION): value
                for name, value in chosen.items()
                if name.startswith(OPTION) and value not in (None, "")
            },
            "seat": int(chosen["seat"]) if chosen.get("seat", DRAWN) != DRAWN else None,
            "listed": opponent != "link",
            "opponent": "practice" if opponent == "practice" else "person",
            "seats": chosen.get("seats"),
            "clock": (clock := timing.chosen(chosen)),
            # The box is not shown where it could mean nothing, and may be ticked there yet.
            "rated": bool(chosen.get("rated")) and opponent != "practice" and (clock is not None or self._rules.hz > 0),
        }


def _opponents(rules: AnyRules) -> list[tuple[str, Any]]:
    """With whom; where there are more than two, practice opponents are several."""
    practice = COMPANY if rules.entered else SEVERAL if rules.seats.stop - 1 > 2 else OPPONENTS["practice"]
    return list((OPPONENTS | {"practice": practice}).items())


def _seats(rules: AnyRules) -> forms.IntegerField:
    fewest, most = rules.seats.start, rules.seats.stop - 1
    label = _("Players at most") if rules.entered else _("Players")
    initial = min(CROWD, most) if rules.entered else fewest
    return forms.IntegerField(label=label, min_value=fewest, max_value=most, initial=initial, required=False)


def _seats_differ(rules: AnyRules) -> bool:
    """Whether it matters where one sits: one moves first. Where all begin at once no seat is better than another."""
    if rules.hz or rules.entered:
        return False
    state = rules.setup(rules.options(), rules.seats.start, Env(seed=bytes(SEED_BYTES), n=0, ms=0))
    return len(rules.turns(state)) == 1


def seat_name(seat: int) -> str:
    """What people call a seat: by the order of moving."""
    match seat:
        case 0:
            return gettext("First to move")
        case 1:
            return gettext("Second")
        case _:
            return gettext("Seat %(number)d") % {"number": seat + 1}


def option_words(rules: AnyRules) -> list[str]:
    """All that the form says about the game's options, untranslated: for the catalogues of words."""
    words: list[str] = []
    for field in _option_fields(rules):
        kind, told = _bare(field.type)
        words += [told.get("title") or _as_words(field.name), told.get("description", "")]
        if isinstance(kind, inspect.LiteralType):
            words += [_as_words(str(one)) for one in kind.values if isinstance(one, str)]
    return [one for one in words if one]


def _as_words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _option_fields(rules: AnyRules) -> tuple[inspect.Field, ...]:
    """The options that people can be asked for; any other keeps its default."""
    kind = inspect.type_info(rules.options)
    assert isinstance(kind, inspect.StructType), "options are a msgspec.Struct"
    return tuple(field for field in kind.fields if _bare(field.type)[0].__class__ in _MAKERS)


def _bare(kind: inspect.Type) -> tuple[inspect.Type, dict[str, Any]]:
    """The type without its `Meta`, and what its `Meta` tells people."""
    if isinstance(kind, inspect.Metadata):
        return kind.type, dict(kind.extra_json_schema or {})
    return kind, {}


def _field(field: inspect.Field) -> forms.Field:
    kind, told = _bare(field.type)
    label = gettext(told.get("title") or _as_words(field.name))
    shown = {"label": label, "help_text": gettext(told["description"]) if told.get("description") else ""}
    initial = None if field.default is msgspec.NODEFAULT else field.default
    made: forms.Field = _MAKERS[kind.__class__](kind, required=False, initial=initial, **shown)
    return made


def _integer(kind: inspect.IntType, **shown: Any) -> forms.Field:
    lowest = kind.ge if kind.ge is not None else None if kind.gt is None else kind.gt + 1
    highest = kind.le if kind.le is not None else None if kind.lt is None else kind.lt - 1
    return forms.IntegerField(min_value=lowest, max_value=highest, **shown)


def _text(kind: inspect.StrType, **shown: Any) -> forms.Field:
    return forms.CharField(min_length=kind.min_length, max_length=kind.max_length, **shown)


def _yes_or_no(kind: inspect.BoolType, **shown: Any) -> forms.Field:
    return forms.BooleanField(**shown)


def _choice(kind: inspect.LiteralType, **shown: Any) -> forms.Field:
    """One of a list; numbers stay numbers."""
    values: dict[str, Any] = {str(one): one for one in kind.values}
    choices = [(text, gettext(_as_words(text))) for text in values]
    return forms.TypedChoiceField(choices=choices, coerce=values.__getitem__, empty_value=None, **shown)


_MAKERS: dict[type, Any] = {
    inspect.IntType: _integer,
    inspect.StrType: _text,
    inspect.BoolType: _yes_or_no,
    inspect.LiteralType: _choice,
}
