"""Writes what keeps order. Called by views, the API and the admin; each call is one transaction."""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from games.models import Match
from moderation import logs
from moderation.models import Report
from moderation.models.report import Outcome, Reason, State
from players.errors import ServiceError
from players.models import Player
from players.throttle import Throttle

LONGEST_TEXT = 1000
# What one person reports on a bad evening; more is a campaign, and moderators would read nothing else.
MOST_OPEN = 20

# Of one player: everybody at a table of cheats at once, then one in two minutes.
_reports = Throttle(burst=6, per_minute=0.5)


@transaction.atomic
def report_create(
    *,
    reporter: Player,
    about: Player,
    reason: str,
    match: Match | None = None,
    text: str = "",
    line: str | None = None,
) -> Report:
    """`reporter` says that something is wrong with `about`, with the log of this moment attached.

    `line`: words of `about` that are meant. Who has an open report about the same person at the same match is given
    that one. Raises ServiceError: yourself, bad_reason, too_long, too_many_reports, rate_limited.
    """
    _check(reporter, about, reason, text)
    # The lock makes two clicks at once count one after the other.
    Player.objects.select_for_update(no_key=True).get(pk=reporter.pk)
    waiting = Report.objects.filter(reporter=reporter, state=State.OPEN)
    before = waiting.filter(about=about, match=match).first()
    if before is not None:
        return before
    if waiting.count() >= MOST_OPEN:
        why = _("%(count)d of your reports have not been looked at yet; give the moderators time.")
        raise ServiceError("too_many_reports", why % {"count": MOST_OPEN})
    if wait_s := _reports.wait_s(str(reporter.pk)):
        why = _("You are reporting very often; try again in %(seconds)d seconds.") % {"seconds": wait_s}
        raise ServiceError("rate_limited", why, retry_s=wait_s)
    log = logs.log_of(about=about, match=match, line=line)
    return Report.objects.create(reporter=reporter, about=about, match=match, reason=reason, text=text, log=log)


@transaction.atomic
def report_resolve(*, report: Report, by: Player, outcome: str, answer: str = "") -> bool:
    """`by` has looked at it; who reported is told `outcome` and `answer`. False: somebody else had before."""
    if outcome not in Outcome.values:
        raise ServiceError("bad_outcome", _("There is no such outcome; choose one of the list."))
    changed = Report.objects.filter(pk=report.pk, state=State.OPEN).update(
        state=State.RESOLVED, outcome=outcome, answer=answer, resolved_by=by, resolved_at=Now()
    )
    report.refresh_from_db()
    return bool(changed)


def _check(reporter: Player, about: Player, reason: str, text: str) -> None:
    if reporter.pk == about.pk:
        raise ServiceError("yourself", _("That is you; choose somebody else."))
    if reason not in Reason.values:
        raise ServiceError("bad_reason", _("There is no such reason; choose one of the list."))
    if len(text) > LONGEST_TEXT or "\x00" in text:
        why = _("Say it in at most %(count)d characters.") % {"count": LONGEST_TEXT}
        raise ServiceError("too_long", why)
