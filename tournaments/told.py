"""Tournaments in words: their formats, their rules, how they stand. For pages; all in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from games.rules.catalog import UnknownGame, newest
from games.timing import control_name
from tournaments.formats import arena
from tournaments.formats.due import BREAK_MS, rounds_of
from tournaments.formats.fold import ABSENT_AT_MOST, Fold
from tournaments.models import Format, Tournament
from tournaments.results import FIRST_MOVE


def title_of(tournament: Tournament) -> str:
    """What the game is called."""
    try:
        return _(newest(tournament.game).title)
    except UnknownGame:
        return tournament.game


def length_of(tournament: Tournament) -> str:
    """How long it is, as far as that is known before it begins."""
    match tournament.format:
        case Format.ARENA:
            words = ngettext("%(minutes)d minute", "%(minutes)d minutes", tournament.minutes)
            return words % {"minutes": tournament.minutes}
        case Format.SWISS:
            return ngettext("%(rounds)d round", "%(rounds)d rounds", tournament.rounds) % {"rounds": tournament.rounds}
        case _:
            return _("everyone meets everyone twice") if tournament.double else _("everyone meets everyone")


def line_of(tournament: Tournament) -> str:
    """Game, clock, format and length in one line."""
    rated = _("rated") if tournament.rated else ""
    parts = (
        title_of(tournament),
        control_name(tournament.clock),
        Format(tournament.format).label,
        length_of(tournament),
    )
    return " · ".join(str(part) for part in (*parts, rated) if part)


def rules_of(tournament: Tournament) -> list[str]:
    """The rules, a sentence or two each."""
    match tournament.format:
        case Format.ARENA:
            own = _arena(tournament)
        case Format.SWISS:
            own = _swiss()
        case _:
            own = _round_robin()
    return [*own, *_all(tournament)]


def round_of(fold: Fold) -> str:
    """Which round it is; empty in an arena."""
    if fold.status != "running" or not fold.rounds:
        return ""
    return _("Round %(round)d of %(rounds)d") % {"round": len(fold.rounds), "rounds": rounds_of(fold)}


def tie_name(name: str) -> str:
    """What people call a tie-break."""
    return {
        "wins": _("Wins"),
        "buchholz": _("Buchholz"),
        "sonneborn": _("Sonneborn-Berger"),
        "direct": _("Direct"),
    }[name]


def _arena(tournament: Tournament) -> list[str]:
    points = _("A win is 2 points, a draw 1. Whoever has most when the time is over has won.")
    streak = _("After two wins running all your points count twice, until you do not win.")
    closed = {"seconds": arena.CLOSED_MS // 1000}
    return [
        _("Whoever is free is paired at once with somebody near in points. Play as many matches as you can."),
        f"{points} {streak}" if tournament.streaks else points,
        _("Only who has this page open is paired; come back to it after each match. You may join, leave and return."),
        _(
            "Nobody is paired in the last %(seconds)d seconds, and what is still played when the time is over does not "
            "count. With equal points more wins decide, then who had the points first."
        )
        % closed,
    ]


def _swiss() -> list[str]:
    return [
        _("In each round you meet somebody with as many points as you, and nobody twice. Nobody drops out."),
        _("A win is 1 point, a draw ½. Where the number is odd, one of the lowest has a free round, worth 1 point."),
        _(
            "With equal points these decide, in this order: the points of all your opponents (Buchholz), those of the "
            "opponents you beat (Sonneborn-Berger), your matches against each other, more wins."
        ),
        _next_round(),
    ]


def _round_robin() -> list[str]:
    return [
        _("Everyone meets everyone, round by round. A win is 1 point, a draw ½."),
        _(
            "With equal points these decide, in this order: your matches against each other, more wins, the points of "
            "the opponents you beat (Sonneborn-Berger)."
        ),
        _("Who leaves gives the points of the matches that are left to their opponents."),
        _next_round(),
    ]


def _next_round() -> str:
    words = _("The next round begins %(seconds)d seconds after the last match of a round. Joining ends with the start.")
    return words % {"seconds": BREAK_MS // 1000}


def _all(tournament: Tournament) -> list[str]:
    told = []
    if newest_has_turns(tournament):
        told.append(
            _(
                "Make your first move within %(seconds)d seconds, or the match is lost; whoever does not come to "
                "%(matches)d matches running is withdrawn. Who calls a match off has lost it."
            )
            % {"seconds": round(FIRST_MOVE.total_seconds()), "matches": ABSENT_AT_MOST}
        )
    if tournament.least_matches:
        told.append(
            _("To join you need an account with %(least)d rated matches of this game at this speed.")
            % {"least": tournament.least_matches}
        )
    elif tournament.accounts_only:
        told.append(_("To join you need an account."))
    return told


def newest_has_turns(tournament: Tournament) -> bool:
    """Whether somebody can be waited for."""
    try:
        return newest(tournament.game).hz == 0
    except UnknownGame:
        return True
