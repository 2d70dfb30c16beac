"""Time controls as people choose and read them: the presets of the form, and a control in words.

`forms.py` and the pages use it; what a control means is told in `games/host/clock.py`.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

SECOND_MS, MINUTE_MS, DAY_MS = 1000, 60_000, 24 * 3600 * 1000

NONE, CUSTOM = "", "custom"

# What most people play by: two quick ones, an unhurried one, one for each answer, two for those who live far apart.
PRESETS: dict[str, dict[str, Any]] = {
    "3+2": {"kind": "fischer", "base_ms": 3 * MINUTE_MS, "extra_ms": 2 * SECOND_MS},
    "5+0": {"kind": "fischer", "base_ms": 5 * MINUTE_MS, "extra_ms": 0},
    "10+5": {"kind": "fischer", "base_ms": 10 * MINUTE_MS, "extra_ms": 5 * SECOND_MS},
    "move-30": {"kind": "move", "base_ms": 30 * SECOND_MS, "extra_ms": 0},
    "days-1": {"kind": "correspondence", "base_ms": DAY_MS, "extra_ms": 0},
    "days-3": {"kind": "correspondence", "base_ms": 3 * DAY_MS, "extra_ms": 0},
}

# The pools of ratings of turn-based games, by how long a player's forty moves take at most, as lichess sorts them.
POOLS = {
    "bullet": _("Bullet"),
    "blitz": _("Blitz"),
    "rapid": _("Rapid"),
    "classical": _("Classical"),
    "correspondence": _("Correspondence"),
    "live": _("Live"),
}
"""What people call each pool; "live" is that of games on the clock, which have no time control."""
_MOVES = 40
_LONGEST_MS = {"bullet": 3 * MINUTE_MS, "blitz": 8 * MINUTE_MS, "rapid": 25 * MINUTE_MS}


def pool_of(*, hz: int, clock: dict[str, Any] | None) -> str:
    """The pool in which a match with this time control is rated; empty: without a clock nobody can be made to move,
    so such a match is never rated."""
    if hz:
        return "live"
    if clock is None:
        return ""
    if clock["kind"] == "correspondence":
        return "correspondence"
    each_ms = clock["base_ms"] if clock["kind"] == "move" else clock["extra_ms"]
    once_ms = 0 if clock["kind"] == "move" else clock["base_ms"]
    whole_ms = once_ms + _MOVES * each_ms
    return next((pool for pool, longest_ms in _LONGEST_MS.items() if whole_ms < longest_ms), "classical")


def fields() -> dict[str, forms.Field]:
    """The choice, and minutes and seconds for who chooses their own."""
    names = [(name, control_name(control)) for name, control in PRESETS.items()]
    choices = [(NONE, _("No clock")), *names, (CUSTOM, _("Your own"))]
    return {
        "clock": forms.ChoiceField(
            label=_("Clock"),
            help_text=_("3+2: three minutes for each player, and two seconds more for each move."),
            choices=choices,
            widget=forms.RadioSelect,
            required=False,
            initial=NONE,
        ),
        "clock_minutes": forms.IntegerField(
            label=_("Minutes for each player"), min_value=1, max_value=180, initial=15, required=False
        ),
        "clock_seconds": forms.IntegerField(
            label=_("Seconds more for each move"), min_value=0, max_value=180, initial=10, required=False
        ),
    }


def chosen(cleaned: dict[str, Any]) -> dict[str, Any] | None:
    """The control that a valid form asks for; None: nobody's time is measured."""
    name = cleaned.get("clock") or NONE
    if name != CUSTOM:
        return PRESETS.get(name)
    minutes, seconds = cleaned["clock_minutes"], cleaned["clock_seconds"]
    return {"kind": "fischer", "base_ms": minutes * MINUTE_MS, "extra_ms": (seconds or 0) * SECOND_MS}


def control_name(clock: dict[str, Any] | None) -> str:
    """A control in a few words, as players call it: "3+2"; empty without one."""
    if clock is None:
        return ""
    base_ms, extra = clock["base_ms"], _amount(clock["extra_ms"], SECOND_MS)
    match clock["kind"]:
        case "move":
            words = ngettext("%(seconds)s second a move", "%(seconds)s seconds a move", base_ms // SECOND_MS)
            return words % {"seconds": _amount(base_ms, SECOND_MS)}
        case "correspondence" if base_ms < DAY_MS:
            hours = base_ms // (3600 * SECOND_MS)
            return ngettext("%(hours)d hour a move", "%(hours)d hours a move", hours) % {"hours": hours}
        case "correspondence":
            days = base_ms // DAY_MS
            return ngettext("%(days)d day a move", "%(days)d days a move", days) % {"days": days}
        case "delay":
            return gettext("%(base)s, delay %(extra)s s") % {"base": _minutes(base_ms), "extra": extra}
        case "bronstein":
            return gettext("%(base)s, Bronstein %(extra)s s") % {"base": _minutes(base_ms), "extra": extra}
        case _:
            return f"{_amount(base_ms, MINUTE_MS)}+{extra}"


def _minutes(ms: int) -> str:
    return gettext("%(minutes)s min") % {"minutes": _amount(ms, MINUTE_MS)}


def _amount(ms: int, unit_ms: int) -> str:
    """A whole number where it is one, else with at most two digits after the point."""
    return f"{ms / unit_ms:.2f}".rstrip("0").rstrip(".")
