"""Every HTTP address of the server: pages and API from the apps, the admin from Django. Probes are in `health.py`."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from games import api
from moderation.api import router as reports
from players.accounts.admin_login import admin_login
from tournaments.api import router as tournaments

admin.site.login = admin_login  # type: ignore[method-assign, assignment]  # its stubs are narrower

urlpatterns = [
    path("api/", api.urls(reports, tournaments)),
    path("account/", include("players.accounts.urls")),
    path("", include("games.urls")),
    path("", include("tournaments.urls")),
    path("", include("moderation.urls")),
    path(f"{settings.ADMIN_PATH}/", admin.site.urls),
]
