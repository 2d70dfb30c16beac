"""Every HTTP address of the server: pages and API from `games`, the admin from Django. Probes are in `health.py`."""

from django.contrib import admin
from django.urls import path

from games import api

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/", api.urls),
]
