"""Answering a report: what happens to the reported player, what both are told, and that it is done. One transaction.

Called by the queue of the admin. Macro answers are nothing but these, prepared.
"""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext as _

from moderation import acts, keeping
from moderation.models import Macro, Notice, Report
from moderation.models.report import Outcome
from moderation.services import report_resolve
from players.errors import ServiceError
from players.models import Player


@transaction.atomic
def report_answer(*, report: Report, macro: Macro, note: str, request: HttpRequest) -> None:
    """Do what `macro` says. Raises ServiceError: already_answered, and what the deed itself refuses."""
    by = keeping.who(request)
    outcome = Outcome.NOTHING if macro.action == Macro.Action.DISMISS else Outcome.ACTED
    # First, since it also decides between two who answer at once.
    if not report_resolve(report=report, by=by, outcome=outcome):
        raise ServiceError("already_answered", _("Somebody else has just answered this report."))
    if report.about is not None:
        _do(macro, report.about, request)
        if note.strip():
            keeping.note(player=report.about, text=note, request=request)
    _tell_reporter(report, outcome, by)
    acts.record(by=by, what="answer", about=report, words=macro.title, after={"action": macro.action}, request=request)


def words_of(macro: Macro, player: Player) -> str:
    """What the player is told, in the language in which they read."""
    return macro.text_ko if player.language == "ko" and macro.text_ko else macro.text_en


def _do(macro: Macro, player: Player, request: HttpRequest) -> None:
    words = words_of(macro, player)
    match macro.action:
        case Macro.Action.WARN:
            keeping.warn(player=player, words=words, request=request)
        case Macro.Action.MUTE:
            assert macro.hours is not None  # a constraint
            keeping.mute(player=player, hours=macro.hours, words=words, request=request)
        case Macro.Action.BAN:
            keeping.ban(player=player, reason=macro.reason, hours=macro.hours, words=words, request=request)
        case _:
            return


def _tell_reporter(report: Report, outcome: Outcome, by: Player) -> None:
    """Once, on their next page; what exactly was done is nobody else's."""
    if report.reporter is None:
        return
    with translation.override(report.reporter.language or None):
        name = report.about.name if report.about is not None else _("a player who has left")
        if outcome == Outcome.ACTED:
            text = _("Your report about %(name)s was right, and we have acted on it. Thank you.")
        else:
            text = _("We have looked at your report about %(name)s and found nothing against the rules.")
        keeping.notice_create(player=report.reporter, kind=Notice.Kind.OUTCOME, text=text % {"name": name}, by=by)
