"""Every HTTP address of the server: pages and API from `games`, the admin from Django. Probes are in `health.py`."""

from django.contrib import admin
from django.urls import include, path

from games import api

urlpatterns = [
    path("api/", api.urls),
    path("", include("games.urls")),
    path("", include("tournaments.urls")),
    path("", include("moderation.urls")),
    path("admin/", admin.site.urls),
]
