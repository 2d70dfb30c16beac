"""Every HTTP address of the server: pages and API from `games`, the admin from Django. Probes are in `health.py`."""

from django.contrib import admin
from django.urls import include, path
from django.utils.translation import gettext_lazy as _

from games import api
from moderation.api import router as reports

admin.site.site_header = admin.site.site_title = _("Madang for admins")
admin.site.index_title = _("What there is")

urlpatterns = [
    path("api/", api.urls(reports)),
    path("", include("games.urls")),
    path("", include("tournaments.urls")),
    path("", include("moderation.urls")),
    path("admin/", admin.site.urls),
]
