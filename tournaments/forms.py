"""What a person chooses when they create a tournament. Views make a form of it and hand its wish to `services`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from games import timing
from games.rules.catalog import newest
from tournaments import limits
from tournaments.formats.entries import Format
from tournaments.limits import Wish

FORMATS: dict[Format, Any] = {
    "arena": _("Arena: whoever is free is paired at once, as often as the time allows"),
    "swiss": _("Swiss: a few rounds, each against somebody with as many points"),
    "round_robin": _("Round robin: everyone meets everyone"),
}
assert set(FORMATS) == set(get_args(Format))
AT = "at"
"""The choice of a day and an hour."""
STARTS = {
    "5": _("in 5 minutes"),
    "10": _("in 10 minutes"),
    "30": _("in half an hour"),
    "60": _("in an hour"),
    AT: _("on a day of your choice"),
}
# Clocks by the day, and none, are not for one sitting.
CLOCKS = [name for name, control in timing.PRESETS.items() if control["kind"] != "correspondence"]


ORDER = (
    *("name", "game", "format", "minutes", "streaks", "rounds", "double", "clock", "clock_minutes", "clock_seconds"),
    *("start", "start_at", "rated", "accounts_only", "least_matches"),
)


class NewTournament(forms.Form):
    """Name, game, format and its length, clock, start, who may join."""

    name = forms.CharField(label=_("Name"), min_length=limits.SHORTEST_NAME, max_length=limits.LONGEST_NAME)
    game = forms.ChoiceField(label=_("Game"))
    format = forms.ChoiceField(label=_("Format"), choices=FORMATS.items(), widget=forms.RadioSelect, initial="arena")
    minutes = forms.IntegerField(
        label=_("Minutes"),
        min_value=limits.MINUTES.start,
        max_value=limits.MINUTES.stop - 1,
        initial=45,
        required=False,
    )
    streaks = forms.BooleanField(label=_("After two wins running points count twice"), initial=True, required=False)
    rounds = forms.IntegerField(
        label=_("Rounds"), min_value=limits.ROUNDS.start, max_value=limits.ROUNDS.stop - 1, initial=7, required=False
    )
    double = forms.BooleanField(label=_("Everyone meets everyone twice"), required=False)
    start = forms.ChoiceField(label=_("Starts"), choices=STARTS.items(), initial="10")
    start_at = forms.DateTimeField(
        label=_("Day and hour"),
        required=False,
        input_formats=["%Y-%m-%dT%H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    # How many minutes the person's clock is behind UTC, written by the page's script; without it hours are UTC.
    offset = forms.IntegerField(
        min_value=-15 * 60, max_value=15 * 60, initial=0, required=False, widget=forms.HiddenInput
    )
    rated = forms.BooleanField(label=_("Matches are rated"), required=False)
    accounts_only = forms.BooleanField(label=_("For accounts only"), required=False)
    least_matches = forms.IntegerField(
        label=_("Rated matches needed to join"), min_value=0, max_value=limits.MOST_MATCHES, initial=0, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        game = self.fields["game"]
        assert isinstance(game, forms.ChoiceField)
        game.choices = [(rules.name, gettext(rules.title)) for rules in limits.playable()]
        self.fields |= self._clock_fields()
        self.order_fields(ORDER)

    def _clock_fields(self) -> dict[str, forms.Field]:
        made = timing.fields()
        clock = made["clock"]
        assert isinstance(clock, forms.ChoiceField)
        clock.choices = [one for one in clock.choices if one[0] in (*CLOCKS, timing.CUSTOM)]  # type: ignore[misc, index, union-attr]
        clock.initial = CLOCKS[0]
        return made

    def clean(self) -> dict[str, Any]:
        """What belongs together must be whole."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("clock") == timing.CUSTOM and not cleaned.get("clock_minutes"):
            self.add_error("clock_minutes", _("Say how many minutes each player has."))
        if cleaned.get("start") == AT and not cleaned.get("start_at") and "start_at" not in self.errors:
            self.add_error("start_at", _("Say on which day and at what hour it starts."))
        return cleaned

    def wish(self) -> Wish:
        """The tournament that is wanted; only after `is_valid()`."""
        chosen = self.cleaned_data
        return Wish(
            name=chosen["name"],
            format=chosen["format"],
            game=chosen["game"],
            clock=None if newest(chosen["game"]).hz else timing.chosen(chosen),
            rated=chosen["rated"],
            start_at=self._start(),
            minutes=chosen["minutes"] or 0,
            rounds=chosen["rounds"] or 0,
            double=chosen["double"],
            streaks=chosen["streaks"],
            accounts_only=chosen["accounts_only"],
            least_matches=chosen["least_matches"] or 0,
        )

    def _start(self) -> datetime:
        if self.cleaned_data["start"] != AT:
            return timezone.now() + timedelta(minutes=int(self.cleaned_data["start"]))
        local: datetime = self.cleaned_data["start_at"]
        return local.astimezone(UTC) + timedelta(minutes=self.cleaned_data["offset"] or 0)
