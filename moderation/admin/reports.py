"""The queue of reports: the one that waits longest first, with all that is needed to judge it, answered by one click.

The deeds are `answering.py`'s; here nothing is decided.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from games.admin.base import ReadOnlyAdmin
from moderation.answering import report_answer
from moderation.models import Macro, Report
from moderation.models.report import State
from moderation.selectors import file_of, report_after, standing_of
from players.errors import ServiceError
from players.search import players_found


class StateFilter(admin.SimpleListFilter):
    """Open ones unless all are asked for."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Besides the open ones."""
        return [("all", gettext("all"))]

    def choices(self, changelist: Any) -> Any:
        """The default is called by its name."""
        yield {
            "selected": self.value() is None,
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
            "display": gettext("open"),
        }
        yield {
            "selected": self.value() == "all",
            "query_string": changelist.get_query_string({self.parameter_name: "all"}),
            "display": gettext("all"),
        }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The partial index of open reports has them in order."""
        return queryset if self.value() == "all" else queryset.filter(state=State.OPEN)


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin):
    """What players said about each other."""

    change_form_template = "admin/moderation/report/judge.html"
    change_list_template = "admin/moderation/report/queue.html"
    list_display = ("created_at", "reason", "about", "reporter", "match", "state", "outcome")
    list_filter = (StateFilter,)
    list_select_related = ("about", "reporter", "match")
    search_fields = ("about",)  # so that there is a box; what is typed goes to `get_search_results`
    search_help_text = _("Whom it is about: the beginning of a name, an id, a sign-in name, an address")
    exclude = ("log",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Report], search_term: str
    ) -> tuple[QuerySet[Report], bool]:
        """First the players, then what was said about them."""
        if not search_term:
            return queryset, False
        return queryset.filter(about__in=players_found(search_term)), False

    def get_urls(self) -> list[URLPattern]:
        """Django's, the next that waits, and the answer to one."""
        view = self.admin_site.admin_view
        own = [
            path("next/", view(self.next_one), name="moderation_report_next"),
            path("<int:pk>/answer/", view(self.answer), name="moderation_report_answer"),
        ]
        return own + super().get_urls()

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The report with its log, whom it is about, and how the reporter's others fared."""
        report = self.get_object(request, object_id)
        if report is None:
            return super().change_view(request, object_id, form_url, extra_context)
        shown = {
            "report": report,
            "file": None if report.about is None else file_of(report.about),
            "standing": standing_of(report.reporter),
            "macros": Macro.objects.all() if self._may_answer(request) and report.state == State.OPEN else (),
            "moment": _moment(report),
        }
        return super().change_view(request, object_id, form_url, (extra_context or {}) | shown)

    def next_one(self, request: HttpRequest) -> HttpResponseBase:
        """The report that has waited longest."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return _go_on(request, None)

    def answer(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """By a macro; then the next one is shown."""
        if not self._may_answer(request):
            raise PermissionDenied
        report = Report.objects.select_related("about", "reporter").filter(pk=pk).first()
        chosen = request.POST.get("macro", "")
        macro = Macro.objects.filter(pk=int(chosen)).first() if chosen.isdecimal() and len(chosen) < 10 else None
        if request.method != "POST" or report is None or macro is None:
            raise Http404
        try:
            report_answer(report=report, macro=macro, note=request.POST.get("note", ""), request=request)
        except ServiceError as refused:
            self.message_user(request, refused.why, messages.ERROR)
            return redirect("admin:moderation_report_change", pk)
        self.message_user(request, gettext("Answered: %(macro)s.") % {"macro": macro.title})
        return _go_on(request, report)

    def _may_answer(self, request: HttpRequest) -> bool:
        return request.user.has_perm("moderation.answer_report")


def _go_on(request: HttpRequest, report: Report | None) -> HttpResponse:
    following = report_after(report)
    if following is None:
        messages.info(request, gettext("No report waits."))
        return redirect("admin:moderation_report_changelist")
    return redirect("admin:moderation_report_change", following.pk)


def _moment(report: Report) -> str:
    """The address of the board as it stood when the report was made."""
    if report.match_id is None:
        return ""
    n = report.log.get("match", {}).get("n", "")
    return f"{reverse('admin:games_match_change', args=[report.match_id])}?n={n}"
