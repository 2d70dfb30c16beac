"""Calling off live matches from the admin, with a reason: as a wish to the owner of each, like everything else.

A part of `MatchAdmin`. It changes no match itself: only the owner does, by an entry, and it answers.
"""

from __future__ import annotations

import asyncio
from typing import Any

from asgiref.sync import async_to_sync
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from games import commands
from games.models import Command, Match, Status
from players.models import Player

# As many as an admin has looked at; each waits up to 3 s for its owner, all at the same time.
AT_ONCE = 20
# The slug of it in the record; the words are the admin's own.
TOLD = "organiser"


class WithReason(ActionForm):
    """Beside the choice of an action."""

    reason = forms.CharField(label=_("Reason:"), max_length=200, required=False, strip=True)


class CallsOff(admin.ModelAdmin):  # type: ignore[type-arg]
    """`actions` of whoever inherits must name `call_off`."""

    action_form = WithReason

    @admin.action(description=_("Call off: players are told, the record is kept"), permissions=["call_off"])
    def call_off(self, request: HttpRequest, chosen: QuerySet[Match]) -> None:
        """Ask the owner of each match that is not decided yet; say what came of it, and keep who did it and why."""
        reason = request.POST.get("reason", "").strip()[:200]
        matches = list(chosen[: AT_ONCE + 1])
        if not reason:
            self.message_user(request, gettext("Write a reason first: the players are told."), messages.ERROR)
            return
        if len(matches) > AT_ONCE:
            self.message_user(request, gettext("Choose fewer: 20 matches at a time."), messages.ERROR)
            return
        under_way = [match for match in matches if match.status in (Status.WAITING, Status.LIVE)]
        for match in under_way:  # written down first: what nobody knows of must not happen
            self.log_change(request, match, gettext("Called off: %(reason)s") % {"reason": reason})
        answers = async_to_sync(_ask_all)(under_way, request.user, reason)
        for match, answer in zip(under_way, answers, strict=True):
            self._tell(request, match, answer)
        if len(under_way) < len(matches):
            self.message_user(request, gettext("Matches that are over stay as they are."), messages.WARNING)

    def has_call_off_permission(self, request: HttpRequest) -> bool:
        """A right of its own; of a match nothing is changed by hand."""
        return request.user.has_perm("moderation.call_off_match")

    def _tell(self, request: HttpRequest, match: Match, answer: dict[str, Any] | None) -> None:
        if answer is None:
            text = gettext("Its process has not answered yet; the match is called off as soon as it does.")
            level = messages.WARNING
        elif answer["ok"]:
            text, level = gettext("Called off."), messages.SUCCESS
        else:
            text, level = gettext(answer["why"]), messages.WARNING
        told = {"match": match.public_id, "told": text}
        self.message_user(request, gettext("Match %(match)s: %(told)s") % told, level)


async def _ask_all(matches: list[Match], by: Any, reason: str) -> list[dict[str, Any] | None]:
    assert isinstance(by, Player)
    body = {"why": TOLD, "words": reason}
    asked = (commands.execute(match=match, kind=Command.Wish.ABORT, by=by, body=body) for match in matches)
    return list(await asyncio.gather(*asked))
