"""The admin as a house: its first page is the dashboard, its sections are named by what one comes for.

Django's `admin.site` is an instance of it (`apps.HouseAdminConfig`). It holds no rules of who may do what: those are
permissions, which `groups.py` gives to groups.
"""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from moderation.recording import Recorded

# By what one comes for; a model that stands nowhere is listed under its app.
SECTIONS: tuple[tuple[str, Promise | str, tuple[str, ...]], ...] = (
    ("now", _("Now"), ("games.Match", "moderation.Report", "tournaments.Tournament", "moderation.Announcement")),
    (
        "people",
        _("People"),
        ("players.Player", "players.Rating", "players.Ban", "moderation.Note", "moderation.Notice"),
    ),
    ("house", _("House rules"), ("games.GameSetting", "moderation.Macro", "moderation.Act")),
    (
        "records",
        _("Records"),
        ("games.Seat", "games.Entry", "games.ChatLine", "tournaments.Pairing", "tournaments.Entry"),
    ),
    ("machines", _("Machines"), ("games.Host", "games.Lease", "games.Command", "games.Snapshot")),
    ("rights", _("Rights and keys"), ("auth.Group", "players.Key", "players.Ticket")),
)
_PLACES = {
    label: (at, place) for at, (_slug, _name, labels) in enumerate(SECTIONS) for place, label in enumerate(labels)
}


class HouseSite(AdminSite):
    """Where those who keep order work."""

    site_header = site_title = _("Madang for admins")
    index_title = _("Dashboard")
    enable_nav_sidebar = True

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        # Nothing of ours is deleted by the dozen; and it is the one act that Django logs without telling.
        self.disable_action("delete_selected")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """With the house rules in front, as Django puts `options` there."""
        base = admin_class or Recorded
        if not issubclass(base, Recorded):
            base = type(base.__name__, (Recorded, base), {"__module__": base.__module__, "__doc__": base.__doc__})
        super().register(model_or_iterable, base, **options)

    def get_urls(self) -> list[URLResolver | URLPattern]:
        """Django's, and the dashboard's figures for a page that stays open."""
        own: list[URLResolver | URLPattern] = [path("figures/", self.admin_view(self.figures), name="figures")]
        return own + super().get_urls()

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """The dashboard."""
        return super().index(request, (extra_context or {}) | {"board": _board(request), "subtitle": None})

    def figures(self, request: HttpRequest) -> HttpResponse:
        """The dashboard's middle, for the page to put in place of its own."""
        return render(request, "admin/figures.html", {"board": _board(request)})

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Sections instead of apps; of one app alone as Django has it."""
        apps = super().get_app_list(request, app_label)
        if app_label is not None:
            return apps
        sections: list[dict[str, Any]] = [
            {"app_label": slug, "name": name, "app_url": "", "has_module_perms": True, "models": []}
            for slug, name, _labels in SECTIONS
        ]
        others = []
        for app in apps:
            for one in app["models"]:
                place = _PLACES.get(one["model"]._meta.label)
                if place is not None:
                    sections[place[0]]["models"].append(one)
            rest = [one for one in app["models"] if one["model"]._meta.label not in _PLACES]
            others += [app | {"models": rest}] if rest else []
        for section in sections:
            section["models"].sort(key=lambda one: _PLACES[one["model"]._meta.label])
        return [section for section in sections if section["models"]] + others


def _board(request: HttpRequest) -> dict[str, Any]:
    from moderation import dashboard  # the site is made before the models that it reads

    return dashboard.board(request.GET.get("span", "hour"))
